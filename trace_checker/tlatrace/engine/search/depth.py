"""One way through a recorded trace, searched for depth-first: the next event first, then the silent steps before it.

Where very many states explain the trace so far, most of them explain what follows as well, and any one of them is
enough for a witness. :class:`DepthSearch` follows one way as far as it goes, turns back where it can go no further, and
ends at the first way to the end. Only ways that violate nothing are followed: no other can be part of one. If there is
none, it has found the furthest event that such ways explain; the event after it is the one at which a search
breadth-first ends, rejected or violated on all ways.

**Dead states.** A state that was reached before some event is not searched again, before that event, unless more silent
steps may be taken from it than before. So the search is as exact as one breadth-first, and does no more work than that.
At most :data:`MEMO_STATES_MAX` such states are remembered. Beyond that the older half is forgotten, which costs time,
and never makes an answer wrong: at most, a bound that is only there to end the search is then said to have kept states
out although it did not.

**What is held**: the way itself, with one state for each event; the alternatives along it that were not tried yet; the
dead states; the states reached at the furthest event (:data:`FURTHEST_STATES_MAX`); and, by whom the events come from,
the events up to the furthest one that was looked at. There is no recursion.

Silent steps are taken lazily, and states that the events to come cannot tell apart are taken for one, as they are
breadth-first (:mod:`tlatrace.engine.search.lazy`, :mod:`tlatrace.engine.search.ahead`,
:mod:`tlatrace.engine.search.symmetric`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tlatrace.compile.api import State
from tlatrace.engine.observation import Silent
from tlatrace.engine.search.ahead import ChainAhead
from tlatrace.engine.search.breadth import lazy_event
from tlatrace.engine.search.closure import cut_text
from tlatrace.engine.search.lazy import LazyCut, Left
from tlatrace.engine.search.nodes import NO_ACTIONS, Node
from tlatrace.engine.search.outlook import key_among
from tlatrace.engine.search.prepared import Prepared
from tlatrace.engine.search.stepping import Stepper
from tlatrace.engine.search.symmetric import ClassesBefore
from tlatrace.engine.search.transitions import Transition, Transitions
from tlatrace.engine.states import key_of

MEMO_STATES_MAX: Final = 1_000_000
"""So many dead states are remembered: some hundred bytes each, besides the states themselves."""

FURTHEST_STATES_MAX: Final = 512
"""So many states are told of those that the furthest event leads to."""

EVENTS_HELD: Final = 4_096
"""So many events are held ready to be explained; others are made ready again when the search comes back to them."""

BLOCK_EVENTS: Final = 1_024
"""Events for which what is to come is looked at together."""

BLOCKS_HELD: Final = 8

CUTS_HELD: Final = 10_000

At = Callable[[int], Prepared | None]
"""The event with a number, from the beginning of the trace; None past the end."""


class Way:
    """The last event of a way: the node after it (with the actions since the event before), and the way up to there."""

    __slots__ = ("before", "node")

    def __init__(self, before: Way | None, node: Node) -> None:
        self.before = before
        self.node = node

    def nodes(self) -> list[Node]:
        """A node for each event, in order."""
        found: list[Node] = []
        link: Way | None = self
        while link is not None:
            found.append(link.node)
            link = link.before
        found.reverse()
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was found. ``nodes`` are one for each event of the way to the end, or else of a way that got furthest;
    ``states`` are nodes after the last of these events, all that were found up to a bound. ``is_exhausted``: there is
    no way to the end, unless ``cut`` gives a bound that kept states out. ``steps`` are the states that were searched.
    """

    is_found: bool
    is_exhausted: bool
    nodes: list[Node]
    states: list[Node]
    steps: int
    cut: str = ""


