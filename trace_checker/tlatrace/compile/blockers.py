r"""Why an action is not possible in a state, as places of which one must change before it is.

A conjunct that is false stays false while nothing that it reads changes. The less it reads the more that says: an
element that a set lacks must be added, a set that should have certain elements needs every one that is missing, so any
of them will do as the reason. Each *need* that is given is such a set of places, one of which some step must write
before the action can be taken; no need given means that none is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias

from tlatrace.compile.accesses import Access, Kind, key_of_value
from tlatrace.compile.api import Action, State
from tlatrace.compile.footprint import body_of, names_of_instance
from tlatrace.compile.partial_values import NOT_KNOWN, Delayed, Evaluation, Known, Local, Names
from tlatrace.compile.reading_places import CannotFollow, Reading
from tlatrace.semantics.spec import Definition
from tlatrace.syntax import ast
from tlatrace.values import EvaluationError, IntervalSet, SetValue, elements, member

Need: TypeAlias = tuple[Access, ...]

_NEEDS_MAX: Final = 24
"""Needs that are given for one conjunct; a set that lacks more elements gives so many of them."""

_ELEMENTS_MAX: Final = 256
"""Elements of the domain of a quantifier that are looked at."""


class Blockers:
    """Says what stands in the way of actions."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation

    def needs_of_domains(self, action: Action, arguments: Sequence[Any]) -> Need:
        """Where ``action`` could get a value for an open argument from that it has not got now: places of which one
        must get an element, or be changed.
        """
        instance = action.instance
        names = names_of_instance(instance, arguments)
        found: list[Access] = []
        for binder in instance.binders:
            meaning = names.bound[binder.name]
            if isinstance(meaning, Known) and meaning.value is NOT_KNOWN:
                reading = Reading(self._evaluation)
                inner = Names(binder.scope, names.bound)
                place = reading.place(binder.domain, inner)
                reading.read(binder.domain, inner)
                if place is not None and place[2]:
                    own = Access(place[0], place[1], Kind.READ)
                    reading.found = [replace(each, kind=Kind.LACK) if each == own else each for each in reading.found]
                found += reading.found
        return tuple(dict.fromkeys(found))

    def needs(self, action: Action, arguments: Sequence[Any], state: State) -> list[Need]:
        """Needs of ``action`` in ``state``, where some of the arguments may be UNBOUND; empty if nothing is known to
        stand in the way.
        """
        instance = action.instance
        names = names_of_instance(instance, arguments)
        found: list[Need] = []
        try:
            for binder in instance.binders:
                meaning = names.bound[binder.name]
                if isinstance(meaning, Known) and meaning.value is not NOT_KNOWN:
                    found += self._of_membership(meaning.value, binder.domain, Names(binder.scope, names.bound), state)
            for guard in instance.guards:
                found += self._of(guard, names, state)
            found += self._of(*body_of(instance, arguments, names), state)
        except (CannotFollow, EvaluationError):
            return []
        return found

    def _of(self, formula: ast.Expr, names: Names, state: State) -> list[Need]:
        """Needs of a formula that is false in ``state`` whatever the next state is; empty where it may be true."""
        match formula:
            case ast.Label(body=body):
                return self._of(body, names, state)
            case ast.Junction(operator="/\\", items=items):
                return self._conjunction(items, names, state)
            case ast.Junction(items=items):
                return self._all_of([self._of(item, names, state) for item in items])
            case ast.If(condition=condition, then=then, otherwise=otherwise):
                truth = self._evaluation.value(condition, names, state)
                if truth is True or truth is False:
                    reads = self._reads(condition, names)
                    return [(*reads, *need) for need in self._of(then if truth else otherwise, names, state)]
                return []
            case ast.Let(definitions=definitions, body=body) if (inner := names.let(definitions)) is not None:
                return self._of(body, inner, state)
            case ast.Quantifier(kind="\\A", bounds=(ast.Bound(names=(name,), domain=domain, is_tuple=False),)) if (
                domain is not None
            ):
                return self._of_all(formula, name, domain, names, state)
            case ast.Apply(operator="\\in", arguments=(left, right)):
                element = self._evaluation.value(left, names, state)
                if element is not NOT_KNOWN and not self._mentions_state(left, names):
                    return self._of_membership(element, right, names, state)
            case ast.Apply(operator="\\notin", arguments=(left, right)):
                element = self._evaluation.value(left, names, state)
                if element is not NOT_KNOWN and not self._mentions_state(left, names):
                    return self._of_membership(element, right, names, state, wanted=False)
            case ast.Apply(operator="=" | "\\subseteq" as operator, arguments=(left, right)):
                needs = self._of_sets(operator, left, right, names, state)
                if needs:
                    return needs
            case ast.Name() | ast.Apply():
                inlined = self._inlined(formula, names)
                if inlined is not None:
                    return self._of(*inlined, state)
        if self._evaluation.value(formula, names, state) is False:
            return [self._reads(formula, names)]
        return []

    def _conjunction(self, items: Sequence[ast.Expr], names: Names, state: State) -> list[Need]:
        found: list[Need] = []
        for item in items:
            found += self._of(item, names, state)
            if any(not need for need in found):
                break  # Nothing can ever help.
        return found

    def _all_of(self, branches: Sequence[list[Need]]) -> list[Need]:
        """All branches stand still: one need of each together."""
        if not all(branches):
            return []
        return [tuple(access for branch in branches for access in min(branch, key=len))]

    def _of_all(self, formula: ast.Quantifier, name: str, domain: ast.Expr, names: Names, state: State) -> list[Need]:
        """``\\A name \\in domain : body``: each element for which the body is false is in the way, as long as it is in
        the domain.
        """
        container = self._evaluation.value(domain, names, state)
        if isinstance(container, SetValue | IntervalSet) and container.cardinality() <= _ELEMENTS_MAX:
            reads = self._reads(domain, names)
            found: list[Need] = []
            for element in elements(container):
                inner = names.bind({name: Known(element)})
                found += [(*reads, *need) for need in self._of(formula.body, inner, state)]
                if len(found) >= _NEEDS_MAX:
                    break
            if found:
                return found
        if self._evaluation.value(formula, names, state) is False:
            return [self._reads(formula, names)]
        return []

    def _of_membership(
        self, element: Any, container: ast.Expr, names: Names, state: State, *, wanted: bool = True
    ) -> list[Need]:
        """``element \\in container``, or if not ``wanted`` ``\\notin``, where ``element`` does not depend on the
        state.
        """
        value = self._evaluation.value(container, names, state)
        if value is NOT_KNOWN or member(element, value) is wanted:
            return []
        reading = Reading(self._evaluation)
        reading.read_membership(element, container, names)
        if reading.place(container, names) is not None:
            kind = Kind.LACK if wanted else Kind.EXCESS
            reading.found = [replace(each, kind=kind) if each.kind is Kind.TEST else each for each in reading.found]
        return [tuple(dict.fromkeys(reading.found))]

    def _of_sets(self, operator: str, left: ast.Expr, right: ast.Expr, names: Names, state: State) -> list[Need]:
        """``left = right`` or ``left \\subseteq right``, one of them a place and the other a set that does not depend
        on the state: every element that is missing, or there too much, is in the way.
        """
        for one, other in ((left, right), (right, left)):
            reading = Reading(self._evaluation)
            place = reading.place(one, names)
            if place is None or not place[2] or self._mentions_state(other, names):
                continue
            here = self._evaluation.value(one, names, state)
            there = self._evaluation.value(other, names, state)
            if not isinstance(here, SetValue) or not isinstance(there, SetValue):
                continue
            reading.read_keys(one, names)
            wrong = [(Kind.LACK, each) for each in _missing(there, here)] if operator == "=" or one is right else []
            if operator == "=" or one is left:
                wrong += [(Kind.EXCESS, each) for each in _missing(here, there)]
            keys = tuple(reading.found)
            return [(*keys, Access(place[0], place[1], kind, each)) for kind, each in wrong[:_NEEDS_MAX]]
        return []

    def _reads(self, expression: ast.Expr, names: Names) -> Need:
        reading = Reading(self._evaluation)
        reading.read(expression, names)
        return tuple(dict.fromkeys(reading.found))

    def _mentions_state(self, expression: ast.Expr, names: Names) -> bool:
        return bool(self._reads(expression, names))

    def _inlined(self, formula: ast.Expr, names: Names) -> tuple[ast.Expr, Names] | None:
        name = formula.name if isinstance(formula, ast.Name) else getattr(formula, "operator", "")
        if isinstance(names.lookup(name), Definition | Local | Delayed):
            return Reading(self._evaluation).inlined(formula, names)
        return None


def _missing(wanted: SetValue, container: SetValue) -> Iterator[Any]:
    """The elements of ``wanted`` that ``container`` lacks."""
    return (key_of_value(each) for each in elements(wanted) if not member(each, container))
