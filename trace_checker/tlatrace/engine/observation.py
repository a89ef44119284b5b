"""Compiled rules: what an event may be, and what it says about the step that it reports.

A :class:`Rule` belongs to one kind of event. Its *inputs* (:mod:`tlatrace.engine.inputs`) are pieces of the event's
JSON, turned into values once an event; its *bindings* are named expressions over them. Inputs and bindings together are
the *parameters*: what every other expression of the rule is called with, after the two states of the step.

This module knows nothing of where rules come from (``tlaconform.mapping`` fills it from YAML) nor how they are searched
with (:mod:`tlatrace.engine.match`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Protocol

from tlatrace.compile.api import UNBOUND, Action, Argument, Evaluate, State
from tlatrace.engine.inputs import MISSING as MISSING
from tlatrace.engine.inputs import Conversion as Conversion
from tlatrace.engine.inputs import EventError as EventError
from tlatrace.engine.inputs import Input as Input
from tlatrace.engine.inputs import Translation as Translation
from tlatrace.engine.inputs import read_inputs as read_inputs
from tlatrace.location import Location
from tlatrace.semantics.spec import Scope
from tlatrace.syntax import ast
from tlatrace.values import elements


class Steps(Protocol):
    """See :class:`tlatrace.engine.specialise.Specialised`."""

    def steps(
        self,
        call: Call,
        observations: Sequence[Observation],
        state: State,
        given: Sequence[Any],
        arguments: Sequence[Any],
    ) -> Iterator[tuple[State, Action, Sequence[Any]]]:
        """The successors of ``state`` by ``call`` that can agree with the ``observations``."""
        ...


class When(Enum):
    """Which state of the step an observation speaks of."""

    BEFORE = "before"
    AFTER = "after"
    STEP = "step"
    """Both: the expression has primes."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Names that a call binds by itself: ``\\E x \\in S : A(i, x)``.

    Each of ``domains`` is called with the parameters of the rule and the names before it; each of ``arguments``, which
    are those of the action, with the parameters and all names. ``trees`` are the domains as expressions.
    """

    names: tuple[str, ...]
    domains: tuple[Evaluate, ...]
    arguments: tuple[Evaluate | None, ...]
    trees: tuple[ast.Expr, ...]
    argument_trees: tuple[ast.Expr | None, ...] = ()

    def lists(self, state: State, parameters: Sequence[Any]) -> Iterator[list[Argument]]:
        """The arguments of the action for each choice."""
        for chosen in self._chosen(state, list(parameters), 0):
            yield [UNBOUND if a is None else a(state, None, *chosen) for a in self.arguments]

    def _chosen(self, state: State, known: list[Any], depth: int) -> Iterator[list[Any]]:
        if depth == len(self.domains):
            yield known
            return
        for value in elements(self.domains[depth](state, None, *known)):
            yield from self._chosen(state, [*known, value], depth + 1)


@dataclass(frozen=True, slots=True)
class Call:
    """An action with what the event says of its arguments; None leaves one to be found.

    ``argument_trees`` are the arguments as expressions, over the parameters of the rule and the names of its scope;
    empty for rules that were made without trees, which can only be evaluated. ``optional``, one entry an argument or
    none at all, numbers the parameters of the rule without which the argument is left open. ``choices``, where there
    are some, say more of the arguments than ``arguments`` do.
    """

    name: str
    text: str
    actions: tuple[Action, ...]
    arguments: tuple[Evaluate | None, ...]
    location: Location
    argument_trees: tuple[ast.Expr | None, ...] = ()
    optional: tuple[tuple[int, ...], ...] = ()
    choices: Choices | None = None
    specialised: Steps | None = field(default=None, compare=False, repr=False)
    """What takes the steps, knowing what the rule observes; None where the actions are simply asked."""

    def given(self, state: State, parameters: Sequence[Any]) -> Iterable[list[Argument]]:
        """What the event says of the arguments in ``state``: UNBOUND where it says nothing; one list for each way to
        choose, where the call binds names.
        """
        if self.choices is not None:
            return self.choices.lists(state, parameters)
        return ([UNBOUND if a is None else a(state, None, *parameters) for a in self.arguments],)

    def without(self, missing: Set[int]) -> Call:
        """The call for events that lack these parameters of the rule."""
        if not any(not missing.isdisjoint(needed) for needed in self.optional):
            return self
        is_open = [not missing.isdisjoint(needed) for needed in self.optional]
        return replace(
            self,
            arguments=tuple(None if o else a for o, a in zip(is_open, self.arguments, strict=True)),
            argument_trees=tuple(None if o else a for o, a in zip(is_open, self.argument_trees, strict=True)),
        )


def action_name(action: Action) -> str:
    """What an action is called: the name of its definition, or of the definition that it is a part of."""
    definition = action.instance.definition
    return action.instance.name if definition is None else definition.name


@dataclass(frozen=True, slots=True)
class Candidate:
    """One explanation of an event: actions taken one after the other, or none (the event reports no change).

    ``guard`` is over the event alone; an event for which it is FALSE has no such explanation.
    """

    text: str
    calls: tuple[Call, ...]
    location: Location
    guard: Evaluate | None = None

    def without(self, missing: Set[int]) -> Candidate:
        """The candidate for events that lack these parameters of the rule."""
        calls = tuple(call.without(missing) for call in self.calls)
        return self if all(a is b for a, b in zip(calls, self.calls, strict=True)) else replace(self, calls=calls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """``left``, of the specification, must equal ``right``, of the event; a Boolean ``left`` alone must hold.

    Skipped for an event that lacks one of the parameters of the rule numbered in ``optional``. ``variables`` are those
    that the two sides read. ``left_tree`` and ``right_tree`` are the two sides as expressions, over the parameters of
    the rule and the names of its scope; None for a side that is not there, or a rule that was made without trees.
    """

    text: str
    left: Evaluate
    right_text: str = ""
    right: Evaluate | None = None
    when: When
    optional: tuple[int, ...] = ()
    variables: frozenset[str]
    location: Location
    is_of_event: bool = True
    """Whether it reads anything of the event; one that does not would hold, or fail, for any other event too."""
    left_tree: ast.Expr | None = None
    right_tree: ast.Expr | None = None


@dataclass(frozen=True, slots=True)
class Silent:
    """An action that no event reports, allowed before an event.

    ``at_most`` times before each; ``is_limit`` says that the bound is there to end the search, not part of what the
    mapping means: a rejection for which it was reached is then no rejection. ``guard`` is over the event, and, if
    ``guard_reads_state``, over the state in which the step would be taken: ``guard(state, None, *arguments)``.
    """

    candidate: Candidate
    at_most: int
    is_limit: bool
    guard: Evaluate | None
    guard_reads_state: bool = False
    guard_tree: ast.Expr | None = None
    """The guard over the parameters of the rule and the names of its scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """All that the mapping says of one kind of event.

    ``parameters`` names what every expression of the rule is called with after the two states, inputs first, then
    bindings; ``scope`` is what the other names of its trees mean. Both are empty for a rule that was made without
    trees.
    """

    kind: str
    inputs: tuple[Input, ...]
    bindings: tuple[tuple[str, Evaluate], ...]
    candidates: tuple[Candidate, ...]
    observations: tuple[Observation, ...]
    silent: tuple[Silent, ...]
    location: Location
    parameters: tuple[str, ...] = ()
    scope: Scope = field(default_factory=dict)
    _lacking: dict[frozenset[int], Rule] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What :meth:`without` has made: the same rule each time, for what is compiled for it is known by its identity."""

    @property
    def optional(self) -> tuple[int, ...]:
        """The numbers of the parameters that an event may lack, inputs and bindings."""
        observed = {i for observation in self.observations for i in observation.optional}
        candidates = (*self.candidates, *(item.candidate for item in self.silent))
        given = {i for candidate in candidates for call in candidate.calls for each in call.optional for i in each}
        return tuple(sorted(observed | given))

    def without(self, missing: tuple[int, ...]) -> Rule:
        """The rule for events that lack these parameters: what was observed of them is left out, arguments that need
        them are left open.
        """
        if not missing:
            return self
        lacking = frozenset(missing)
        known = self._lacking.get(lacking)
        if known is None:
            known = self._lacking[lacking] = replace(
                self,
                candidates=tuple(candidate.without(lacking) for candidate in self.candidates),
                observations=tuple(item for item in self.observations if lacking.isdisjoint(item.optional)),
                silent=tuple(replace(item, candidate=item.candidate.without(lacking)) for item in self.silent),
            )
        return known
