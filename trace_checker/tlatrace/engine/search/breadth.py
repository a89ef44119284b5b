"""The search of a trace in one order: the states that explain the trace so far, one event after the other.

Streaming, in memory bounded by the frontier; exact for everything that is asked of it, the budgets of silent actions
and the marks of properties included. It does as little as it must:

1. while few states explain the trace, all silent steps are taken, so that the frontier is what a person would expect;
2. then silent steps are taken lazily (:mod:`tlatrace.engine.search.lazy`), which is as good for whatever comes next;
3. where that still leads to many states, what the next events cannot depend on is left out
   (:mod:`tlatrace.engine.search.ahead`), if they can be looked at;
4. where it is properties that make it many, since the steps that they see must be tried in every order, the steps that
   the events need are tried alone. If nothing explains the event then, nothing does; if a way that violates nothing is
   left, the search goes on with it, and :attr:`Breadth.are_all_judged` is false from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Final, TypeAlias

from tlatrace.engine.observation import Silent
from tlatrace.engine.search.ahead import NO_VARIABLES, ChainAhead
from tlatrace.engine.search.closure import SilentClosure, TooManyStates, cut_text
from tlatrace.engine.search.lazy import Key, LazyCut, NextEvent
from tlatrace.engine.search.nodes import Node
from tlatrace.engine.search.outlook import key_among
from tlatrace.engine.search.prepared import Prepared
from tlatrace.engine.search.stepping import Stepper, TooWide
from tlatrace.engine.search.stubborn import OneEvent
from tlatrace.engine.search.symmetric import ClassesBefore
from tlatrace.engine.search.transitions import SilentTransition, Transitions
from tlatrace.engine.states import key_of

NARROW_STATES: Final = 16
"""Up to so many states, silent steps are simply all taken, as long as they lead to few."""

FEW_STATES: Final = 64

MANY_STATES: Final = 512
"""So many states are looked at for one event before the events to come are looked at to have fewer of them."""

JUDGED_STATES: Final = 2_048
"""So many are looked at in all, and so many more for each event, before the search goes on with ways that violate
nothing instead of all ways: a few seconds' work.
"""

JUDGED_STATES_PER_EVENT: Final = 128

SHOWN_STATES: Final = 512
"""Up to so many states, all that an event may be explained from are told."""

STEPS_TO_THE_END_MAX: Final = 200
"""Silent steps that are taken one after the other to see where they end; what ends later may not end at all."""

Result: TypeAlias = tuple[Sequence[Node], Silent | None]
"""The nodes after an event, and a silent action whose search limit kept states out."""

Foresight: TypeAlias = Callable[[bool], ChainAhead | None]
"""The events that come next as transitions, the next one as the first; asked whether no property is to see them."""


class Breadth:
    """``nodes`` is the frontier; ``cut`` says why it may lack states, once a limit has kept some out. Without
    ``transitions``, all silent steps are taken always.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        cut: str = "",
        transitions: Transitions | None = None,
        foresight: Foresight | None = None,
    ) -> None:
        self.nodes = nodes
        self.cut = cut
        self.count = 0
        """Events explained so far."""
        self.are_all_judged = True
        """Whether it is known of every way what it violates, and not only of some."""
        self.judged = 0
        """States that were looked at lazily, with all that properties see."""
        self.has_put_off = False
        """Whether silent steps may have been put off. A search limit then bounds those of a way by the number of events
        so far, and no longer those before one event by that event alone.
        """
        self.foresight = foresight
        self.symmetry: ClassesBefore | None = None
        """By what permutations two of many states may differ and be one (:mod:`tlatrace.engine.search.symmetric`)."""
        self._transitions = transitions

    def advance(self, prepared: Prepared, stepper: Stepper) -> Sequence[Node]:
        """The nodes after one more event, which become the frontier unless there are none.

        Raises:
            LimitReached: there are more states than allowed, or the time is up. The frontier is as it was.
        """
        nodes, cut = self._after(prepared, stepper)
        if cut is not None and not self.cut:
            self.cut = cut_text(cut, prepared.event.line)
        if nodes:
            self.nodes = nodes
            self.count += 1
        return nodes

    def _after(self, prepared: Prepared, stepper: Stepper) -> Result:
        if not prepared.silent:
            return stepper.explained(prepared, self.nodes, self._key_after(self.nodes)).nodes(), None
        transitions = self._transitions
        if transitions is None:
            starts, cut = self.starts(prepared, stepper)
            return stepper.explained(prepared, starts, self._key_after(starts)).nodes(), cut
        if len(self.nodes) <= NARROW_STATES:
            try:
                starts, cut = self._closure(prepared, stepper, min(FEW_STATES, stepper.states_max))
            except TooManyStates:
                pass
            else:
                # Steps that were put off may have to be taken now, in excess of what is allowed before this event.
                if cut is None or not self.has_put_off:
                    return stepper.explained(prepared, starts).nodes(), cut
        if not self.are_all_judged:
            return self._with_few(transitions.blind(), prepared, stepper, is_blind=True)
        try:
            return self._with_few(
                transitions, prepared, stepper, is_blind=False, is_last=not transitions.variables_seen
            )
        except _Many:
            pass
        nodes, cut = self._with_few(transitions.blind(), prepared, stepper, is_blind=True)
        if nodes and not any(node.marks.is_clean for node in nodes):
            return self._lazily(transitions, prepared, stepper, stepper.states_max, is_blind=False, looks_ahead=True)
        self.are_all_judged = self.are_all_judged and not nodes
        return nodes, cut

    def _key_after(self, starts: Sequence[Node]) -> Key:
        """What tells states apart after the next event: all that is in them, while it is explained from few."""
        classes = None if self.symmetry is None or len(starts) <= NARROW_STATES else self.symmetry(self.count + 1)
        return key_of if classes is None else classes.key

    def _with_few(
        self, transitions: Transitions, prepared: Prepared, stepper: Stepper, *, is_blind: bool, is_last: bool = True
    ) -> Result:
        """Lazily; looking ahead only if there are many states without that.

        Raises:
            _Many: there are many all the same, and this is not the last thing to try.
        """
        many = min(MANY_STATES, stepper.states_max)
        judged = JUDGED_STATES + JUDGED_STATES_PER_EVENT * self.count - self.judged
        if self.foresight is not None and len(self.nodes) < many:
            try:
                return self._lazily(transitions, prepared, stepper, many, is_blind=is_blind, looks_ahead=False)
            except TooWide:
                pass
        states_max = stepper.states_max if is_last else min(max(judged, FEW_STATES), stepper.states_max)
        try:
            return self._lazily(transitions, prepared, stepper, states_max, is_blind=is_blind, looks_ahead=True)
        except TooWide:
            if is_last:
                raise
            raise _Many from None

    def _lazily(
        self,
        transitions: Transitions,
        prepared: Prepared,
        stepper: Stepper,
        states_max: int,
        *,
        is_blind: bool,
        looks_ahead: bool,
    ) -> Result:
        ahead = self.foresight(is_blind) if looks_ahead and self.foresight is not None else None
        assert self._transitions is not None
        told = self._transitions.variables_seen
        lazy = lazy_event(transitions, told, prepared, stepper, ahead, self.count, states_max, self.symmetry)
        reached = lazy.run(self.nodes)[0].nodes()
        self.has_put_off = True
        if not is_blind:
            self.judged += len(lazy.nodes)
        return reached, lazy.cut

    def starts(self, prepared: Prepared, stepper: Stepper) -> tuple[Sequence[Node], Silent | None]:
        """The nodes that the event may be explained from, the frontier first; and a silent action whose search limit
        kept states out.

        Raises:
            LimitReached: there are too many.
        """
        if not prepared.silent:
            return self.nodes, None
        try:
            return self._closure(prepared, stepper, stepper.states_max)
        except TooManyStates:
            raise TooWide(f"silent steps lead to more than {stepper.states_max} states (--max-frontier)") from None

    def some_starts(self, prepared: Prepared, stepper: Stepper) -> Sequence[Node]:
        """Nodes that the event may be explained from: all of them, or where there are many, those that it takes to find
        that it cannot be, and never very many.

        Raises:
            LimitReached: there are too many, or the time is up.
        """
        if self._transitions is None or not prepared.silent:
            return self.starts(prepared, stepper)[0]
        with suppress(TooManyStates):
            starts, cut = self._closure(prepared, stepper, min(SHOWN_STATES, stepper.states_max))
            if cut is None or not self.has_put_off:
                return starts
        blind = self._transitions.blind()
        lazy = lazy_event(blind, NO_VARIABLES, prepared, stepper, None, self.count, SHOWN_STATES)
        with suppress(TooWide):  # Those that were found are enough to show.
            lazy.run(self.nodes)
        return [*lazy.nodes, *self._silent_to_the_end(prepared, stepper, lazy.nodes)]

    def _silent_to_the_end(self, prepared: Prepared, stepper: Stepper, known: Sequence[Node]) -> Iterator[Node]:
        """One node more, from which no silent step leads on, if one is soon reached: where not all can be told, that is
        likely the one that comes nearest to what was logged.
        """
        node = self.nodes[-1]
        left = [silent.at_most for silent in prepared.silent]
        seen = {key_of(each.state) for each in known}
        path = {key_of(node.state)}
        for _ in range(STEPS_TO_THE_END_MAX):
            steps = (
                (index, found)
                for index, silent in enumerate(prepared.silent)
                if left[index] > 0
                for found in stepper.silent_steps(silent, prepared.arguments, node)
                if key_of(found.state) not in path
            )
            index, found = next(steps, (None, node))
            if index is None:
                if key_of(node.state) not in seen:
                    yield node
                return
            node = found
            path.add(key_of(node.state))
            left[index] -= 1

    def _closure(self, prepared: Prepared, stepper: Stepper, states_max: int) -> tuple[Sequence[Node], Silent | None]:
        def expand(silent: Silent, node: Node) -> Iterator[Node]:
            return stepper.silent_steps(silent, prepared.arguments, node)

        starts, cut = SilentClosure(prepared.silent, expand, states_max).run(self.nodes)
        if self.has_put_off:
            # A closure keeps one way to a state, not the one with the fewest steps. Fewer than there are do no harm.
            taken = min(node.taken for node in self.nodes)
            for start in starts:
                start.taken = taken
        return starts, cut


