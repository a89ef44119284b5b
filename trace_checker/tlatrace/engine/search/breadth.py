"""The plain search: all states that explain the trace so far, one event after the other.

Streaming, in memory bounded by the frontier; exact for everything that is asked of it, the budgets of silent actions
and the marks of properties included.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tlatrace.engine.observation import Silent
from tlatrace.engine.search.closure import SilentClosure, TooManyStates, cut_text
from tlatrace.engine.search.lazy import lazy_event
from tlatrace.engine.search.nodes import Node
from tlatrace.engine.search.prepared import Prepared
from tlatrace.engine.search.stepping import Stepper, TooWide
from tlatrace.engine.search.transitions import Transitions

NARROW_STATES: Final = 16
"""Up to so many states, silent steps are simply all taken, as long as they lead to few."""

FEW_STATES: Final = 64

SHOWN_STATES: Final = 512
"""Up to so many states, all that an event may be explained from are told."""


class Breadth:
    """``nodes`` is the frontier; ``cut`` says why it may lack states, once a limit has kept some out. With
    ``transitions``, silent steps are taken lazily where the frontier is not narrow.
    """

    def __init__(self, nodes: Sequence[Node], cut: str = "", transitions: Transitions | None = None) -> None:
        self.nodes = nodes
        self.cut = cut
        self.count = 0
        """Events explained so far."""
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

    def _after(self, prepared: Prepared, stepper: Stepper) -> tuple[Sequence[Node], Silent | None]:
        if not prepared.silent:
            return stepper.explained(prepared, self.nodes).nodes(), None
        if self._transitions is None:
            starts, cut = self.starts(prepared, stepper)
            return stepper.explained(prepared, starts).nodes(), cut
        if len(self.nodes) <= NARROW_STATES:
            try:
                starts, cut = self._closure(prepared, stepper, min(FEW_STATES, stepper.states_max))
            except TooManyStates:
                pass
            else:
                return stepper.explained(prepared, starts).nodes(), cut
        lazy = lazy_event(self._transitions, stepper, prepared, self.count)
        return lazy.run(self.nodes)[0].nodes(), lazy.cut

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
        """Nodes that the event may be explained from: all of them, or those that it takes to find that it cannot be.

        Raises:
            LimitReached: there are too many.
        """
        if self._transitions is None or not prepared.silent:
            return self.starts(prepared, stepper)[0]
        try:
            return self._closure(prepared, stepper, min(SHOWN_STATES, stepper.states_max))[0]
        except TooManyStates:
            lazy = lazy_event(self._transitions, stepper, prepared, self.count)
            lazy.run(self.nodes)
            return lazy.nodes

    def _closure(self, prepared: Prepared, stepper: Stepper, states_max: int) -> tuple[Sequence[Node], Silent | None]:
        def expand(silent: Silent, node: Node) -> Iterator[Node]:
            return stepper.silent_steps(silent, prepared.arguments, node)

        return SilentClosure(prepared.silent, expand, states_max).run(self.nodes)
