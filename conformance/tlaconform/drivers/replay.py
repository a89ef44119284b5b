"""Running a scenario with the specification as the judge, as it happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from tlaconform.check import LiveCheck, Workbench
from tlaconform.drivers.mutants import Mutant
from tlaconform.errors import ConformanceError
from tlatrace.engine.verdict import Verdict
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.traces import Event
from vraft import tracing
from vraft.core import RaftCore
from vraft.emulator import Result, Runner, Scenario, ScenarioError, Summary, load_scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """The verdict on a run; ``failures`` are expectations of the scenario that were not met, ``summary`` the run in numbers."""

    verdict: Verdict
    failures: tuple[str, ...]
    summary: Summary | None


class _Rejected(Exception):
    """Ends a run at the first event that is not accepted."""


def read_scenario_file(name: str, *, seed: int | None = None, nodes: int | None = None) -> Scenario:
    """A scenario by its file, or by the name of one that comes with vraft.

    Raises:
        ConformanceError: it cannot be read, or is wrong; with its place.
    """
    try:
        return load_scenario(name, seed=seed, nodes=nodes)
    except ScenarioError as error:
        raise ConformanceError(str(error)) from None
    except OSError as error:
        place = Location(name, 0, 0, 0, 0)
        raise ConformanceError(f"the scenario cannot be read: {error.strerror}", location=place) from None


def emulate(scenario: Scenario, trace: Path) -> Result:
    """Run ``scenario`` as it is and write its trace; nothing is checked but the scenario's own expectations."""
    with tracing.TraceWriter(str(trace)) as writer:
        writer.write(_header(scenario))
        return Runner(scenario, on_event=writer.write).run()


def replay(scenario: Scenario, workbench: Workbench, mutant: Mutant | None = None, trace: Path | None = None) -> Replay:
    """Run ``scenario``, broken by ``mutant`` if there is one, and check each event; the run ends at the first rejection.

    ``trace`` is where the events are written to, the rejected one included.
    """
    header = _header(scenario)
    live = LiveCheck(workbench, header, str(trace) if trace is not None else scenario.path)
    if trace is None:
        return _run(scenario, live, mutant, None)
    with tracing.TraceWriter(str(trace)) as writer:
        writer.write(header)
        return _run(scenario, live, mutant, writer)


def _header(scenario: Scenario) -> dict[str, Any]:
    version = metadata.version("tla-conformance")
    return tracing.header(scenario.nodes, scenario=scenario.name, seed=scenario.seed, version=version)


def _run(scenario: Scenario, live: LiveCheck, mutant: Mutant | None, writer: tracing.TraceWriter | None) -> Replay:
    line = 1
    rejected: Verdict | None = None

    def judge(event: Mapping[str, Any]) -> None:
        nonlocal line, rejected
        line += 1
        if writer is not None:
            writer.write(event)
        try:
            rejected = live.feed(Event(line, event))
        except TlatraceError as error:
            rejected = live.invalid(error, event=Event(line, event))
        if rejected is not None:
            raise _Rejected

    runner = Runner(
        scenario,
        node_class=RaftCore if mutant is None else mutant.core_class,
        assertions=mutant is None,
        referees=mutant is None,
        on_event=judge,
    )
    try:
        result = runner.run()
    except _Rejected:
        assert rejected is not None
        return Replay(verdict=rejected, failures=(), summary=None)
    return Replay(verdict=live.accepted(), failures=result.failures, summary=result.summary)
