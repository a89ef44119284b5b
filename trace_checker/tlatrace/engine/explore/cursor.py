"""Where a specification that reads its trace itself keeps its place in it.

Such a specification names the sequence of events (``TraceLog == SelectSeq(ndJsonDeserialize(IOEnv.JSON), …)``) and
takes the next event from it, by a variable (``TraceLog[l]``) or by the level of the search
(``TraceLog[TLCGet("level")]``). Both are found in the text, so that a verdict can say how far a search came, in lines
of the trace. A specification that goes about it in another way (a log for each thread, say) has no cursor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tlatrace.compile.api import Evaluator, State
from tlatrace.semantics.spec import Definition, NamedFormula, Scope, Spec, VariableSymbol
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import names_in, walk
from tlatrace.values import SequenceValue, Value

READERS = frozenset(("ndJsonDeserialize", "JsonDeserialize", "IODeserialize", "Deserialize", "CSVRead"))
"""What brings a trace into a specification."""


@dataclass(frozen=True, slots=True, eq=False)
class Cursor:
    """``log[index]`` is the event that a state waits for. ``variable`` is None where the level is the index."""

    log: SequenceValue
    log_name: str
    variable: VariableSymbol | None

    @property
    def name(self) -> str:
        """The index as the specification has it."""
        return 'TLCGet("level")' if self.variable is None else self.variable.name

    def position(self, state: State, level: int) -> int | None:
        """The number of the event that ``state`` waits for; one more than there are where the trace is at its end."""
        if self.variable is None:
            return level
        value = state[self.variable.index]
        return value if type(value) is int else None

    def event(self, position: int) -> Value | None:
        """The event with this number, if there is one."""
        return self.log[position - 1] if 0 < position <= len(self.log) else None


@dataclass(frozen=True, slots=True)
class _Use:
    """``log[index]`` somewhere in the text."""

    log: ast.Name
    scope: Scope
    variable: VariableSymbol | None


def find_cursor(evaluator: Evaluator) -> Cursor | None:
    """The cursor of a specification, None if it has none that can be told from its text.

    Evaluates the sequences that are indexed, as the search will have done; raises what TlatraceError that raises.
    """
    found: dict[tuple[str, int | None], Cursor] = {}
    for use in _uses(evaluator.spec):
        key = use.log.name, None if use.variable is None else use.variable.index
        if key in found:
            continue
        log = evaluator.expression(use.log, use.scope)((), None)
        if isinstance(log, SequenceValue):
            found[key] = Cursor(log, use.log.name, use.variable)
    # A variable says more than the level; of several, the first in the text is what the next event is taken by.
    return min(found.values(), key=lambda each: each.variable is None, default=None)


def _uses(spec: Spec) -> Iterator[_Use]:
    formulas: list[NamedFormula] = [*spec.action_constraints, *spec.constraints]
    if spec.next is not None:
        formulas.insert(0, spec.next)
    formulas += spec.invariants
    seen: set[int] = set()
    pending: list[tuple[ast.Node, Scope]] = [(each.body, each.scope) for each in reversed(formulas)]
    while pending:
        tree, scope = pending.pop()
        levels = _names_of_level(tree)
        following: list[tuple[ast.Node, Scope]] = []
        for node in walk(tree):
            match node:
                case ast.FunctionApply(function=ast.Name() as log, arguments=(index,)) if _is_trace(log, scope):
                    if isinstance(index, ast.Name) and isinstance(variable := scope.get(index.name), VariableSymbol):
                        yield _Use(log, scope, variable)
                    elif _is_level(index, scope, levels):
                        yield _Use(log, scope, None)
            name = node.name if isinstance(node, ast.Name) else node.operator if isinstance(node, ast.Apply) else None
            symbol = None if name is None else scope.get(name)
            if isinstance(symbol, Definition) and id(symbol) not in seen:
                seen.add(id(symbol))
                following.append((symbol.body, symbol.scope))
        pending += reversed(following)


def _is_trace(name: ast.Name, scope: Scope) -> bool:
    """Whether the name is a constant that is read from a file, as far as definitions tell."""
    symbol = scope.get(name.name)
    if not isinstance(symbol, Definition) or symbol.parameters or symbol.level != 0:
        return False
    seen: set[int] = set()
    pending = [symbol]
    while pending:
        definition = pending.pop()
        seen.add(id(definition))
        for each in names_in(definition.body):
            inner = definition.scope.get(each)
            if each in READERS:
                return True
            if isinstance(inner, Definition) and id(inner) not in seen:
                pending.append(inner)
    return False


def _is_level(index: ast.Expr, scope: Scope, levels: frozenset[str]) -> bool:
    match index:
        case ast.Apply(operator="TLCGet", arguments=(ast.String(value="level"),)):
            return True
        case ast.Name(name=name) if name in levels:
            return True
        case ast.Name(name=name):
            symbol = scope.get(name)
            return isinstance(symbol, Definition) and _is_level(symbol.body, symbol.scope, frozenset())
    return False


def _names_of_level(tree: ast.Node) -> frozenset[str]:
    """The names that LET defines as ``TLCGet("level")``."""
    names = set()
    for node in walk(tree):
        match node:
            case ast.OperatorDefinition(name=name, parameters=(), body=body) if _is_level(body, {}, frozenset()):
                names.add(name)
    return frozenset(names)
