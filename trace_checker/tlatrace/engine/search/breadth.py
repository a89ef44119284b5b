"""The plain search: all states that explain the trace so far, one event after the other.

Streaming, in memory bounded by the frontier; exact for everything that is asked of it, the budgets of silent actions
and the marks of properties included.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tlatrace.engine.observation import Silent
from tlatrace.engine.search.closure import SilentClosure, TooManyStates, cut_text
from tlatrace.engine.search.nodes import Node
from tlatrace.engine.search.prepared import Prepared
from tlatrace.engine.search.stepping import LimitReached, Stepper


class Breadth:
    """``nodes`` is the frontier; ``cut`` says why it may lack states, once a limit has kept some out."""

    def __init__(self, nodes: Sequence[Node], cut: str = "") -> None:
        self.nodes = nodes
        self.cut = cut

    def advance(self, prepared: Prepared, stepper: Stepper) -> Sequence[Node]:
        """The nodes after one more event, which become the frontier unless there are none.

        Raises:
            LimitReached: there are more states than allowed, or the time is up. The frontier is as it was.
        """
        starts, cut = self.starts(prepared, stepper)
        nodes = stepper.explained(prepared, starts).nodes()
        if cut is not None and not self.cut:
            self.cut = cut_text(cut, prepared.event.line)
        if nodes:
            self.nodes = nodes
        return nodes

    def starts(self, prepared: Prepared, stepper: Stepper) -> tuple[Sequence[Node], Silent | None]:
        """The nodes that the event may be explained from, the frontier first; and a silent action whose search limit
        kept states out.

        Raises:
            LimitReached: there are too many.
        """
        if not prepared.silent:
            return self.nodes, None

        def expand(silent: Silent, node: Node) -> Iterator[Node]:
            return stepper.silent_steps(silent, prepared.arguments, node)

        try:
            return SilentClosure(prepared.silent, expand, stepper.states_max).run(self.nodes)
        except TooManyStates:
            raise LimitReached(f"silent steps lead to more than {stepper.states_max} states (--max-frontier)") from None
