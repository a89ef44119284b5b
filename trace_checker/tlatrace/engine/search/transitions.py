"""Events and silent actions as transitions: what each may read and write, what stands in its way, who sees it.

A silent action whose arguments are open is taken apart into one transition for each of their values, as far as those
are known: ``Lose(ANY)`` over a set of messages is one transition a message, and one for the messages that are not there
yet.

A silent action is *free* if it is allowed before every event, and its bound is there to end the search only. The others
mean something by the event that they stand before, so they commute with no event.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Final

from tlatrace.compile.accesses import UNKNOWN_FOOTPRINT, Access, Footprint, Kind, footprint_of, joined
from tlatrace.compile.api import UNBOUND, Action, Evaluator, State
from tlatrace.compile.blockers import Blockers, Need
from tlatrace.compile.footprint import Footprints, names_of_instance
from tlatrace.compile.partial_values import NOT_KNOWN, Evaluation, Names
from tlatrace.engine.observation import Call, Candidate, Observation, Rule, Silent
from tlatrace.engine.search.judging import Property
from tlatrace.engine.search.prepared import Prepared
from tlatrace.syntax import ast
from tlatrace.values import IntervalSet, SetValue, elements

INSTANCES_MAX: Final = 4_096
"""Transitions that one silent action is taken apart into; one that has more stays whole."""


@dataclass(frozen=True, slots=True, eq=False)
class Transition:
    """``is_visible``: a property may see what it does. ``calls`` are the actions that it may begin with, with their
    arguments as far as they are known; empty where that is not known. ``need`` is there for what cannot be possible
    before a place in it changes.
    """

    footprint: Footprint
    is_visible: bool
    calls: tuple[tuple[Action, tuple[Any, ...]], ...]
    need: Need | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SilentTransition:
    """A silent action, or a part of one. ``number`` is that of the action among the silent ones that the event
    allows. ``is_possible`` is false for a part that stands for arguments that no state has had yet.
    """

    silent: Silent
    number: int
    transition: Transition
    is_free: bool
    is_possible: bool = True


NOT_READABLE: Final = Transition(UNKNOWN_FOOTPRINT, is_visible=True, calls=())
"""An event that the mapping cannot read."""


class Transitions:
    """Makes transitions for one specification and its rules."""

    def __init__(self, evaluator: Evaluator, rules: Mapping[str, Rule], properties: Sequence[Property]) -> None:
        self._evaluator = evaluator
        self._rules = rules
        self._blind: Transitions | None = None
        self._evaluation = Evaluation(evaluator)
        self._footprints = Footprints(self._evaluation)
        self._blockers = Blockers(self._evaluation)
        self._indexes = {variable.name: variable.index for variable in evaluator.spec.variables}
        self._seen = _variables_seen(properties, len(self._indexes))
        self._free = free_silents(rules)
        self._parts: dict[tuple[int, tuple[Any, ...]], tuple[Silent, SilentTransition]] = {}
        self._split: dict[tuple[int, int], tuple[Silent, tuple[SilentTransition, ...] | None]] = {}

    @property
    def variables_count(self) -> int:
        """How many variables the specification has."""
        return len(self._indexes)

    @property
    def variables_seen(self) -> frozenset[int]:
        """The variables that properties read."""
        return self._seen

    def blind(self) -> Transitions:
        """The same transitions, none of which a property sees."""
        if self._blind is None:
            self._blind = Transitions(self._evaluator, self._rules, ()) if self._seen else self
        return self._blind

    def of_event(self, prepared: Prepared) -> Transition:
        """The transition that an event is."""
        rule, arguments = prepared.expected.rule, prepared.arguments
        found = self._of_candidates(prepared.candidates, rule, arguments)
        reads = [self._of_observation(each, rule, arguments) for each in prepared.observations]
        calls = self._first_calls(prepared.candidates, rule, arguments)
        return self._transition(joined([found, *reads], all_happen=True), calls)

    def needs(self, transition: Transition, state: State) -> list[Need]:
        """Sets of places, of each of which one must change before the transition is possible; none where nothing is
        found that makes it impossible in ``state``.
        """
        if transition.need is not None:
            return [transition.need]
        found: list[Need] | None = None
        for action, given in transition.calls:
            of_call = self._blockers.needs(action, given, state)
            if not of_call:
                found = None
                break
            # Each of the actions stands still for reasons of its own.
            found = of_call if found is None else [(*a, *b) for a in found[:4] for b in of_call[:4]]
        return found or []

    # ------------------------------------------------------------------------------------- silent actions

    def silent(self, prepared: Prepared, state: State) -> Iterator[SilentTransition]:
        """The silent actions allowed before an event, taken apart for ``state``."""
        for number, silent in enumerate(prepared.silent):
            yield from self._parts_of(silent, number, prepared.expected.rule, state)

    def silent_kinds(self, rules: Mapping[str, Rule]) -> list[Transition]:
        """All silent actions of the rules as transitions, as coarse as it takes to name them without a state."""
        found: dict[Any, list[Transition]] = {}
        for rule in rules.values():
            for number, silent in enumerate(rule.silent):
                name = name_of_silent(silent)
                if name not in found:
                    found[name] = [part.transition for part in self._coarse_parts(silent, number, rule)]
        return [transition for transitions in found.values() for transition in transitions]

    def has_only_free_silents(self, rules: Mapping[str, Rule]) -> bool:
        """Whether every silent action is free."""
        return all(name_of_silent(silent) in self._free for rule in rules.values() for silent in rule.silent)

    def _coarse_parts(self, silent: Silent, number: int, rule: Rule) -> Sequence[SilentTransition]:
        parts = self._constant_parts(silent, number, rule)
        if parts is not None:
            return parts
        (call,) = silent.candidate.calls
        given = self._given(call, [], rule)
        assert given is not None
        return [self._part(silent, number, action, given[0]) for action in call.actions]

    def _parts_of(self, silent: Silent, number: int, rule: Rule, state: State) -> Iterator[SilentTransition]:
        # The number is part of it: an event that does not allow some silent action gives others another number.
        key = id(silent), number
        if key not in self._split:
            self._split[key] = silent, self._constant_parts(silent, number, rule)
        fixed = self._split[key][1]
        if fixed is not None:
            yield from fixed
            return
        (call,) = silent.candidate.calls
        for action in call.actions:
            yield from self._parts_in(silent, number, call, action, rule, state)

    def _constant_parts(self, silent: Silent, number: int, rule: Rule) -> tuple[SilentTransition, ...] | None:
        """The parts of a silent action, where they are the same in every state; else None."""
        is_free = name_of_silent(silent) in self._free
        calls = silent.candidate.calls
        if not is_free:
            return (SilentTransition(silent, number, self._transition(UNKNOWN_FOOTPRINT, ()), is_free=False),)
        if len(calls) != 1:
            footprint = self._of_candidates((silent.candidate,), rule, [])
            transition = self._transition(footprint, self._first_calls((silent.candidate,), rule, []))
            return (SilentTransition(silent, number, transition, is_free=True),)
        parts: list[SilentTransition] = []
        for action in calls[0].actions:
            given = self._given(calls[0], [], rule)
            if given is None:
                footprint = self._of_candidates((silent.candidate,), rule, [])
                return (SilentTransition(silent, number, self._transition(footprint, ()), is_free=True),)
            domains = [self._domain(action, position, given[0], None) for position in _open(given[0])]
            if any(domain is NOT_KNOWN for domain in domains):
                return None
            if not _is_small(domains):
                domains, chosen = [], [given[0]]
            else:
                chosen = [_filled(given[0], values) for values in product(*domains)]
            parts += [self._part(silent, number, action, each) for each in chosen]
        return tuple(parts)

    def _parts_in(
        self, silent: Silent, number: int, call: Call, action: Action, rule: Rule, state: State
    ) -> Iterator[SilentTransition]:
        """The parts of a silent action whose arguments are taken from sets that the state has."""
        given_and_reads = self._given(call, [], rule)
        assert given_and_reads is not None
        given = given_and_reads[0]
        domains = [self._domain(action, position, given, state) for position in _open(given)]
        if any(domain is NOT_KNOWN for domain in domains) or not _is_small(domains):
            yield self._part(silent, number, action, given)
            return
        for values in product(*domains):
            yield self._part(silent, number, action, _filled(given, values))
        yield self._part(silent, number, action, given, is_possible=False)

    def _part(
        self, silent: Silent, number: int, action: Action, given: tuple[Any, ...], *, is_possible: bool = True
    ) -> SilentTransition:
        key = (id(silent), id(action), is_possible, *map(_tagged, given))
        known = self._parts.get((number, key))
        if known is None:
            if len(self._parts) > INSTANCES_MAX * 16:
                self._parts.clear()
            (call,) = silent.candidate.calls
            arguments = tuple(None if value is UNBOUND else _constant(value) for value in given)
            part = replace(call, actions=(action,), arguments=arguments)
            footprint = self._footprints.of_action(action, given)
            transition = self._transition(footprint, ((action, given),))
            if not is_possible:
                transition = replace(transition, need=self._blockers.needs_of_domains(action, given))
            candidate = replace(silent.candidate, calls=(part,))
            made = SilentTransition(
                replace(silent, candidate=candidate), number, transition, is_free=True, is_possible=is_possible
            )
            known = self._parts[number, key] = silent, made
        return known[1]

    def _domain(self, action: Action, position: int, given: Sequence[Any], state: State | None) -> Any:
        """The values that an open argument can have: a list; None where it cannot be told which (it stays open);
        NOT_KNOWN where only a state tells.
        """
        instance = action.instance
        if position >= len(instance.arguments):
            return None
        argument = instance.arguments[position]
        binder = next((b for b in instance.binders if isinstance(argument, ast.Name) and b.name == argument.name), None)
        if binder is None:
            return None
        names = Names(binder.scope, names_of_instance(instance, given).bound)
        value = self._evaluation.value(binder.domain, names, state)
        if value is NOT_KNOWN:
            is_of_state = state is None and bool(self._evaluation.analysis.reads(binder.domain, binder.scope, ()).now)
            return NOT_KNOWN if is_of_state else None
        if isinstance(value, SetValue | IntervalSet) and value.cardinality() <= INSTANCES_MAX:
            return list(elements(value))
        return None

    # ------------------------------------------------------------------------------------- footprints

    def _transition(self, footprint: Footprint, calls: tuple[tuple[Action, tuple[Any, ...]], ...]) -> Transition:
        is_visible = footprint.is_unknown and bool(self._seen)
        is_visible = is_visible or any(access.variable in self._seen for access in footprint.writes)
        return Transition(footprint, is_visible, calls)

    def _of_candidates(self, candidates: Sequence[Candidate], rule: Rule, arguments: list[Any]) -> Footprint:
        found: list[Footprint] = []
        for candidate in candidates:
            steps: list[Footprint] = []
            for call in candidate.calls:
                given = self._given(call, arguments, rule)
                if given is None:
                    return UNKNOWN_FOOTPRINT
                values, reads = given
                either = joined([self._footprints.of_action(a, values) for a in call.actions], all_happen=False)
                steps.append(joined([reads, either], all_happen=True))
            found.append(joined(steps, all_happen=True))
        return joined(found, all_happen=False)

    def _first_calls(
        self, candidates: Sequence[Candidate], rule: Rule, arguments: list[Any]
    ) -> tuple[tuple[Action, tuple[Any, ...]], ...]:
        found: list[tuple[Action, tuple[Any, ...]]] = []
        for candidate in candidates:
            given = self._given(candidate.calls[0], arguments, rule) if candidate.calls else None
            if given is None:
                return ()
            found += [(action, given[0]) for action in candidate.calls[0].actions]
        return tuple(found)

    def _given(self, call: Call, arguments: list[Any], rule: Rule) -> tuple[tuple[Any, ...], Footprint] | None:
        """The arguments of a call, UNBOUND where they are open or depend on the state, with what they read; None where
        that cannot be told.
        """
        if call.choices is not None:
            return None  # the sets that are chosen from may read anything
        if not call.argument_trees and any(argument is not None for argument in call.arguments):
            return None
        values: list[Any] = []
        trees: list[ast.Expr] = []
        for argument, tree in zip(call.arguments, call.argument_trees, strict=False):
            if argument is None or tree is None:
                values.append(UNBOUND)
            elif self._evaluation.analysis.reads(tree, rule.scope, rule.parameters).now:
                values.append(UNBOUND)
                trees.append(tree)
            else:
                values.append(argument(None, None, *(arguments or [None] * len(rule.parameters))))
        if not trees:
            return tuple(values), _NOTHING
        named = list(zip(rule.parameters, arguments, strict=True)) if arguments else []
        return tuple(values), self._footprints.of_expressions(trees, rule.scope, named)

    def _of_observation(self, observation: Observation, rule: Rule, arguments: list[Any]) -> Footprint:
        sides = [tree for tree in (observation.left_tree, observation.right_tree) if tree is not None]
        if observation.left_tree is None or (observation.right is None) != (observation.right_tree is None):
            return footprint_of(Access(self._indexes[name], (), Kind.READ) for name in sorted(observation.variables))
        found = self._footprints.of_expressions(sides, rule.scope, list(zip(rule.parameters, arguments, strict=True)))
        # What is observed of the state after the step has been written by then, but nothing is written to it here.
        return replace(found, writes=()) if not found.is_unknown else found


_NOTHING: Final = footprint_of(())


def free_silents(rules: Mapping[str, Rule]) -> frozenset[Any]:
    """The names of the silent actions that are allowed before every event, as long as the search goes on."""
    found: frozenset[Any] | None = None
    for rule in rules.values():
        here = frozenset(name_of_silent(each) for each in rule.silent if _may_be_free(each, rule))
        found = here if found is None else found & here
    return found or frozenset()


def name_of_silent(silent: Silent) -> Any:
    """What is equal for a silent action wherever it is allowed."""
    return silent.candidate.text, silent.candidate.location, silent.at_most


def _may_be_free(silent: Silent, rule: Rule) -> bool:
    if not silent.is_limit or silent.guard is not None or silent.candidate.guard is not None:
        return False
    for call in silent.candidate.calls:
        if call.choices is not None or (any(a is not None for a in call.arguments) and not call.argument_trees):
            return False
        if any(tree is not None and not _names(tree).isdisjoint(rule.parameters) for tree in call.argument_trees):
            return False
    return True


def _names(tree: ast.Node) -> set[str]:
    found = {tree.name} if isinstance(tree, ast.Name) else set()
    for child in tree.children():
        found |= _names(child)
    return found


def _variables_seen(properties: Sequence[Property], count: int) -> frozenset[int]:
    if any(item.variables is None for item in properties):
        return frozenset(range(count))
    return frozenset(index for item in properties for index in item.variables or ())


def _open(given: Sequence[Any]) -> list[int]:
    return [position for position, value in enumerate(given) if value is UNBOUND]


def _is_small(domains: Sequence[Any]) -> bool:
    if any(domain is None for domain in domains):
        return False
    count = 1
    for domain in domains:
        count *= max(1, len(domain))
    return count <= INSTANCES_MAX


def _filled(given: Sequence[Any], values: Sequence[Any]) -> tuple[Any, ...]:
    rest = iter(values)
    return tuple(next(rest) if value is UNBOUND else value for value in given)


def _tagged(value: Any) -> Any:
    return ("boolean", value) if type(value) is bool else value


def _constant(value: Any) -> Any:
    return lambda state, successor, *arguments: value
