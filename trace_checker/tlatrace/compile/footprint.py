r"""What an action with some of its arguments reads and writes: its footprint, from the text.

``msgs' = msgs \cup {[type |-> "Prepared", rm |-> r]}`` adds one element, ``[type |-> "Commit"] \in msgs`` asks for one,
``rmState' = [rmState EXCEPT ![r] = "x"]`` writes ``rmState[r]``; with ``r`` known these are places that other steps may
not touch. Whatever is not understood stands for its whole variable, and what cannot be followed at all (a recursive
action, an operator with an effect) for everything.

Exact in one direction: a place that is not in the footprint is neither read nor written, whatever the state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tlatrace.compile.accesses import (
    OPEN,
    UNKNOWN_FOOTPRINT,
    Footprint,
    Kind,
    footprint_of,
    key_of_value,
)
from tlatrace.compile.api import UNBOUND, Action
from tlatrace.compile.partial_values import NOT_KNOWN, SOME, Delayed, Evaluation, Known, Local, Meaning, Names
from tlatrace.compile.reading_places import NEXT_STATE_OPERATORS, CannotFollow, Reading
from tlatrace.semantics.spec import ActionInstance, BuiltinOperator, Definition, Scope, VariableSymbol
from tlatrace.syntax import ast

_REMEMBERED_MAX: Final = 1 << 16


class Footprints:
    """Footprints of the actions of one specification."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._known: dict[tuple[Action, tuple[Any, ...]], Footprint] = {}

    def of_action(self, action: Action, arguments: Sequence[Any]) -> Footprint:
        """The footprint of every step by ``action`` with these arguments, some of which may be UNBOUND."""
        key = action, tuple(key_of_value(each) for each in arguments)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _REMEMBERED_MAX:
                self._known.clear()
            known = self._known[key] = self._of_instance(action.instance, arguments)
        return known

    def of_expressions(
        self, expressions: Iterable[ast.Expr], scope: Scope, values: Sequence[tuple[str, Any]]
    ) -> Footprint:
        """What expressions read whose parameters have these values."""
        walk = _Acting(self._evaluation)
        names = Names(scope, {name: Known(value) for name, value in values})
        try:
            for each in expressions:
                walk.read(each, names)
        except CannotFollow:
            return UNKNOWN_FOOTPRINT
        return footprint_of(walk.found)

    def _of_instance(self, instance: ActionInstance, arguments: Sequence[Any]) -> Footprint:
        walk = _Acting(self._evaluation)
        try:
            names = names_of_instance(instance, arguments)
            for binder in instance.binders:
                element = names.bound[binder.name]
                assert isinstance(element, Known)
                walk.read_membership(element.value, binder.domain, Names(binder.scope, names.bound))
            for guard in instance.guards:
                walk.read(guard, names)
            for argument in instance.arguments:
                walk.read(argument, names)
            assigned = walk.act(*body_of(instance, arguments, names))
        except CannotFollow:
            return UNKNOWN_FOOTPRINT
        return walk.result(assigned)


def names_of_instance(instance: ActionInstance, arguments: Sequence[Any]) -> Names:
    """The binders of an instance, with the values that the arguments give them."""
    bound: dict[str, Meaning] = {binder.name: SOME for binder in instance.binders}
    for expression, value in zip(instance.arguments, arguments, strict=False):
        if value is not UNBOUND and isinstance(expression, ast.Name) and expression.name in bound:
            bound[expression.name] = Known(value)
    return Names(instance.scope, bound)


def body_of(instance: ActionInstance, arguments: Sequence[Any], names: Names) -> tuple[ast.Expr, Names]:
    """What an instance does, and what its names mean: the definition's body with its arguments where it has one."""
    definition = instance.definition
    if definition is None or definition.is_recursive or not _is_application(instance.body):
        return instance.body, names
    inner = names.inside(definition, instance.arguments)
    given = {
        parameter.name: Known(value)
        for parameter, value in zip(definition.parameters, arguments, strict=False)
        if value is not UNBOUND
    }
    return definition.body, inner.bind(given)


def _is_application(body: ast.Expr) -> bool:
    return isinstance(body, ast.Name | ast.Apply)


@dataclass(frozen=True, slots=True)
class _Assigned:
    """The variables that a formula gives values in any case, and those that it perhaps does."""

    always: frozenset[int] = frozenset()
    perhaps: frozenset[int] = frozenset()


_NOTHING: Final = _Assigned()