class DepthSearch:
    """A search from ``starts``, before the event with the number ``first``, to the end of what ``at`` gives.

    ``stepper`` says what is violated; ways that violate something are left out. After ``steps_max`` states, the search
    ends with neither a way nor the proof that there is none. Without ``transitions``, all silent steps are tried.

    Raises (by :meth:`run`):
        LimitReached: the time is up.
        TlatraceError: an expression cannot be evaluated.
    """

    def __init__(
        self,
        starts: Sequence[Node],
        first: int,
        at: At,
        stepper: Stepper,
        transitions: Transitions | None,
        *,
        silents: Sequence[Transition] = (),
        steps_max: int | None = None,
        symmetry: ClassesBefore | None = None,
    ) -> None:
        self._symmetry = symmetry
        self._starts = starts
        self._first = first
        self._at = at
        self._stepper = stepper
        self._transitions = transitions
        self._silents = silents
        self._steps_max = steps_max
        self._memo = _Memo(MEMO_STATES_MAX)
        self._events: dict[int, _Next | None] = {}
        self._blocks: dict[int, ChainAhead] = {}
        self._keys: dict[int, Callable[[State], Hashable]] = {}
        self._cuts: list[_Cut] = []
        self._furthest = first
        self._furthest_way: Way | None = None
        self._furthest_states: dict[Hashable, Node] = {}

    def run(self) -> Outcome:
        """Search, until a way is found, or there is none, or the steps are used up."""
        pending: list[_Entry] = []
        for node in self._starts:
            if node.marks.is_clean and self._memo.is_new(self._first, self._key(self._first, node.state), None, 0):
                pending.append(
                    (self._first, Node(node.state, node.marks, NO_ACTIONS, node.trail, node.taken), None, None)
                )
        pending.reverse()
        steps = 0
        while pending:
            if steps == self._steps_max:
                return self._outcome(self._furthest_way, steps)
            steps += 1
            index, node, left, way = pending.pop()
            event = self._event(index)
            if event is None:
                return self._outcome(way, steps, is_found=True)
            pending += reversed(list(self._after(index, event, node, event.full if left is None else left, way)))
        return self._outcome(self._furthest_way, steps, is_exhausted=True)

    def _outcome(self, way: Way | None, steps: int, *, is_found: bool = False, is_exhausted: bool = False) -> Outcome:
        return Outcome(
            is_found=is_found,
            is_exhausted=is_exhausted,
            nodes=[] if way is None else way.nodes(),
            states=list(self._furthest_states.values()),
            steps=steps,
            cut=self._cut_text() if is_exhausted else "",
        )

    def _after(self, index: int, event: _Next, node: Node, left: Left, way: Way | None) -> Iterator[_Entry]:
        """What is to be searched after one node: by the event first."""
        for after, number, is_free in event.tried(node, left, self._stepper):
            if not after.marks.is_clean:
                continue
            if number is None:
                key = self._key(index + 1, after.state)
                if self._memo.is_new(index + 1, key, None, after.taken):
                    link = Way(way, after)
                    self._note(index + 1, key, link)
                    yield index + 1, Node(after.state, after.marks, NO_ACTIONS, after.trail, after.taken), None, link
                continue
            rest = left
            if is_free:
                after.taken += 1
                is_cut = after.taken > event.taken_max
            else:
                rest = (*left[:number], left[number] - 1, *left[number + 1 :])
                is_cut = rest[number] < 0
            key = self._key(index, after.state)
            if is_cut:
                self._note_cut(_Cut(index, key, rest, after.taken, event.prepared.silent[number], event.line))
            elif self._memo.is_new(index, key, rest, after.taken):
                yield index, after, rest, way

    # --------------------------------------------------------------------------------------- what is noted

    def _note(self, index: int, key: Hashable, way: Way) -> None:
        """A state is reached for the first time after ``index`` events."""
        if index > self._furthest:
            self._furthest, self._furthest_way, self._furthest_states = index, way, {}
        if index == self._furthest and len(self._furthest_states) < FURTHEST_STATES_MAX:
            node = way.node
            self._furthest_states.setdefault(key, Node(node.state, node.marks, node.actions, node.trail, node.taken))

    def _note_cut(self, cut: _Cut) -> None:
        if self._is_known(cut):
            return
        if len(self._cuts) == CUTS_HELD:
            self._cuts = [each for each in self._cuts if not self._is_known(each)]
        if len(self._cuts) < CUTS_HELD:  # If not, there are others to say so.
            self._cuts.append(cut)

    def _is_known(self, cut: _Cut) -> bool:
        return self._memo.knows(cut.index, cut.key, cut.left, cut.taken)

    def _cut_text(self) -> str:
        """A bound that kept a state out which no other way led to."""
        found = next((cut for cut in self._cuts if not self._is_known(cut)), None)
        return "" if found is None else cut_text(found.silent, found.line)

    # --------------------------------------------------------------------------------------- events

    def _event(self, index: int) -> _Next | None:
        try:
            return self._events[index]
        except KeyError:
            pass
        if len(self._events) >= EVENTS_HELD:
            self._events.clear()
        prepared = self._at(index)
        event = self._events[index] = None if prepared is None else _Next(prepared, index, self._lazy(prepared, index))
        return event

    def _lazy(self, prepared: Prepared, index: int) -> LazyCut | None:
        transitions = self._transitions
        if transitions is None or not prepared.silent:
            return None
        told = transitions.variables_seen
        return lazy_event(transitions, told, prepared, self._stepper, self._block(index), index)

    def _key(self, index: int, state: State) -> Hashable:
        """What is equal for states that what is left from this event on cannot tell apart."""
        key = self._keys.get(index)
        if key is None:
            if len(self._keys) >= EVENTS_HELD:
                self._keys.clear()
            key = self._keys[index] = self._key_at(index)
        return key(state)

    def _key_at(self, index: int) -> Callable[[State], Hashable]:
        transitions = self._transitions
        classes = None if self._symmetry is None else self._symmetry(index)
        if transitions is None or not self._silents:
            return key_of if classes is None else classes.key
        count = transitions.variables_count
        told = self._block(index).live(index).variables(count) | transitions.variables_seen
        return key_among(classes, told, count)

    def _block(self, index: int) -> ChainAhead:
        """The events from this one on, as transitions. They are looked at in blocks, since the search goes back."""
        number = index // BLOCK_EVENTS
        block = self._blocks.get(number)
        if block is None:
            if len(self._blocks) >= BLOCKS_HELD:
                self._blocks.clear()
            block = self._blocks[number] = ChainAhead(self._transition, self._silents, 3 * BLOCK_EVENTS)
            block.forget(max(number * BLOCK_EVENTS, self._first))
        return block

    def _transition(self, index: int) -> Transition | None:
        assert self._transitions is not None
        prepared = self._at(index)
        return None if prepared is None else self._transitions.of_event(prepared)


