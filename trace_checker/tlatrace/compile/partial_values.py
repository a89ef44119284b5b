"""What names mean where only some of their values are known: the arguments that an event gives, not those it leaves
open.

:class:`Names` is an environment for walking formulas without running them; :class:`Evaluation` gives the value of an
expression where that does not depend on what is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from tlatrace.compile.analysis import Analysis
from tlatrace.compile.api import Evaluate, Evaluator, State
from tlatrace.errors import TlatraceError
from tlatrace.semantics.spec import ConstantSymbol, Definition, Scope, Symbol, VariableSymbol
from tlatrace.syntax import ast
from tlatrace.values import Value


class _NotKnown:
    """The type of :data:`NOT_KNOWN`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NOT_KNOWN"


NOT_KNOWN: Final = _NotKnown()


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A name with a value; NOT_KNOWN is some value that is not told."""

    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class Delayed:
    """A name for an expression: a parameter with its argument."""

    expression: ast.Expr
    names: Names


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """A definition of LET."""

    definition: ast.OperatorDefinition
    names: Names


Meaning: TypeAlias = Known | Delayed | Local

SOME: Final = Known(NOT_KNOWN)


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """The names bound on the way to an expression, and behind them the scope it stands in. ``depth`` counts the
    definitions that were entered.
    """

    scope: Scope
    bound: Mapping[str, Meaning]
    depth: int = 0

    def lookup(self, name: str) -> Meaning | Symbol | None:
        return self.bound.get(name) or self.scope.get(name)

    def bind(self, meanings: Mapping[str, Meaning]) -> Names:
        return replace(self, bound={**self.bound, **meanings})

    def some(self, names: Iterable[str]) -> Names:
        """With names that stand for values that are not known."""
        return self.bind(dict.fromkeys(names, SOME))

    def inside(self, definition: Definition, arguments: tuple[ast.Expr, ...]) -> Names:
        """Where the body of ``definition`` stands, with its arguments."""
        pairs = zip(definition.parameters, arguments, strict=False)
        bound: dict[str, Meaning] = {parameter.name: Delayed(each, self) for parameter, each in pairs}
        return Names(definition.scope, bound, self.depth + 1)

    def inside_local(self, local: Local, arguments: tuple[ast.Expr, ...]) -> Names:
        """Where the body of a definition of LET stands, with its arguments."""
        pairs = zip(local.definition.parameters, arguments, strict=False)
        bound: dict[str, Meaning] = {parameter.name: Delayed(each, self) for parameter, each in pairs}
        return replace(local.names.bind(bound), depth=self.depth + 1)

    def let(self, definitions: tuple[ast.Unit, ...]) -> Names | None:
        """Under LET; None where it has more than definitions of operators."""
        names = self
        for unit in definitions:
            if not isinstance(unit, ast.OperatorDefinition) or any(each.arity for each in unit.parameters):
                return None
            names = names.bind({unit.name: Local(unit, names)})
        return names


class Evaluation:
    """Values of expressions, as far as they are known. Code for an expression is made once."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.analysis = Analysis()
        self._evaluator = evaluator
        # By the identity of an expression and its scope, which are kept alive here.
        self._code: dict[tuple[int, int, tuple[str, ...]], tuple[ast.Expr, Scope, bool, Evaluate | None]] = {}
        self._primed: dict[int, tuple[ast.Expr, ast.Expr]] = {}

    def primed(self, expression: ast.Expr) -> ast.Expr:
        """``expression'``: one node for each expression, as what is known of a node is kept for ever."""
        known = self._primed.get(id(expression))
        if known is None:
            known = self._primed[id(expression)] = expression, ast.Apply("'", (expression,))
        return known[1]

    def constant(self, expression: ast.Expr, names: Names) -> Any:
        """The value, if no variable is read; else NOT_KNOWN."""
        return self.value(expression, names, None)

    def value(self, expression: ast.Expr, names: Names, state: State | None) -> Any:
        """The value in ``state``, without one that of an expression that reads no variable; else NOT_KNOWN, also where
        it has none.
        """
        match expression:
            case ast.String(value=text):
                return text
            case ast.Number(value=number):
                return number
            case ast.Label(body=body):
                return self.value(body, names, state)
            case ast.Name(name=name):
                match names.lookup(name):
                    case Known(value=value):
                        return value
                    case Delayed(expression=inner, names=its_names):
                        return self.value(inner, its_names, state)
                    case Local(definition=definition, names=its_names) if not definition.parameters:
                        return self.value(definition.body, its_names, state)
                    case Local():
                        return NOT_KNOWN
                    case ConstantSymbol(value=value, arity=0) if value is not None:
                        return value
                    case VariableSymbol(index=index):
                        return NOT_KNOWN if state is None else state[index]
        return self._evaluated(expression, names, state)

    def _evaluated(self, expression: ast.Expr, names: Names, state: State | None) -> Any:
        used = tuple(sorted(name for name in self.analysis.free(expression) if name in names.bound))
        values: list[Value] = []
        for name in used:
            meaning = names.bound[name]
            if isinstance(meaning, Local) and meaning.definition.parameters:
                return NOT_KNOWN
            value = self.value(ast.Name(name), names, state)
            if value is NOT_KNOWN:
                return NOT_KNOWN
            values.append(value)
        reads_state, code = self._code_of(expression, names.scope, used)
        if code is None or (reads_state and state is None):
            return NOT_KNOWN
        try:
            return code(state, None, *values)
        except TlatraceError:
            return NOT_KNOWN

    def _code_of(self, expression: ast.Expr, scope: Scope, used: tuple[str, ...]) -> tuple[bool, Evaluate | None]:
        key = id(expression), id(scope), used
        known = self._code.get(key)
        if known is None:
            reads = self.analysis.reads(expression, scope, used)
            is_plain = reads.is_pure and not reads.after and not reads.primed_names
            can = is_plain and "@" not in self.analysis.free(expression)
            code = self._evaluator.expression(expression, scope, used) if can else None
            known = self._code[key] = expression, scope, bool(reads.now), code
        return known[2], known[3]