class _Acting(Reading):
    """Walks formulas that give variables their next values."""

    def __init__(self, evaluation: Evaluation) -> None:
        super().__init__(evaluation)
        self._incremental: set[int] = set()
        """Variables whose old value the new one is built from in place."""

    def result(self, assigned: _Assigned) -> Footprint:
        return footprint_of(self.found, frozenset(assigned.always & (self.overwritten - self._incremental)))

    # ------------------------------------------------------------------------------------- actions

    def act(self, formula: ast.Expr, names: Names) -> _Assigned:
        """Walk a formula that may give variables their next values."""
        match formula:
            case ast.Label(body=body):
                return self.act(body, names)
            case ast.Junction(operator="/\\", items=items):
                return self._conjunction([self.act(item, names) for item in items])
            case ast.Junction(items=items):
                return _either([self.act(item, names) for item in items])
            case ast.If(condition=condition, then=then, otherwise=otherwise):
                self.read(condition, names)
                return _either([self.act(then, names), self.act(otherwise, names)])
            case ast.Case(arms=arms, other=other):
                for arm in arms:
                    self.read(arm.condition, names)
                values = [arm.value for arm in arms] + ([] if other is None else [other])
                return _either([self.act(value, names) for value in values])
            case ast.Quantifier(kind="\\E", bounds=bounds, body=body):
                return self.act(body, self.under(bounds, names))
            case ast.Let(definitions=definitions, body=body) if (inner := names.let(definitions)) is not None:
                return self.act(body, inner)
            case ast.Apply(operator="=", arguments=(left, right)) if (x := _primed(left, names)) is not None:
                self._update(right, names, x, ())
                return _Assigned(frozenset((x,)), frozenset((x,)))
            case ast.Apply(operator="\\in", arguments=(left, right)) if (x := _primed(left, names)) is not None:
                self.read(right, names)
                self.write(x, ())
                return _Assigned(frozenset((x,)), frozenset((x,)))
            case ast.Apply(operator="UNCHANGED", arguments=(argument,)):
                unchanged = frozenset(self._unchanged(argument, names))
                self._incremental |= unchanged
                return _Assigned(unchanged, unchanged)
            case ast.Name() | ast.Apply():
                inlined = self.inlined(formula, names)
                if inlined is not None:
                    return self.act(*inlined)
        if self.speaks_of_next(formula, names) and not _is_test(formula, names):
            raise CannotFollow
        self.read(formula, names)
        return _NOTHING

    def _conjunction(self, items: Sequence[_Assigned]) -> _Assigned:
        """Of two conjuncts that both speak of a variable's next value, the second is a test of the first."""
        always: frozenset[int] = frozenset()
        perhaps: frozenset[int] = frozenset()
        for item in items:
            for x in perhaps & item.perhaps:
                self.add(x, (), Kind.READ)
                self.write(x, ())
            always |= item.always
            perhaps |= item.perhaps
        return _Assigned(always, perhaps)

    def _unchanged(self, expression: ast.Expr, names: Names) -> Iterator[int]:
        """The variables of ``UNCHANGED expression``."""
        match expression:
            case ast.Label(body=body):
                yield from self._unchanged(body, names)
            case ast.Tuple(items=items):
                for item in items:
                    yield from self._unchanged(item, names)
            case ast.Name(name=name):
                match names.lookup(name):
                    case VariableSymbol(index=index):
                        yield index
                    case Delayed(expression=inner, names=its_names):
                        yield from self._unchanged(inner, its_names)
                    case Local(definition=definition, names=its_names) if not definition.parameters:
                        yield from self._unchanged(definition.body, its_names)
                    case Definition(is_recursive=False) as definition:
                        yield from self._unchanged(definition.body, names.inside(definition, ()))
                    case _:
                        raise CannotFollow
            case _:
                raise CannotFollow

    # ------------------------------------------------------------------------------------- next values

    def _update(self, value: ast.Expr, names: Names, x: int, path: tuple[Any, ...]) -> None:
        """``value`` becomes what stands at a place; where it is built from what stood there, only the difference is
        written.
        """
        if self._is_old(value, names, x, path):
            self._incremental.add(x)
            return
        match value:
            case ast.Label(body=body):
                self._update(body, names, x, path)
            case ast.If(condition=condition, then=then, otherwise=otherwise):
                self.read(condition, names)
                self._update(then, names, x, path)
                self._update(otherwise, names, x, path)
            case ast.Let(definitions=definitions, body=body) if (inner := names.let(definitions)) is not None:
                self._update(body, inner, x, path)
            case ast.Apply(operator="\\cup" | "\\" | "+" | "-" as operator, arguments=(left, right)) if isinstance(
                names.lookup(operator), BuiltinOperator
            ):
                self._combined(value, operator, left, right, names, x, path)
            case ast.Except(function=function, updates=updates) if self._is_old(function, names, x, path):
                self._incremental.add(x)
                for update in updates:
                    self._except(update, names, x, path)
            case ast.Name() | ast.Apply() if (inlined := self.inlined(value, names)) is not None:
                self._update(*inlined, x, path)
            case _:
                self._replaced(value, names, x, path)

    def _replaced(self, value: ast.Expr, names: Names, x: int, path: tuple[Any, ...]) -> None:
        self.read(value, names)
        self.write(x, path)

    def _combined(
        self,
        value: ast.Expr,
        operator: str,
        left: ast.Expr,
        right: ast.Expr,
        names: Names,
        x: int,
        path: tuple[Any, ...],
    ) -> None:
        """``left operator right``, where one side is built from the old value by adding, removing or counting."""
        pairs = [(left, right)] if operator in ("\\", "-") else [(left, right), (right, left)]
        for old, change in pairs:
            if self._grows_from(old, operator, names, x, path):
                self._incremental.add(x)
                self._update(old, names, x, path)
                if operator in ("+", "-"):
                    self.read(change, names)
                    self.add(x, path, Kind.COUNT)
                    return
                kind = Kind.ADD if operator == "\\cup" else Kind.REMOVE
                self.read(change, names)
                for element in self._elements(change, names):
                    self.add(x, path, kind, element)
                return
        self._replaced(value, names, x, path)

    def _grows_from(self, value: ast.Expr, operator: str, names: Names, x: int, path: tuple[Any, ...]) -> bool:
        """Whether ``value`` is the old value, or that with elements added and removed (or numbers counted)."""
        if self._is_old(value, names, x, path):
            return True
        same = ("\\cup", "\\") if operator in ("\\cup", "\\") else ("+", "-")
        match value:
            case ast.Apply(operator=inner, arguments=(left, right)) if inner in same:
                if self._grows_from(left, inner, names, x, path):
                    return True
                return inner in ("\\cup", "+") and self._grows_from(right, inner, names, x, path)
            case _:
                return False

    def _elements(self, change: ast.Expr, names: Names) -> Sequence[Any]:
        """The elements of a set that is added or removed, OPEN for those that are not known."""
        if isinstance(change, ast.SetEnumeration):
            values = [self.evaluation.constant(item, names) for item in change.items]
            return [OPEN if value is NOT_KNOWN else key_of_value(value) for value in values]
        return (OPEN,)

    def _except(self, update: ast.ExceptUpdate, names: Names, x: int, path: tuple[Any, ...]) -> None:
        is_whole = True
        for step in update.path:
            key = self.except_key(step, names)
            if is_whole and key is not NOT_KNOWN:
                path = (*path, key)
            else:
                is_whole = False
        self.at.append((x, path))
        if is_whole:
            self._update(update.value, names, x, path)
        else:
            # What else lies below the path keeps its value: that is read, and written again.
            self.add(x, path, Kind.READ)
            self._replaced(update.value, names, x, path)
        self.at.pop()

    def _is_old(self, value: ast.Expr, names: Names, x: int, path: tuple[Any, ...]) -> bool:
        """Whether ``value`` is what stands at the place before the step."""
        if isinstance(value, ast.At):
            return bool(self.at) and self.at[-1] == (x, path) and len(self.at) == 1
        return self.place(value, names) == (x, path, True)


