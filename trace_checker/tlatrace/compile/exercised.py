"""Which conjuncts and branches of an action were true on a step that was taken.

:func:`parts_of` lists what an action consists of: its conjuncts, and below a disjunction, ``IF``, ``CASE`` or ``\\E``
the conjuncts of each branch. :func:`exercised` walks the action as TLC does, along the ways that make one known step,
and says at which places it came by. A part whose place no step came by was never exercised.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tlatrace.compile.api import Argument, State
from tlatrace.compile.environment import Environment
from tlatrace.compile.falsity import Falsity
from tlatrace.compile.interpreter import Interpreter
from tlatrace.compile.interpreter_actions import UNASSIGNED, InterpretedAction
from tlatrace.compile.source_lines import one_line
from tlatrace.semantics.checking import ACTION
from tlatrace.semantics.spec import ActionInstance, Definition, Scope
from tlatrace.syntax import ast
from tlatrace.syntax.rewrite import walk
from tlatrace.values import EvaluationError, Value, elements, member, same

WAYS_MAX: Final = 4_000
"""Expressions walked for one step; an action whose hidden choices need more shows some of its ways only."""

Places = frozenset[ast.Location]

_NOWHERE: Final[Places] = frozenset()


@dataclass(frozen=True, slots=True)
class Part:
    """A conjunct of an action, or of a branch of it."""

    text: str
    location: ast.Location


def parts_of(interpreter: Interpreter, action: ActionInstance) -> tuple[Part, ...]:
    """The conjuncts of ``action``, in the order in which they stand, through the definitions that it is made of."""
    found: dict[ast.Location, Part] = {}
    for tree in (*action.guards, action.body):
        for leaf in _leaves(tree, action.scope, {}, frozenset()):
            found.setdefault(leaf.location, Part(one_line(leaf, interpreter.spec.sources), leaf.location))
    return tuple(found.values())


def exercised(
    interpreter: Interpreter, action: ActionInstance, state: State, successor: State, arguments: Sequence[Argument]
) -> Places:
    """The places of ``action`` that a way from ``state`` to ``successor`` comes by; none where it does not lead there.

    ``arguments`` are those of :meth:`~tlatrace.compile.api.Action.successors`.
    """
    return _Walk(interpreter, action, state, successor).places(arguments)


# ------------------------------------------------------------------------------------------------ what there is

_Local = dict[str, ast.OperatorDefinition]


def _leaves(e: ast.Expr, scope: Scope, local: _Local, entered: frozenset[int]) -> Iterator[ast.Expr]:
    match e:
        case ast.Junction():
            for item in e.items:
                yield from _leaves(item, scope, local, entered)
        case ast.Label():
            yield from _leaves(e.body, scope, local, entered)
        case _ if not _acts(e, scope, local):
            yield e
        case ast.Quantifier():
            yield from _leaves(e.body, scope, local, entered)
        case ast.If():
            yield from _leaves(e.then, scope, local, entered)
            yield from _leaves(e.otherwise, scope, local, entered)
        case ast.Case():
            for branch in (*(arm.value for arm in e.arms), *([] if e.other is None else [e.other])):
                yield from _leaves(branch, scope, local, entered)
        case ast.Let():
            inner = {unit.name: unit for unit in e.definitions if isinstance(unit, ast.OperatorDefinition)}
            yield from _leaves(e.body, scope, {**local, **inner}, entered)
        case ast.Apply(operator="=>", arguments=(_, right)):
            yield from _leaves(right, scope, local, entered)
        case ast.Name() | ast.Apply():
            name = e.name if isinstance(e, ast.Name) else e.operator
            operator = local.get(name) or scope.get(name)
            if isinstance(operator, ast.OperatorDefinition) and id(operator) not in entered:
                yield from _leaves(operator.body, scope, local, entered | {id(operator)})
            elif isinstance(operator, Definition) and not operator.is_function and id(operator) not in entered:
                yield from _leaves(operator.body, operator.scope, {}, entered | {id(operator)})
            else:
                yield e
        case _:
            yield e


def _acts(e: ast.Expr, scope: Scope, local: _Local) -> bool:
    """Whether ``e`` speaks of the successor, as far as that can be told without its arguments."""
    for node in walk(e):
        match node:
            case ast.ActionBox() | ast.Apply(operator="'" | "UNCHANGED" | "\\cdot"):
                return True
            case ast.Apply() | ast.Name():
                name = node.operator if isinstance(node, ast.Apply) else node.name
                if name in local:
                    inner = {other: unit for other, unit in local.items() if other != name}
                    if _acts(local[name].body, scope, inner):
                        return True
                elif isinstance(symbol := scope.get(name), Definition) and symbol.level >= ACTION:
                    return True
    return False


# ------------------------------------------------------------------------------------------------ what was true

_Way = tuple[State, Places]
"""The successor that was built, and the places on the way."""


class _Enough(Exception):
    """The walk has used up what it may."""


class _Walk(Falsity):
    """One action along the ways that make one step."""

    def __init__(self, interpreter: Interpreter, action: ActionInstance, state: State, successor: State) -> None:
        super().__init__(interpreter, state)
        self._action = action
        self._successor = successor
        self._left = WAYS_MAX

    def places(self, arguments: Sequence[Argument]) -> Places:
        action = self._action
        fixed = InterpretedAction(self._interpreter, action).fixed_binders(arguments)
        found: Places = _NOWHERE
        if fixed is None:
            return found
        nothing = (UNASSIGNED,) * len(self._state)
        try:
            for environment in self._bound(0, Environment({}, action.scope), fixed):
                conjuncts = [(tree, environment) for tree in (*action.guards, action.body)]
                for partial, places in self._all_of(conjuncts, (nothing, _NOWHERE)):
                    if not any(value is UNASSIGNED for value in partial):
                        found |= places
        except _Enough:
            pass
        return found

    def _bound(self, index: int, environment: Environment, fixed: dict[str, Value]) -> Iterator[Environment]:
        if index == len(self._action.binders):
            yield environment
            return
        binder = self._action.binders[index]
        inside = Environment(environment.names, binder.scope)
        try:
            domain = self._interpreter.evaluate(binder.domain, inside, self._state, None)
            if binder.name in fixed:
                given = fixed[binder.name]
                chosen: Sequence[Value] = (given,) if member(given, domain) else ()
            else:
                chosen = tuple(elements(domain))
        except EvaluationError:
            return
        for value in chosen:
            yield from self._bound(index + 1, environment.bind(binder.name, value), fixed)

    def _all_of(self, conjuncts: Sequence[tuple[ast.Expr, Environment]], way: _Way) -> Iterator[_Way]:
        if not conjuncts:
            yield way
            return
        (e, environment), *rest = conjuncts
        for extended in self._ways(e, environment, way):
            yield from self._all_of(rest, extended)

    def _ways(self, e: ast.Expr, environment: Environment, way: _Way) -> Iterator[_Way]:
        """Each way through ``e`` that is true and agrees with the successor."""
        self._left -= 1
        if self._left < 0:
            raise _Enough
        try:
            for partial, places in self._branches(e, environment, way):
                yield partial, places | {e.location}
        except (EvaluationError, RecursionError):
            return  # this way was not taken

    def _branches(self, e: ast.Expr, environment: Environment, way: _Way) -> Iterator[_Way]:
        interpreter, state, partial = self._interpreter, self._state, way[0]
        match e:
            case ast.Junction(operator="/\\"):
                yield from self._all_of([(item, environment) for item in e.items], way)
            case ast.Junction():
                if self.acts(e, environment):
                    for item in e.items:
                        yield from self._ways(item, environment, way)
                else:
                    # Which of the disjuncts were true: the step is one and the same.
                    taken = [self._places(item, environment, way) for item in e.items]
                    true = [each for each in taken if each is not None]
                    if true:
                        yield partial, way[1].union(*true)
            case ast.Label():
                yield from self._ways(e.body, environment, way)
            case _ if not self.acts(e, environment):
                if interpreter.test(e, environment, state, partial):
                    yield way
            case ast.Quantifier(kind="\\E"):
                for each in interpreter.bindings(e.bounds, environment, state, partial):
                    yield from self._ways(e.body, each, way)
            case ast.Quantifier(kind="\\A"):
                inner = [(e.body, each) for each in interpreter.bindings(e.bounds, environment, state, partial)]
                yield from self._all_of(inner, way)
            case ast.If():
                holds = interpreter.test(e.condition, environment, state, partial)
                yield from self._ways(e.then if holds else e.otherwise, environment, way)
            case ast.Case():
                yield from self._ways(interpreter.case_branch(e, environment, state, partial), environment, way)
            case ast.Let():
                yield from self._ways(e.body, interpreter.let(e, environment), way)
            case ast.Apply(operator="=>", arguments=(left, right)):
                if interpreter.test(left, environment, state, partial):
                    yield from self._ways(right, environment, way)
                else:
                    yield way
            case _:
                entered = self.definition(e, environment, state, partial)
                if entered is not None:
                    yield from self._ways(*entered, way)
                    return
                for extended in interpreter.next_walker.steps(e, environment, state, partial):
                    # A choice of x' among very many uses up what the walk may, too.
                    self._left -= 1
                    if self._left < 0:
                        raise _Enough
                    if self._agrees(partial, extended):
                        yield extended, way[1]

    def _places(self, e: ast.Expr, environment: Environment, way: _Way) -> Places | None:
        """The places of the first way through ``e``; None where it is not true."""
        return next((places for _, places in self._ways(e, environment, way)), None)

    def _agrees(self, partial: State, extended: State) -> bool:
        """Whether what was assigned last is what the successor has."""
        return all(
            new is old or new is UNASSIGNED or new is wanted or same(new, wanted)
            for old, new, wanted in zip(partial, extended, self._successor, strict=True)
        )
