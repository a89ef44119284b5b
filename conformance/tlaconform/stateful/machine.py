"""A state machine that is judged by the specification after every rule.

Subclass :class:`ConformanceMachine` for a system of your own: give it rules that make the system act, and hand every
event that the system reports to :meth:`~ConformanceMachine.report`. An event that the specification does not allow ends
the example with
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

    TestQueue = QueueMachine.TestCase       # for pytest; or: hunt(QueueMachine, HuntOptions(examples=1000))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, ParamSpec, TypeVar

from hypothesis.stateful import RuleBasedStateMachine

from tlaconform.checking import LiveCheck, Workbench
from tlaconform.crashes import describe_crash
from tlaconform.report import Style, render_verdict
from tlatrace.engine.verdict import Verdict
from tlatrace.traces import Event

P = ParamSpec("P")
R = TypeVar("R")


class NonConformance(AssertionError):
    """The system did what the specification does not allow (or what cannot be decided); ``verdict`` says what."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict)
        self.verdict = verdict

    def __str__(self) -> str:
        return f"\n{render_verdict(self.verdict, Style(use_color=False))}"


class SystemCrashed(AssertionError):
    """The system raised an exception, ``error``, of which the specification knows nothing."""

    def __init__(self, error: Exception) -> None:
        super().__init__(f"the system crashed: {describe_crash(error)}")
        self.error = error


class ConformanceMachine(RuleBasedStateMachine):
    """Rules that drive a system, and the specification that judges each event."""

    workbench: ClassVar[Workbench]
    """The specification and the mapping; shared by all examples, so that they are compiled once."""

    header: ClassVar[Mapping[str, Any]] = {}
    """What a trace's header would say: the constants that the mapping takes from it."""

    crashes_fail: ClassVar[bool] = True
    """Whether an exception out of :meth:`act` fails the example, or merely ends it (it is counted)."""

    def __init__(self) -> None:
        super().__init__()
        self.check = LiveCheck(self.workbench, self.header, "<stateful test>")
        self.events: list[Mapping[str, Any]] = []
        self.is_over = False
        """The example has come to its end; :meth:`act` and :meth:`report` do nothing any more."""
        self.crashed: str | None = None
        self._own_error: BaseException | None = None

    def report(self, event: Mapping[str, Any]) -> None:
        """Judge one event.

        Raises:
            NonConformance: no action of the specification explains it.
            TlatraceError: the mapping cannot read it.
        """
        if self.is_over:
            return
        self.events.append(event)
        try:
            # The header would be line 1 of the trace that these events make.
            verdict = self.check.feed(Event(len(self.events) + 1, event))
        except Exception as error:
            self._own_error = error
            raise
        if verdict is not None:
            self.is_over = True
            if self.is_wanted(verdict):
                self.failed(verdict)
                raise NonConformance(verdict)

    def act(self, operation: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R | None:
        """Call something of the system that may fall over, which is then told apart from a bug of the test.

        Rules need not use it; an exception that leaves a rule without it fails the example as it is.

        Raises:
            SystemCrashed: it did, and ``crashes_fail``.
            NonConformance: an event that it reported is not allowed.
        """
        if self.is_over:
            return None
        try:
            return operation(*args, **kwargs)
        except NonConformance:
            raise
        except Exception as error:
            if error is self._own_error:
                raise
            self.is_over = True
            self.crashed = describe_crash(error)
            if self.crashes_fail:
                raise SystemCrashed(error) from error
            return None

    def is_wanted(self, verdict: Verdict) -> bool:
        """Whether this failure is one to raise; a hunt that makes a failure shorter wants no other one."""
        return True

    def failed(self, verdict: Verdict) -> None:
        """Called before :class:`NonConformance` is raised, for whoever wants to keep what led there."""