def _either(branches: Sequence[_Assigned]) -> _Assigned:
    always = branches[0].always.intersection(*(each.always for each in branches[1:]))
    return _Assigned(always, branches[0].perhaps.union(*(each.perhaps for each in branches[1:])))


def _primed(expression: ast.Expr, names: Names) -> int | None:
    """The variable that a primed name is."""
    match expression:
        case ast.Label(body=body):
            return _primed(body, names)
        case ast.Apply(operator="'", arguments=(ast.Name(name=name),)):
            match names.lookup(name):
                case VariableSymbol(index=index):
                    return index
                case Delayed(expression=inner, names=its_names):
                    return _primed(ast.Apply("'", (inner,)), its_names)
        case ast.Name(name=name):
            match names.lookup(name):
                case Delayed(expression=inner, names=its_names):
                    return _primed(inner, its_names)
    return None


def _is_test(formula: ast.Expr, names: Names) -> bool:
    """Whether a formula with primes gives no variable a value wherever it stands in an action."""
    match formula:
        case ast.Apply(operator=operator) if operator not in NEXT_STATE_OPERATORS:
            symbol = names.lookup(operator)
            return isinstance(symbol, BuiltinOperator) or (symbol is None and operator in ("~", "=>", "<=>", "\\equiv"))
        case _:
            return False
