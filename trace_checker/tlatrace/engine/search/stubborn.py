"""Which transitions must be tried from a state, so that the end of the trace is reached from it if it can be.

Others may then wait: a *stubborn set* T (Valmari) is a set of transitions such that, in the state it was made for,

1. if a transition of T is possible, every transition that does not commute with it is in T;
2. if a transition of T is not possible, then of some set of places, one of which must change before it is, everything
   that writes to one of them is in T;
3. an event that has not been taken yet is in T.

Why trying the possible transitions of T is enough: take a way to the end, with as few steps as there are. By 3 some
transition of T is on it; let t be the first. No step before t is in T. So t was possible from the start (by 2, nothing
before it could have made it possible) and commutes with all steps before it (by 1). Taken first, it leads to a state
from which the end is one step nearer, on the same steps. What is left is shown in the same way.

An event that its order does not let move yet is not possible, and the event that it waits for must come first; so it
is with an event further down its chain and the next one of that chain. If something else also stands in its way, either
reason will do for 2. Of a chain, only the first event that does not commute with a step need be in T: the others stand
behind it.

Silent steps are taken lazily by this: one is in T only if an event, or another step of T, cannot do without it or does
not commute with it. Steps that only follow the last event are never needed.

Properties: the sets above say nothing of the states on the way. A transition is *visible* if it writes to a variable
that some property reads. With 1', *all visible transitions are in T if one that is possible is*, and with visible
silent actions that commute with no event, a step that is brought forward passes only steps that no property sees, or is
itself one; the properties see the same states in the same order, and no silent step that they see is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from tlatrace.compile.accesses import Footprint, any_conflict
from tlatrace.compile.blockers import Need
from tlatrace.engine.search.nodes import Node
from tlatrace.engine.search.transitions import SilentTransition, Transition


class Future(Protocol):
    """What is left of a chain, from its next event on. Events are numbered along the chain."""

    @property
    def number(self) -> int:
        """That of the next event."""
        ...

    def transition(self, number: int) -> Transition | None:
        """An event; None where it is not known yet."""
        ...

    def first_dependent(self, footprint: Footprint) -> int | None:
        """The first event that may not commute with a step."""
        ...

    def first_meeting(self, need: Need) -> int | None:
        """The first event that may write to one of these places."""
        ...

    def first_visible(self) -> int | None:
        """The first event that a property may see."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """The next event of a chain. ``waits_for`` is a chain that must move first. ``successors`` are the nodes that the
    event leads to.
    """

    transition: Transition
    future: Future
    waits_for: int | None
    successors: Callable[[], Sequence[Node]]


Silents = Sequence[SilentTransition]

Member: TypeAlias = tuple[int, int]
"""An event: its chain and its number; or (SILENT, number) for a silent transition."""

SILENT: Final = -1


@dataclass(frozen=True, slots=True)
class Choice:
    """What must be tried: chains, and numbers of silent transitions."""

    chains: tuple[int, ...]
    silents: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.chains) + len(self.silents)


class Stubborn:
    """Makes stubborn sets for one node. ``silent_successors`` gives the nodes after a silent transition; ``needs`` says
    what stands in the way of a transition that is not possible. ``may_matter`` says of a chain and a silent transition
    whether such a step can matter while that chain has not moved.
    """

    def __init__(
        self,
        heads: Mapping[int, Head],
        silents: Silents,
        silent_successors: Callable[[int], Sequence[Node]],
        needs: Callable[[Transition], list[Need]],
        may_matter: Callable[[int, SilentTransition], bool] | None = None,
    ) -> None:
        self._heads = heads
        self._silents = silents
        self._silent_successors = silent_successors
        self._needs = needs
        self._may_matter = may_matter
        self._known_needs: dict[Member, list[Need]] = {}

    def choice(self) -> Choice:
        """A stubborn set with few transitions that are possible; an empty one says that the end is out of reach."""
        best: Choice | None = None
        for chain in self._heads:
            found = _Closure(self, chain).run()
            if best is None or len(found) < len(best):
                best = found
            if len(best) <= 1:
                break
        return best or Choice((), ())

    # What follows is for closures.

    @property
    def heads(self) -> Mapping[int, Head]:
        return self._heads

    def silents_from(self, seed: int) -> list[int]:
        """The silent transitions that can matter before the chain ``seed`` moves."""
        numbers = range(len(self._silents))
        if self._may_matter is None:
            return list(numbers)
        return [number for number in numbers if self._may_matter(seed, self._silents[number])]

    def silent(self, number: int) -> SilentTransition:
        return self._silents[number]

    def is_possible(self, member: Member) -> bool:
        """Whether a transition can be taken in this state; no event but the next of a chain can."""
        chain, number = member
        if chain == SILENT:
            return self._silents[number].is_possible and bool(self._silent_successors(number))
        head = self._heads[chain]
        return number == head.future.number and head.waits_for is None and bool(head.successors())

    def _stands_behind(self, member: Member) -> bool:
        """Whether an event must wait for others, whatever the state."""
        chain, number = member
        return chain != SILENT and (
            number > self._heads[chain].future.number or self._heads[chain].waits_for is not None
        )

    def transition(self, member: Member) -> Transition | None:
        chain, number = member
        if chain == SILENT:
            return self._silents[number].transition
        head = self._heads[chain]
        return head.transition if number == head.future.number else head.future.transition(number)

    def needs(self, member: Member) -> list[Need]:
        """What stands in the way of a transition; nothing where that is not known, or may be anything or nothing."""
        known = self._known_needs.get(member)
        if known is None:
            transition = self.transition(member)
            is_unknown = transition is None or transition.footprint.is_unknown
            known = [] if transition is None or is_unknown else self._needs(transition)
            if not known and transition is not None and not is_unknown and not self._stands_behind(member):
                # It was tried, so something that it reads must change. An event that others stand before was not: it
                # may wait for nothing but them.
                known = [transition.footprint.reads]
            self._known_needs[member] = known
        return known


class _Closure:
    """The smallest stubborn set found from the next event of one chain."""

    def __init__(self, stubborn: Stubborn, seed: int) -> None:
        self._stubborn = stubborn
        self._seed = seed
        self._silents = stubborn.silents_from(seed)
        self._members: dict[Member, bool] = {}
        """With whether they are possible."""
        self._pending: list[Member] = []
        self._missing = len(self._silents) + len(stubborn.heads)
        """How many silent transitions and next events are not in."""

    def run(self) -> Choice:
        stubborn = self._stubborn
        self._add((self._seed, stubborn.heads[self._seed].future.number))
        while self._pending:
            member = self._pending.pop()
            is_possible = stubborn.is_possible(member)
            self._members[member] = is_possible
            if self._missing == 0:
                continue  # Everything that may be possible is in.
            if is_possible:
                transition = stubborn.transition(member)
                assert transition is not None
                self._add_all(self._dependent(transition, member))
            else:
                self._add_all(self._awaited(member))
        possible = sorted(member for member, is_possible in self._members.items() if is_possible)
        return Choice(
            tuple(chain for chain, _ in possible if chain != SILENT),
            tuple(number for chain, number in possible if chain == SILENT),
        )

    def _add(self, member: Member) -> None:
        if member not in self._members:
            self._members[member] = False
            self._pending.append(member)
            chain, number = member
            if chain == SILENT or number == self._stubborn.heads[chain].future.number:
                self._missing -= 1

    def _add_all(self, members: Iterable[Member]) -> None:
        for member in members:
            self._add(member)

    def _dependent(self, transition: Transition, member: Member) -> Iterator[Member]:
        """What may not commute with a transition that is possible."""
        footprint, is_visible = transition.footprint, transition.is_visible
        own = member[0]
        for chain, head in self._stubborn.heads.items():
            if chain == own:
                continue  # What is left of the chain comes after its next event.
            numbers = [head.future.first_dependent(footprint)]
            if is_visible:
                numbers.append(head.future.first_visible())
            first = min((number for number in numbers if number is not None), default=None)
            if first is not None:
                yield chain, first
        for number in self._silents:
            other = self._stubborn.silent(number).transition
            is_seen = other.is_visible and (is_visible or own != SILENT)
            if is_seen or other.footprint.depends_on(footprint):
                yield SILENT, number

    def _awaited(self, member: Member) -> Sequence[Member]:
        """What must come before a transition that is not possible: for one of the reasons why it is not, the one that
        adds least.
        """
        best: Sequence[Member] | None = None
        least = 0
        for members in self._reasons(member):
            new = sum(each not in self._members for each in members)
            if best is None or new < least:
                best, least = members, new
            if least == 0:
                break
        if best is None:
            # Nothing is known of it, so anything may be what it waits for.
            heads = self._stubborn.heads.items()
            return [*((chain, head.future.number) for chain, head in heads), *((SILENT, n) for n in self._silents)]
        return best

    def _reasons(self, member: Member) -> Iterator[Sequence[Member]]:
        chain, number = member
        heads = self._stubborn.heads
        for need in self._stubborn.needs(member):
            yield self._meeting(need, member)
        if chain != SILENT:
            head = heads[chain]
            if number > head.future.number:
                yield [(chain, head.future.number)]
            elif head.waits_for is not None:
                yield [(head.waits_for, heads[head.waits_for].future.number)]

    def _meeting(self, need: Need, member: Member) -> list[Member]:
        """What may write to one of these places before ``member``."""
        found: list[Member] = []
        for chain, head in self._stubborn.heads.items():
            first = head.future.first_meeting(need)
            if first is not None and (chain != member[0] or first < member[1]):
                found.append((chain, first))
        for number in self._silents:
            if may_meet(self._stubborn.silent(number).transition.footprint, need):
                found.append((SILENT, number))
        return found


def may_meet(footprint: Footprint, need: Need) -> bool:
    """Whether a step may write to one of the places of a need."""
    return footprint.is_unknown or any_conflict(footprint.writes, need)


@dataclass(frozen=True, slots=True, eq=False)
class OneEvent:
    """The :class:`Future` of a chain of which nothing but the next event matters."""

    next: Transition
    number: int = 0

    def transition(self, number: int) -> Transition | None:
        return self.next if number == self.number else None

    def first_dependent(self, footprint: Footprint) -> int | None:
        return self.number if self.next.footprint.depends_on(footprint) else None

    def first_meeting(self, need: Need) -> int | None:
        return self.number if may_meet(self.next.footprint, need) else None

    def first_visible(self) -> int | None:
        return self.number if self.next.is_visible else None
