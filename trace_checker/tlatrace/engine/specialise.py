"""Rules whose actions are compiled for what the rule observes.

A rule asks an action for successors and keeps those that agree with the event. :func:`specialise` gives the same rule
with a :class:`Specialised` for its calls, by which the search asks for successors that agree already: identifiers
that the event determines are looked up, and observations are tested as soon as the variables have values (see
:mod:`tlatrace.compile.matching`). Whether a step agrees is still for the search to say, so nothing depends on it but
time, and whether an action that enumerates too much can be decided at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tlatrace.compile.api import UNBOUND, Action, State
from tlatrace.compile.compiler import CompiledAction, Matched
from tlatrace.compile.matching import Observed
from tlatrace.engine.observation import Call, Candidate, Observation, Rule, When
from tlatrace.semantics.spec import Scope

CALLS_MAX: Final = 4_096
"""Calls with their observations that one rule remembers; a rule has some ten of them."""


def specialise(rule: Rule) -> Rule:
    """``rule``, with its actions compiled for what it observes when they are first needed."""
    if not rule.parameters and not rule.scope:
        return rule
    special = Specialised(rule.parameters, rule.scope)

    def changed(candidate: Candidate) -> Candidate:
        return replace(candidate, calls=tuple(replace(call, specialised=special) for call in candidate.calls))

    return replace(
        rule,
        candidates=tuple(map(changed, rule.candidates)),
        silent=tuple(replace(item, candidate=changed(item.candidate)) for item in rule.silent),
    )


@dataclass(slots=True, eq=False)
class _Entry:
    """What was compiled for a call and observations, which are kept alive: they are known by their identities."""

    call: Call
    observations: Sequence[Observation]
    functions: tuple[Matched | None, ...]


class Specialised:
    """The actions of one rule, compiled for its observations."""

    def __init__(self, parameters: tuple[str, ...], scope: Scope) -> None:
        self._parameters = parameters
        self._scope = scope
        self._known: dict[tuple[int, int], _Entry] = {}

    def steps(
        self,
        call: Call,
        observations: Sequence[Observation],
        state: State,
        given: Sequence[Any],
        arguments: Sequence[Any],
    ) -> Iterator[tuple[State, Action, Sequence[Any]]]:
        """The successors of ``state`` by ``call``, with the action and the values of its parameters, that can agree
        with the ``observations``. ``given`` are the values of the call's arguments, ``arguments`` those of the rule's
        parameters.
        """
        entry = self._known.get((id(call), id(observations)))
        if entry is None:
            entry = self._entry(call, observations)
        for action, function in zip(call.actions, entry.functions, strict=True):
            if function is None:
                found: Any = action.successors(state, given)
            else:
                found = []
                function(state, found.append, *(value for value in given if value is not UNBOUND), *arguments)
            for successor, values in found:
                yield successor, action, values

    def _entry(self, call: Call, observations: Sequence[Observation]) -> _Entry:
        if len(self._known) >= CALLS_MAX:
            self._known.clear()
        observed = [
            Observed(each.left_tree, each.right_tree, each.when is When.STEP)
            for each in observations
            if each.when is not When.BEFORE
            and each.left_tree is not None
            and (each.right is None or each.right_tree is not None)
        ]
        functions = tuple(self._function(action, call, observed) for action in call.actions)
        entry = self._known[id(call), id(observations)] = _Entry(call, observations, functions)
        return entry

    def _function(self, action: Action, call: Call, observed: Sequence[Observed]) -> Matched | None:
        if not isinstance(action, CompiledAction):
            return None
        arguments = (call.choices or call).arguments
        given = [argument is not None for argument in arguments] or [False] * len(action.parameters)
        return action.matching(given, self._parameters, self._scope, observed)
