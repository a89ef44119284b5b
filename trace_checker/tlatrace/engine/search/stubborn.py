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

An event that its order does not let move yet waits for one of another chain, which is then in T. An event further down
its chain stands behind the next one of that chain, which is in T in its place.

Silent steps are taken lazily by this: one is in T only if an event, or another step of T, cannot do without it or does
not commute with it. Steps that only follow the last event are never needed.

Properties: the sets above say nothing of the states on the way. A transition is *visible* if it writes to a variable
that some property reads. With 1', *all visible transitions are in T if one that is possible is*, and with visible
silent actions that commute with no event, a step that is brought forward passes only steps that no property sees, or is
itself one; the properties see the same states in the same order, and no silent step that they see is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tlatrace.compile.accesses import Footprint, any_conflict
from tlatrace.compile.blockers import Need
from tlatrace.engine.search.nodes import Node
from tlatrace.engine.search.transitions import SilentTransition, Transition


class Future(Protocol):
    """What is left of a chain, from its next event on."""

    def depends_on(self, footprint: Footprint) -> bool:
        """Whether one of its events may not commute with a step."""
        ...

    def may_meet(self, need: Need) -> bool:
        """Whether one of its events may write to one of these places."""
        ...

    @property
    def is_visible(self) -> bool:
        """Whether a property may see one of its events."""
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


@dataclass(frozen=True, slots=True)
class Choice:
    """What must be tried: chains, and numbers of silent transitions."""

    chains: tuple[int, ...]
    silents: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.chains) + len(self.silents)


class Stubborn:
    """Makes stubborn sets for one node. ``silent_successors`` gives the nodes after a silent transition; ``needs`` says
    what stands in the way of a transition that is not possible.
    """

    def __init__(
        self,
        heads: Mapping[int, Head],
        silents: Silents,
        silent_successors: Callable[[int], Sequence[Node]],
        needs: Callable[[Transition], list[Need]],
    ) -> None:
        self._heads = heads
        self._silents = silents
        self._silent_successors = silent_successors
        self._needs = needs

    def choice(self) -> Choice:
        """A stubborn set with few transitions that are possible; an empty one says that the end is out of reach."""
        best: Choice | None = None
        for chain in self._heads:
            found = self._closed(chain)
            if best is None or len(found) < len(best):
                best = found
            if len(best) <= 1:
                break
        return best or Choice((), ())

    def _closed(self, seed: int) -> Choice:
        """The smallest stubborn set found from the next event of one chain."""
        chains: dict[int, bool] = {seed: False}
        silents: dict[int, bool] = {}
        pending: list[tuple[bool, int]] = [(True, seed)]

        def add_chain(chain: int) -> None:
            if chain not in chains:
                chains[chain] = False
                pending.append((True, chain))

        def add_silent(number: int) -> None:
            if number not in silents:
                silents[number] = False
                pending.append((False, number))

        def add_dependent(transition: Transition, own: int | None) -> None:
            footprint, is_visible = transition.footprint, transition.is_visible
            for chain, head in self._heads.items():
                if chain == own:
                    continue
                if head.future.depends_on(footprint) or (is_visible and head.future.is_visible):
                    add_chain(chain)
            for number, silent in enumerate(self._silents):
                other = silent.transition
                if (other.is_visible and (is_visible or own is not None)) or other.footprint.depends_on(footprint):
                    add_silent(number)

        def add_helpful(transition: Transition, own: int | None) -> None:
            if transition.footprint.is_unknown:
                add_dependent(transition, own)
                return
            best: tuple[list[int], list[int]] | None = None
            for need in self._needs(transition):
                helping = (
                    [c for c, head in self._heads.items() if c != own and head.future.may_meet(need)],
                    [n for n, silent in enumerate(self._silents) if may_meet(silent.transition.footprint, need)],
                )
                new = sum(c not in chains for c in helping[0]) + sum(n not in silents for n in helping[1])
                if best is None or new < sum(c not in chains for c in best[0]) + sum(n not in silents for n in best[1]):
                    best = helping
                if new == 0:
                    break
            assert best is not None
            for chain in best[0]:
                add_chain(chain)
            for number in best[1]:
                add_silent(number)

        while pending:
            is_event, number = pending.pop()
            if not is_event:
                silent = self._silents[number]
                if silent.is_possible and self._silent_successors(number):
                    silents[number] = True
                    add_dependent(silent.transition, None)
                else:
                    add_helpful(silent.transition, None)
                continue
            head = self._heads[number]
            if head.waits_for is not None:
                add_chain(head.waits_for)
            elif head.successors():
                chains[number] = True
                add_dependent(head.transition, number)
            else:
                add_helpful(head.transition, number)
        return Choice(
            tuple(sorted(chain for chain, possible in chains.items() if possible)),
            tuple(sorted(number for number, possible in silents.items() if possible)),
        )


def may_meet(footprint: Footprint, need: Need) -> bool:
    """Whether a step may write to one of the places of a need."""
    return footprint.is_unknown or any_conflict(footprint.writes, need)


@dataclass(frozen=True, slots=True, eq=False)
class OneEvent:
    """The :class:`Future` of a chain of which nothing but the next event is known, or matters."""

    transition: Transition

    def depends_on(self, footprint: Footprint) -> bool:
        return self.transition.footprint.depends_on(footprint)

    def may_meet(self, need: Need) -> bool:
        return may_meet(self.transition.footprint, need)

    @property
    def is_visible(self) -> bool:
        return self.transition.is_visible
