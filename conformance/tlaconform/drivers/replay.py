"""Running a scenario with the specification as the judge, as it happens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from tlaconform.checking import LiveCheck, Workbench
from tlaconform.drivers.mutants import Mutant
from tlaconform.errors import ConformanceError
from tlatrace.engine.verdict import Verdict
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.traces import Event
from vraft import tracing
from vraft.core import Features, RaftCore
from vraft.emulator import EmulatorError, Runner, Scenario, Summary, load_scenario
from vraft.emulator import Result as Result  # what `emulate` gives, for its callers


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """The verdict on a run.

    ``failures`` are expectations of the scenario that were not met, ``summary`` the run in numbers; there is none of a
    run that did not come to its end. ``crash`` is the exception that the core raised, if it did: the verdict is then on
    what came before.
    """

    verdict: Verdict
    failures: tuple[str, ...] = ()
    summary: Summary | None = None
    crash: Exception | None = None


class Rejected(Exception):
    """Ends a run at the first event that is not accepted."""


def read_scenario_file(
    name: str, *, seed: int | None = None, nodes: int | None = None, features: Features | None = None
) -> Scenario:
    """A scenario by its file, or by the name of one that comes with vraft; the others replace what it says.

    Raises:
        ConformanceError: it cannot be read, or is wrong; with its place.
    """
    try:
        return load_scenario(name, seed=seed, nodes=nodes, features=features)
    except EmulatorError as error:
        raise ConformanceError(str(error)) from None
    except OSError as error:
        raise ConformanceError(f"the scenario cannot be read: {error.strerror}", location=_place(name)) from None


@contextmanager
def trace_file(path: Path | None) -> Iterator[tracing.TraceWriter | None]:
    """A writer for a trace, which has its name only once it is whole; None for no path.

    Raises:
        ConformanceError: it cannot be written.
    """
    if path is None:
        yield None
        return
    try:
        with tracing.TraceWriter(str(path)) as writer:
            yield writer
    except OSError as error:
        raise ConformanceError(f"the trace cannot be written: {error.strerror}", location=_place(str(path))) from None


def emulate(scenario: Scenario, writer: tracing.TraceWriter) -> Result:
    """Run ``scenario`` as it is and write its trace; nothing is checked but the scenario's own expectations."""
    writer.write(_header(scenario))
    return Runner(scenario, on_event=writer.write).run()


def replay(
    scenario: Scenario, workbench: Workbench, mutant: Mutant | None = None, writer: tracing.TraceWriter | None = None
) -> Replay:
    """Run ``scenario``, broken by ``mutant`` if there is one, and check each event; the run ends at the first
    rejection.

    ``writer`` is given the events too, the rejected one included.
    """
    header = _header(scenario)
    name = writer.path if writer is not None else f"trace of {scenario.path}"
    judge = EventJudge(LiveCheck(workbench, header, name), writer)
    if writer is not None:
        writer.write(header)
    runner = Runner(
        scenario,
        node_class=RaftCore if mutant is None else mutant.core_class,
        assertions=mutant is None,
        referees=mutant is None,
        on_event=judge,
    )
    try:
        result = runner.run()
    except Rejected:
        assert judge.rejected is not None, "the judge ends a run by a verdict"
        return Replay(verdict=judge.rejected)
    except Exception as error:
        if error is judge.own_error:
            raise
        return Replay(verdict=judge.live.accepted(notes=("the run was cut short: the core crashed",)), crash=error)
    return Replay(verdict=judge.live.accepted(), failures=result.failures, summary=result.summary)


class EventJudge:
    """Checks each event, and writes it; raises :class:`Rejected` at the first that is not accepted.

    ``own_error`` is one that the check itself met with: that is no failure of the core.
    """

    def __init__(self, live: LiveCheck, writer: tracing.TraceWriter | None = None) -> None:
        self.live = live
        self.rejected: Verdict | None = None
        self.own_error: Exception | None = None
        self._writer = writer
        self._line = 1  # The header's.

    def __call__(self, event: Mapping[str, Any]) -> None:
        try:
            self._judge(event)
        except Exception as error:
            self.own_error = error
            raise
        if self.rejected is not None:
            raise Rejected

    def _judge(self, event: Mapping[str, Any]) -> None:
        self._line += 1
        if self._writer is not None:
            self._writer.write(event)
        try:
            self.rejected = self.live.feed(Event(self._line, event))
        except TlatraceError as error:
            self.own_error = error
            self.rejected = self.live.invalid(error, event=Event(self._line, event))


def _header(scenario: Scenario) -> dict[str, Any]:
    version = metadata.version("tla-conformance")
    return scenario.header(version=version)


def _place(name: str) -> Location:
    return Location(name, 0, 0, 0, 0)