_Entry = tuple[int, Node, Left | None, Way | None]
"""What is to be searched: a node before the event of this number, the silent steps that are left (None: all), and the
way of events to it.
"""


class _Next:
    """An event that may come next."""

    def __init__(self, prepared: Prepared, index: int, lazy: LazyCut | None) -> None:
        self.prepared = prepared
        self.line = prepared.event.line
        self.full: Left = tuple([silent.at_most for silent in prepared.silent])
        self.taken_max = sum(silent.at_most for silent in prepared.silent if silent.is_limit) * (index + 1)
        self._lazy = lazy

    def tried(self, node: Node, left: Left, stepper: Stepper) -> Iterator[tuple[Node, int | None, bool]]:
        """The nodes to go on from, those after the event first; the number of the silent action, None for the event;
        and whether it is bounded only with all others.
        """
        prepared = self.prepared
        if self._lazy is not None:
            for after, by in self._lazy.tried(node, left):
                if isinstance(by, int):
                    yield after, None, False
                else:
                    yield after, by.number, by.is_free
            return
        for after in stepper.explanations(prepared, node):
            yield after, None, False
        for number, silent in enumerate(prepared.silent):
            if left[number] > 0 or silent.is_limit:
                for after in stepper.silent_steps(silent, prepared.arguments, node):
                    yield after, number, False


@dataclass(frozen=True, slots=True)
class _Cut:
    """A state that a bound kept out."""

    index: int
    key: Hashable
    left: Left
    taken: int
    silent: Silent
    line: int


class _Memo:
    """The states that were reached before each event, with the silent steps that were left then: None where all were,
    and the free ones that were taken.
    """

    def __init__(self, states_max: int) -> None:
        self._states_max = states_max
        self._known: dict[tuple[int, Hashable], list[tuple[Left | None, int]]] = {}

    def knows(self, index: int, key: Hashable, left: Left | None, taken: int) -> bool:
        """Whether all that can be done from this state was done, or is about to be."""
        known = self._known.get((index, key))
        return known is not None and any(_dominates(each, left, taken) for each in known)

    def is_new(self, index: int, key: Hashable, left: Left | None, taken: int) -> bool:
        """Whether something can be done that could not be before; it is known from now on."""
        known = self._known.get((index, key))
        if known is None:
            if len(self._known) >= self._states_max:
                for old in list(self._known)[: max(1, self._states_max // 2)]:
                    del self._known[old]
            self._known[index, key] = [(left, taken)]
            return True
        if any(_dominates(each, left, taken) for each in known):
            return False
        known.append((left, taken))
        return True


def _dominates(known: tuple[Left | None, int], left: Left | None, taken: int) -> bool:
    known_left, known_taken = known
    if known_taken > taken:
        return False
    if known_left is None:
        return True
    return left is not None and all(a >= b for a, b in zip(known_left, left, strict=True))