class _Many(Exception):
    """There are many states, and something else to try."""


def lazy_event(
    transitions: Transitions,
    told: frozenset[int],
    prepared: Prepared,
    stepper: Stepper,
    ahead: ChainAhead | None,
    number: int,
    states_max: int | None = None,
    symmetry: ClassesBefore | None = None,
) -> LazyCut:
    """The event with this number and the silent steps before it, taken lazily; if the events from it on are known, also
    without what they cannot depend on, but for the variables of ``told``. Of states that are one by ``symmetry``, one
    is kept.
    """
    transition = transitions.of_event(prepared)
    now, then = (None, None) if symmetry is None else (symmetry(number), symmetry(number + 1))
    if ahead is None:
        own = key_of if then is None else then.key
        event = NextEvent(prepared, transition, OneEvent(transition), key=own)
        own = key_of if now is None else now.key
        return LazyCut(transitions, stepper, {0: event}, number, key=own, states_max=states_max)
    live, after = ahead.live(number), ahead.live(number + 1)
    count = transitions.variables_count

    def is_relevant(chain: int | None, silent: SilentTransition) -> bool:
        return silent.transition.is_visible or live.is_read(silent.transition.footprint)

    key = key_among(then, after.variables(count) | told, count)
    event = NextEvent(prepared, transition, OneEvent(transition), key=key)
    key = key_among(now, live.variables(count) | told, count)
    return LazyCut(transitions, stepper, {0: event}, number, is_relevant=is_relevant, key=key, states_max=states_max)
