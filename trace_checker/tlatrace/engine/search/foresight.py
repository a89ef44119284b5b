"""The events of a recorded trace that a search has before it."""

from __future__ import annotations

from collections.abc import Callable

from tlatrace.engine.search.ahead import ChainAhead
from tlatrace.engine.search.breadth import Breadth
from tlatrace.engine.search.prepared import Preparer
from tlatrace.engine.search.transitions import NOT_READABLE, Transition, Transitions
from tlatrace.errors import TlatraceError
from tlatrace.traces import Event


class EventsToCome:
    """The events that a search breadth-first has before it, as transitions: its foresight is :meth:`ahead`."""

    def __init__(
        self, transitions: Transitions, preparer: Preparer, search: Breadth, peek: Callable[[int], Event | None]
    ) -> None:
        self._transitions = transitions
        self._preparer = preparer
        self._search = search
        self._peek = peek
        self._chains: dict[bool, ChainAhead] = {}

    def ahead(self, is_blind: bool) -> ChainAhead:
        """The chain from the next event on; with ``is_blind``, no property sees anything of it."""
        chain = self._chains.get(is_blind)
        if chain is None:
            transitions = self._transitions.blind() if is_blind else self._transitions
            silents = transitions.silent_kinds(self._preparer.rules)

            def at(number: int) -> Transition | None:
                event = self._peek(number - self._search.count)
                if event is None:
                    return None
                try:
                    return transitions.of_event(self._preparer.prepare(event))
                except TlatraceError:
                    return NOT_READABLE  # An error once the search comes to it, and not before.

            chain = self._chains[is_blind] = ChainAhead(at, silents)
        chain.forget(self._search.count)
        return chain
