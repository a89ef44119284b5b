"""A state machine that is judged by the specification after every rule.

Subclass :class:`ConformanceMachine` for a system of your own: give it rules that make the system act, and hand every event that the
system reports to :meth:`~ConformanceMachine.report`. An event that the specification does not allow ends the example with
:class:`NonConformance`, and Hypothesis looks for a shorter example that ends the same way.

.. code-block:: python

    class QueueMachine(ConformanceMachine):
        workbench = Workbench(CheckOptions(spec=Path("Queue.tla"), mapping=Path("queue.yaml")))
        header = {"constants": {"Capacity": 3}}

        def __init__(self):
            super().__init__()
            self.queue = Queue(on_event=self.report)

        @rule(item=integers(0, 9))
        def put(self, item):
            self.queue.put(item)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar

from hypothesis import target
from hypothesis.stateful import RuleBasedStateMachine

from tlaconform.check import LiveCheck, Workbench
from tlaconform.report import Style, render_verdict
from tlatrace.engine.verdict import Verdict
from tlatrace.traces import Event


class NonConformance(AssertionError):
    """The system did what the specification does not allow (or what the mapping cannot judge); ``verdict`` says what."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"\n{render_verdict(verdict, Style(use_color=False))}")
        self.verdict = verdict


class ConformanceMachine(RuleBasedStateMachine):
    """Rules that drive a system, and the specification that judges each event."""

    workbench: ClassVar[Workbench]
    """The specification and the mapping; shared by all examples, so that they are compiled once."""

    header: ClassVar[Mapping[str, Any]] = {}
    """What a trace's header would say: the constants that the mapping takes from it."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.check = LiveCheck(self.workbench, self.header, "<stateful test>")
        self.events: list[Mapping[str, Any]] = []
        self._failed = False

    def report(self, event: Mapping[str, Any]) -> None:
        """Judge one event.

        Raises:
            NonConformance: no action of the specification explains it.
            TlatraceError: the mapping cannot read it.
        """
        if self._failed:
            return
        self.events.append(event)
        # The header would be line 1 of the trace that these events make.
        verdict = self.check.feed(Event(len(self.events) + 1, event))
        if verdict is not None:
            self._failed = True
            self.failed(verdict)
            raise NonConformance(verdict)

    def failed(self, verdict: Verdict) -> None:
        """Called before :class:`NonConformance` is raised, for whoever wants to keep what led there."""

    def interest(self) -> float:
        """What Hypothesis should look for more of: here, how many different actions the example has exercised, then events."""
        actions: Counter[str] = self.check.matcher.strength.actions
        return 10.0 * len(actions) + min(len(self.events), 200) / 200

    def teardown(self) -> None:
        if not self._failed:
            target(self.interest(), label="different actions")
