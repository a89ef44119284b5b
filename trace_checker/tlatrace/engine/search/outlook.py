"""What a search over cuts knows of the events that are left: for each cut, what may come next, what silent steps can
still matter, and in which variables two states must differ to be told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from functools import lru_cache
from typing import Final, Protocol

from tlatrace.compile.api import State
from tlatrace.engine.observation import Rule
from tlatrace.engine.search.ahead import DEAD, ChainAhead, Live, closed
from tlatrace.engine.search.classes import Classes
from tlatrace.engine.search.lazy import Key, LazyCut, NextEvent
from tlatrace.engine.search.prepared import Prepared
from tlatrace.engine.search.stepping import Stepper
from tlatrace.engine.search.transitions import NOT_READABLE, SilentTransition, Transition, Transitions
from tlatrace.engine.states import key_of
from tlatrace.errors import TlatraceError
from tlatrace.traces import PartialOrder, Positions

KEYS_MAX: Final = 1_024
"""Keys that are remembered, of all searches of the process. One search needs as many as there are sets of live
variables at its cuts, some ten; a process that checks trace after trace by many mappings would otherwise keep them all.
"""


class Searcher(Protocol):
    """What is needed of a matcher."""

    @property
    def transitions(self) -> Transitions | None: ...

    @property
    def rules(self) -> Mapping[str, Rule]: ...

    @property
    def stepper(self) -> Stepper: ...


class Outlook:
    """See the module."""

    def __init__(
        self,
        transitions: Transitions,
        told: frozenset[int],
        matcher: Searcher,
        order: PartialOrder,
        prepare: Callable[[int, int], Prepared],
        window: int,
        merging: Callable[[Positions], Classes | None] | None = None,
    ) -> None:
        self._transitions = transitions
        self._merging = merging
        self._told = told
        self._stepper = matcher.stepper
        self._order = order
        self._prepare = prepare
        self._silents = transitions.silent_kinds(matcher.rules)
        self._chains = [ChainAhead(self._reader(chain), self._silents, window) for chain in range(order.log_count)]
        self._closed: dict[Live, Live] = {}
        self._lives: dict[Positions, Live] = {}

    @classmethod
    def of(
        cls,
        matcher: Searcher,
        order: PartialOrder,
        prepare: Callable[[int, int], Prepared],
        window: int,
        *,
        is_blind: bool,
        merging: Callable[[Positions], Classes | None] | None = None,
    ) -> Outlook | None:
        """None where every order and every silent step must be tried: there is no evaluator, or silent steps mean
        something by the event that they stand before, which several chains leave open.

        If ``is_blind``, no step counts as one that properties see. States that they tell apart are told apart, but for
        what ``merging`` says may be exchanged at a cut.
        """
        transitions = matcher.transitions
        if transitions is None or (order.log_count > 1 and not transitions.has_only_free_silents(matcher.rules)):
            return None
        told = transitions.variables_seen
        return cls(transitions.blind() if is_blind else transitions, told, matcher, order, prepare, window, merging)

    def next_events(self, at: Positions, enabled: Collection[int]) -> dict[int, NextEvent]:
        """The next event of each chain."""
        found: dict[int, NextEvent] = {}
        for chain, number in enumerate(at):
            if self._order.peek(chain, number) is None:
                continue
            transition = self._chains[chain].event(number)
            found[chain] = NextEvent(
                self._prepare(chain, number),
                NOT_READABLE if transition is None else transition,
                self._chains[chain].from_(number),
                None if chain in enabled else self._order.waits_for(at, chain),
                self.key(taken(at, chain)),
            )
        return found

    def lazy_cut(self, at: Positions, events: Mapping[int, NextEvent]) -> LazyCut:
        """What tries everything at a cut."""
        lives: dict[int | None, Live] = {}

        def is_relevant(chain: int | None, silent: SilentTransition) -> bool:
            if silent.transition.is_visible:
                return True
            live = lives.get(chain)
            if live is None:
                live = lives[chain] = self.live(at) if chain is None else self._ever_live(at, chain)
            return live.is_read(silent.transition.footprint)

        return LazyCut(self._transitions, self._stepper, events, sum(at), is_relevant=is_relevant, key=self.key(at))

    def live(self, at: Positions) -> Live:
        """What is live at a cut."""
        known = self._lives.get(at)
        if known is None:
            lives = [chain.live(number) for chain, number in zip(self._chains, at, strict=True)]
            known = self._lives[at] = self._joined(lives)
        return known

    def _ever_live(self, at: Positions, unmoved: int) -> Live:
        """What is live at some cut that is reached while one chain has not moved."""
        return self._joined(
            [
                chain.live(number) if number_of == unmoved else chain.ever_live(number)
                for number_of, (chain, number) in enumerate(zip(self._chains, at, strict=True))
            ]
        )

    def _joined(self, lives: list[Live]) -> Live:
        live = DEAD
        for each in lives:
            live = live.joined(each)
        known = self._closed.get(live)
        if known is None:
            known = self._closed[live] = closed(live, self._silents)
        return known

    def key(self, at: Positions) -> Key:
        """What tells states apart at a cut: the variables that are live, and those that properties read."""
        count = self._transitions.variables_count
        told = self.live(at).variables(count) | self._told
        return key_among(None if self._merging is None else self._merging(at), told, count)

    def forget(self, before: Positions) -> None:
        """No earlier cut will be asked about any more."""
        for chain, number in zip(self._chains, before, strict=True):
            chain.forget(number)
        self._closed.clear()
        self._lives.clear()

    def _reader(self, chain: int) -> Callable[[int], Transition | None]:
        def read(number: int) -> Transition | None:
            if self._order.peek(chain, number) is None:
                return None
            try:
                return self._transitions.of_event(self._prepare(chain, number))
            except TlatraceError:
                return NOT_READABLE

        return read


def taken(at: Positions, chain: int) -> Positions:
    """The cut with one event more of a chain."""
    return (*at[:chain], at[chain] + 1, *at[chain + 1 :])


def key_among(classes: Classes | None, told: frozenset[int], variables_count: int) -> Key:
    """What tells states apart by some of their variables, where values of ``classes`` may be exchanged."""
    return key_by(told, variables_count) if classes is None else classes.key_by(told, variables_count)


@lru_cache(maxsize=KEYS_MAX)
def key_by(told: frozenset[int], variables_count: int) -> Key:
    """What tells states apart by some of their variables."""
    if len(told) == variables_count:
        return key_of
    variables = tuple(sorted(told))

    def key(state: State) -> Hashable:
        return key_of(tuple([state[index] for index in variables]))

    return key
