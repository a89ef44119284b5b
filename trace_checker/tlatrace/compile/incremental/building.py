"""From a formula that was written out to nodes that remember.

The Boolean skeleton (conjunctions, implications, IF, quantifiers) becomes nodes of its own, so that each part is
remembered by what it reads and nothing else. What stands below is generated code, with the sets and functions that
depend on the state taken out of it, as cells whose values are handed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tlatrace.compile.analysis import Analysis
from tlatrace.compile.api import Evaluator, State
from tlatrace.compile.incremental.cells import (
    Dependence,
    ExtremeCell,
    FilterCell,
    Frame,
    FunctionCell,
    Indefinite,
    LeafCell,
    Loop,
    MapCell,
    MemberCell,
    Memory,
    Node,
    QuantifierCell,
)
from tlatrace.compile.incremental.expanding import NotExpanded
from tlatrace.compile.incremental.extremes import extreme_of
from tlatrace.compile.incremental.reads import How, Read, reads_of
from tlatrace.errors import TlatraceError
from tlatrace.semantics.spec import BuiltinOperator, Definition, Scope, VariableSymbol
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import rewrite, walk
from tlatrace.values import Value

_HEAVY: Final = (
    ast.Quantifier,
    ast.SetFilter,
    ast.SetMap,
    ast.FunctionConstructor,
    ast.Choose,
    ast.Lambda,
    ast.FunctionSet,
    ast.RecordSet,
    ast.Times,
)

# Builtins whose cost does not depend on the size of what they are given.
_COMPARED: Final = frozenset(
    ("=", "#", "/=", "<", ">", "<=", ">=", "\\in", "\\notin", "~", "=>", "<=>", "'", "UNCHANGED")
)
_LIGHT: Final = _COMPARED.union(
    ("+", "-", "*", "\\div", "%", "-.", "..", "^", "Len", "Head", "DOMAIN", "Cardinality", "Append")
)

_MISSING: Final = object()


@dataclass(frozen=True, slots=True)
class _Env:
    """Identifiers bound on the way: their slots of the frame, whether each names a value that depends on the state, and
    the expressions of those.

    ``within`` is set where each combination of elements is mostly seen once: below a quantifier over something that
    depends on the state.
    """

    slots: Mapping[str, int]
    outer: Mapping[str, bool]
    values: Mapping[str, ast.Expr]
    within: bool = False

    def element(self, name: str, slot: int, *, within: bool) -> _Env:
        return replace(
            self, slots={**self.slots, name: slot}, outer={**self.outer, name: False}, within=self.within or within
        )

    def named(self, name: str, slot: int, value: ast.Expr) -> _Env:
        return replace(
            self,
            slots={**self.slots, name: slot},
            outer={**self.outer, name: True},
            values={**self.values, name: value},
        )


class Builder:
    """Builds the nodes of one formula. ``frame_size`` is what a frame for them must hold."""

    def __init__(self, evaluator: Evaluator, scope: Scope, analysis: Analysis) -> None:
        self.frame_size = 0
        self._evaluator = evaluator
        self._scope = scope
        self._analysis = analysis
        self._lazy: dict[int, Node] = {}
        self._cell_count = 0

    def formula(self, tree: ast.Expr) -> Node:
        """A node for ``tree``, a formula without free identifiers."""
        return self._truth(tree, _Env({}, {}, {}))

    # ------------------------------------------------------------------------------------------ the skeleton

    def _truth(self, tree: ast.Expr, env: _Env) -> Node:
        if not self._is_heavy(tree) or (env.within and not any(isinstance(n, ast.Quantifier) for n in walk(tree))):
            return self._code(tree, env)
        match tree:
            case ast.Junction(operator=operator, items=items):
                return _junction([self._truth(item, env) for item in items], decides=operator == "\\/")
            case ast.Apply(operator="=>", arguments=(left, right)):
                return _implication(self._truth(left, env), self._truth(right, env))
            case ast.Apply(operator="~", arguments=(argument,)):
                return _negation(self._truth(argument, env))
            case ast.If(condition=condition, then=one, otherwise=other):
                return _choice(*(self._truth(part, env) for part in (condition, one, other)))
            case ast.Let(definitions=(ast.OperatorDefinition(name=name, body=value),), body=body):
                slot = self._new_slot()
                self._lazy[slot] = self._value(value, env)
                return _opened(slot, self._truth(body, env.named(name, slot, value)))
            case ast.Quantifier(kind=kind, bounds=bounds, body=body):
                return self._quantifier(tree, kind, bounds, body, env)
            case ast.Apply(operator="\\in" | "\\subseteq" as operator, arguments=(item, container)):
                if not env.within and not isinstance(container, ast.SetEnumeration):
                    memory = self._memory(tree, env)
                    asked, of = self._value(item, env), self._value(container, env)
                    return MemberCell(memory, asked, of, is_subset=operator == "\\subseteq")
        return self._value(tree, env)

    def _quantifier(self, tree: ast.Expr, kind: str, bounds: Sequence[ast.Bound], body: ast.Expr, env: _Env) -> Node:
        reads = self._reads(tree, env)
        if not reads or (env.within and not self._reads_state_in_bounds(bounds, env)):
            return self._code(tree, env)
        pairs = [(bound, name) for bound in bounds for name in (("",) if bound.is_tuple else bound.names)]
        (bound, name), rest = pairs[0], pairs[1:]
        assert bound.domain is not None
        if bound.is_tuple:
            name = f"{bound.names[0]}!tuple"
            parts = {each: _component(name, position) for position, each in enumerate(bound.names, 1)}
            body = _with_names(body, parts)
        inner = body
        if rest:
            # Later domains know nothing of the names bound before.
            left = tuple(ast.Bound((n,), b.domain, location=b.location) for b, n in rest if not b.is_tuple)
            if len(left) != len(rest):
                return self._leaf(tree, env)
            inner = ast.Quantifier(kind, left, body, location=tree.location)
        return self._loop(tree, name, bound.domain, inner, env, kind=kind)

    def _loop(self, tree: ast.Expr, name: str, domain: ast.Expr, body: ast.Expr, env: _Env, *, kind: str) -> Loop:
        slot = self._new_slot()
        inner = env.element(name, slot, within=bool(self._reads(domain, env)))
        reads = reads_of(body, self._scope, self._analysis, env.outer, name)
        # An element stands for itself: only what else is read can change.
        dependences = [
            Dependence(self._root(each.root, env), each.how, each.offset, each.depth, each.fields) for each in reads
        ]
        memory = self._memory(tree, env)
        plain = self._late(tree, env)
        is_formula = kind not in ("map", "function")
        cell_count = self._cell_count
        body_node = self._truth(body, inner) if is_formula else self._value(body, inner)
        is_flat = cell_count == self._cell_count
        parts: tuple[Any, ...] = (
            memory,
            self._value(domain, env),
            slot,
            body_node,
            dependences,
            plain,
        )
        match kind:
            case "filter":
                return FilterCell(*parts)
            case "map":
                return MapCell(*parts)
            case "function":
                return FunctionCell(*parts)
            case "greatest" | "least":
                return ExtremeCell(*parts, is_least=kind == "least")
        return QuantifierCell(*parts, is_all=kind == "\\A", is_flat=is_flat)

    # ------------------------------------------------------------------------------------------ values

    def _value(self, tree: ast.Expr, env: _Env) -> Node:
        """A node for any expression."""
        if not self._is_heavy(tree):
            return self._code(tree, env)
        match tree:
            case ast.Quantifier(kind=kind, bounds=bounds, body=body):
                return self._quantifier(tree, kind, bounds, body, env)
        if env.within:
            return self._code(tree, env)
        cell = self._cell(tree, env)
        if cell is not None:
            return cell
        return self._leaf(tree, env)

    def _cell(self, tree: ast.Expr, env: _Env) -> Node | None:
        """A cell for the constructor of a set or a function that depends on the state."""
        match tree:
            case ast.SetFilter(bound=ast.Bound(names=(name,), domain=domain, is_tuple=False), predicate=body):
                kind = "filter"
            case ast.SetMap(bounds=(ast.Bound(names=(name,), domain=domain, is_tuple=False),), element=body):
                kind = "map"
            case ast.FunctionConstructor(bounds=(ast.Bound(names=(name,), domain=domain, is_tuple=False),), body=body):
                kind = "function"
            case ast.Choose(bound=ast.Bound(names=(name,), domain=domain, is_tuple=False)):
                extreme = extreme_of(tree)
                if extreme is None or any(isinstance(self._scope.get(sign), Definition) for sign in ("<=", ">=")):
                    return None
                kind, body = extreme
            case _:
                return None
        if domain is None or not self._reads(tree, env):
            return None
        return self._loop(tree, name, domain, body, env, kind=kind)

    def _leaf(self, tree: ast.Expr, env: _Env) -> Node:
        """Generated code for ``tree`` but for the cells in it."""
        reads = self._reads(tree, env)
        if not reads:
            return self._code(tree, env)
        cells: list[tuple[int, Node]] = []
        inner = env

        def change(part: ast.Node) -> ast.Node | None:
            nonlocal inner
            match part:
                case ast.Apply(operator="'" | "UNCHANGED"):
                    return part
                case ast.SetFilter() | ast.SetMap() | ast.FunctionConstructor() | ast.Quantifier() | ast.Choose():
                    bound_within = self._free(part) - env.slots.keys()
                    if not any("!" in name and name not in self._scope for name in bound_within):
                        made = self._value(part, env)
                        if isinstance(made, Loop):
                            slot = self._new_slot()
                            name = f"cell!{slot}"
                            cells.append((slot, made))
                            inner = replace(inner, slots={**inner.slots, name: slot})
                            return ast.Name(name, location=part.location)
                    return part
                case ast.Apply(arguments=arguments) if part is not tree and _is_fold(arguments):
                    if self._free(part) - env.slots.keys() <= self._scope.keys():
                        folded = self._leaf(part, env)
                        if isinstance(folded, LeafCell):
                            slot = self._new_slot()
                            name = f"cell!{slot}"
                            cells.append((slot, folded))
                            inner = replace(inner, slots={**inner.slots, name: slot})
                            return ast.Name(name, location=part.location)
            return None

        rest = rewrite(tree, change)
        memory = self._memory(tree, env)
        roots = [self._root(read.root, env) for read in dict.fromkeys(replace(r, how=How.WHOLE) for r in reads)]
        plain = self._late(tree, env)
        if not cells:
            return LeafCell(memory, roots, plain)
        return LeafCell(memory, roots, _with_cells(cells, self._code(rest, inner), plain))

    # ------------------------------------------------------------------------------------------ code

    def _code(self, tree: ast.Expr, env: _Env) -> Node:
        """Generated code for ``tree``."""
        names = sorted(self._free(tree) & env.slots.keys())
        evaluate = self._evaluator.expression(tree, self._scope, tuple(names))
        slots = [env.slots[name] for name in names]
        lazy = self._lazy
        match slots:
            case []:
                return lambda s, p, frame: evaluate(s, p)
            case [a] if a not in lazy:
                return lambda s, p, frame: evaluate(s, p, frame[a])
            case [a, b] if a not in lazy and b not in lazy:
                return lambda s, p, frame: evaluate(s, p, frame[a], frame[b])

        def code(s: State, p: State | None, frame: Frame) -> Value:
            for slot in late:
                if frame[slot] is _MISSING:
                    frame[slot] = lazy[slot](s, p, frame)
            return evaluate(s, p, *[frame[slot] for slot in slots])

        late = [slot for slot in slots if slot in lazy]
        return code

    def _late(self, tree: ast.Expr, env: _Env) -> Node:
        """Generated code for ``tree``, generated when it is asked for."""
        made: Node | None = None

        def late(s: State, p: State | None, frame: Frame) -> Value:
            nonlocal made
            if made is None:
                made = self._code(tree, env)
            return made(s, p, frame)

        return late

    def _root(self, root: ast.Expr, env: _Env) -> Node:
        """The value of a root: a path from a variable in most cases, which needs no generated code."""
        steps: list[tuple[int, str]] = []
        node = root
        while True:
            match node:
                case ast.Field(record=record, name=name):
                    steps.append((-1, name))
                    node = record
                case ast.FunctionApply(function=function, arguments=(ast.Name(name=name),)) if (
                    env.outer.get(name) is False
                ):
                    steps.append((env.slots[name], ""))
                    node = function
                case _:
                    break
        after = isinstance(node, ast.Apply) and node.operator == "'"
        base = node.arguments[0] if isinstance(node, ast.Apply) and after else node
        symbol = self._scope.get(base.name) if isinstance(base, ast.Name) and base.name not in env.slots else None
        if not isinstance(symbol, VariableSymbol):
            return self._code(root, env)
        return _path(symbol.index, after, steps[::-1])

    # ------------------------------------------------------------------------------------------ questions

    def _reads(self, tree: ast.Expr, env: _Env) -> tuple[Read, ...]:
        return reads_of(tree, self._scope, self._analysis, env.outer)

    def _reads_state_in_bounds(self, bounds: Sequence[ast.Bound], env: _Env) -> bool:
        return any(bound.domain is not None and self._reads(bound.domain, env) for bound in bounds)

    def _free(self, tree: ast.Node) -> frozenset[str]:
        return self._analysis.free(tree)

    def _memory(self, tree: ast.Expr, env: _Env) -> Memory:
        """What a cell for ``tree`` remembers by."""
        self._cell_count += 1
        return Memory(self._keys(tree, env))

    def _keys(self, tree: ast.Expr, env: _Env) -> list[int]:
        """The slots of the elements that ``tree`` speaks of, through names too."""
        names: set[str] = set()
        pending = list(self._free(tree) & env.slots.keys())
        while pending:
            name = pending.pop()
            if name in names:
                continue
            names.add(name)
            if name in env.values:
                pending += self._free(env.values[name]) & env.slots.keys()
        return sorted(env.slots[name] for name in names if env.outer.get(name) is False)

    def _is_heavy(self, tree: ast.Expr) -> bool:
        """Whether evaluating ``tree`` may cost more than looking up what is known of it."""
        for node in walk(tree):
            if isinstance(node, _HEAVY):
                return True
            if isinstance(node, ast.Name | ast.Apply):
                name = node.name if isinstance(node, ast.Name) else node.operator
                symbol = self._scope.get(name)
                if isinstance(symbol, Definition):
                    if not self._analysis.definition(symbol).is_constant or symbol.parameters:
                        return True
                elif isinstance(symbol, BuiltinOperator) and isinstance(node, ast.Apply) and name not in _LIGHT:
                    return True
                elif (
                    isinstance(node, ast.Apply)
                    and name in ("\\in", "\\subseteq")
                    and isinstance(node.arguments[1], ast.Name)
                ):
                    # A constant set may be one that is asked for every element of what is in question.
                    return True
        return False

    def _new_slot(self) -> int:
        self.frame_size += 1
        return self.frame_size - 1


def _is_fold(arguments: Sequence[ast.Expr]) -> bool:
    """Whether an operator is among the arguments, as of one that goes through a sequence or a set."""
    return any(isinstance(each, ast.Lambda) for each in arguments)


def _junction(parts: list[Node], *, decides: bool) -> Node:
    def junction(s: State, p: State | None, frame: Frame) -> Value:
        for part in parts:
            value = part(s, p, frame)
            if value is decides:
                return decides
            if value is not (not decides):
                raise Indefinite("a formula is neither TRUE nor FALSE")
        return not decides

    return junction


def _implication(left: Node, right: Node) -> Node:
    return lambda s, p, frame: right(s, p, frame) if _bool(left(s, p, frame)) else True


def _negation(part: Node) -> Node:
    return lambda s, p, frame: not _bool(part(s, p, frame))


def _choice(condition: Node, one: Node, other: Node) -> Node:
    return lambda s, p, frame: one(s, p, frame) if _bool(condition(s, p, frame)) else other(s, p, frame)


def _bool(value: Value) -> bool:
    if value is True or value is False:
        return value
    raise Indefinite("a formula is neither TRUE nor FALSE")


def _opened(slot: int, body: Node) -> Node:
    """``body``, in which the value of ``slot`` is computed when it is first asked for."""

    def opened(s: State, p: State | None, frame: Frame) -> Value:
        frame[slot] = _MISSING
        return body(s, p, frame)

    return opened


def _with_cells(cells: list[tuple[int, Node]], code: Node, plain: Node) -> Node:
    def with_cells(s: State, p: State | None, frame: Frame) -> Value:
        try:
            for slot, cell in cells:
                frame[slot] = cell(s, p, frame)
        except TlatraceError:
            # Perhaps nobody would have asked for it.
            return plain(s, p, frame)
        return code(s, p, frame)

    return with_cells


def _path(index: int, after: bool, steps: list[tuple[int, str]]) -> Node:
    if not steps:
        if after:
            return lambda s, p, frame: p[index]  # type: ignore[index]
        return lambda s, p, frame: s[index]
    if len(steps) == 1 and steps[0][0] >= 0 and not after:
        slot = steps[0][0]
        return lambda s, p, frame: s[index].apply(frame[slot])  # type: ignore[union-attr]

    def path(s: State, p: State | None, frame: Frame) -> Value:
        value: Any = (p if after else s)[index]  # type: ignore[index]
        for slot, name in steps:
            value = value.apply(name if slot < 0 else frame[slot])
        return value  # type: ignore[no-any-return]

    return path


def _component(name: str, position: int) -> ast.Expr:
    return ast.FunctionApply(ast.Name(name), (ast.Number(position),))


def _with_names(body: ast.Expr, meanings: Mapping[str, ast.Expr]) -> ast.Expr:
    return rewrite(body, lambda part: meanings.get(part.name) if isinstance(part, ast.Name) else None)


__all__ = ["Builder", "NotExpanded"]
