"""The measurements, each in a process of its own, one after the other.

What else the machine does is noise, and the best of several runs has least of it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.errors import BenchError
from bench.figures import spread
from bench.plan import Plan
from bench.processes import Processes
from bench.results import Against, Checked, Parsed, Start, Tlc, Twins
from tlacheck import Toolchain, ToolchainError, find_toolchain
from tlaconform.resources import spec_folder
from tlaconform.tlc_judge import judge

Tell = Callable[[str], None]
"""Told what is being measured."""

_COMMAND = "from tlaconform.cli import main; main()"
"""What the installed script ``conformance`` does, so that the Python that runs this is the one that is measured."""


class Workshop:
    """The files that everything is measured on."""

    def __init__(self, folder: Path, plan: Plan, traces: Mapping[tuple[int, int], Path], tell: Tell) -> None:
        self.spec = spec_folder() / "Raft.tla"
        self.mapping = spec_folder() / "maps" / "raft.yaml"
        self._plan = plan
        self._traces = traces
        self._tell = tell
        self._processes = Processes(folder)

    # Start-up ---------------------------------------------------------------------------------------------------------

    def starts(self) -> tuple[Start, ...]:
        """What it takes to start: Python alone, the package, the command, and a check of a single event."""
        check = self._check_command(self._trace(1))
        python = [sys.executable, "-c"]
        return (
            self._start("python, doing nothing", [*python, "pass"]),
            self._start("import tlaconform", [*python, "import tlaconform"]),
            self._start("conformance --version", [*python, _COMMAND, "--version"]),
            self._start("conformance check, 1 event, cache empty", check, is_cold=True),
            self._start("conformance check, 1 event", check),
        )

    def _start(self, what: str, command: list[str], *, is_cold: bool = False) -> Start:
        self._tell(what)
        self._processes.timed(command)  # fills the caches: ours, Python's, and the system's of the files
        repeats = self._plan.repeats_start
        times = [
            self._processes.timed(command, self._processes.empty_cache() if is_cold else None) for _ in range(repeats)
        ]
        return Start(what, min(times), spread(times), repeats)

    # Checking ---------------------------------------------------------------------------------------------------------

    def checked(self) -> tuple[Checked, ...]:
        """Every trace of every cluster."""
        plan = self._plan
        return tuple(
            self._checked(nodes, length, plan.repeats(length)) for nodes in plan.clusters for length in plan.lengths
        )

    def twins(self) -> Twins:
        """The compiled specification and the interpreted one, on the same trace."""
        nodes, length = self._plan.clusters[0], self._plan.twins_length
        repeats = self._plan.repeats(length)
        return Twins(self._checked(nodes, length, repeats), self._checked(nodes, length, repeats, "interpreter"))

    def _checked(self, nodes: int, length: int, repeats: int, evaluator: str = "compiler") -> Checked:
        self._tell(f"checking {length:,} events of {nodes} servers, {evaluator}")
        trace = str(self._traces[nodes, length])
        files = [trace, "--spec", str(self.spec), "--map", str(self.mapping)]
        runs = [self._processes.child(["check", *files, "--evaluator", evaluator]) for _ in range(repeats)]
        for run in runs:
            if run["decision"] != "accepted" or run["events"] != length:
                raise BenchError(
                    f"{trace}:{run['line']}: the verdict is {run['decision']} after {run['events']} events, "
                    f"expected accepted after {length}; {run['reason']}"
                )
        return Checked(
            nodes=nodes,
            events=length,
            wall_s=min(run["wall_s"] for run in runs),
            cpu_s=min(run["cpu_s"] for run in runs),
            first_tenth_us=min(run["first_tenth_us"] for run in runs),
            last_tenth_us=min(run["last_tenth_us"] for run in runs),
            peak_bytes=max(run["peak_bytes"] for run in runs),
            frontier_max=max(run["frontier_max"] for run in runs),
            spread=spread([run["wall_s"] for run in runs]),
            share_of_processor=sum(run["cpu_s"] for run in runs) / sum(run["wall_s"] for run in runs),
            repeats=repeats,
        )

    # TLC --------------------------------------------------------------------------------------------------------------

    def tlc(self) -> Tlc:
        """TLC on the same traces, up to the first that takes it too long; without a TLC, why there is none."""
        try:
            toolchain = find_toolchain()
        except ToolchainError as error:
            return Tlc(absent_because=error.summary)
        rows: list[Against] = []
        for length in self._plan.tlc_lengths:
            rows.append(self._against(length, toolchain))
            if rows[-1].tlc_s is None:
                break
        return Tlc(version=toolchain.tlc_version, limit_s=self._plan.tlc_limit_s, rows=tuple(rows))

    def _against(self, length: int, toolchain: Toolchain) -> Against:
        self._tell(f"TLC on {length:,} events")
        trace, limit = self._trace(length), self._plan.tlc_limit_s
        said = judge(trace, spec=self.spec, mapping=self.mapping, time_limit=limit, toolchain=toolchain)
        if said.is_decided and not said.accepted:
            raise BenchError(f"{trace}:{said.line}: TLC rejects this event, expected it to accept all {length}")
        ours = self._processes.timed(self._check_command(trace))
        return Against(events=length, tlc_s=said.seconds if said.is_decided else None, ours_s=ours)

    # Parsing ----------------------------------------------------------------------------------------------------------

    def parsed(self) -> Parsed:
        """The specification's text into trees."""
        self._tell(f"parsing {self.spec.name}")
        command = ["parse", str(self.spec), str(self._plan.repeats_parse)]
        cold = self._processes.child(command, self._processes.empty_cache())
        self._processes.child(command)
        warm = [self._processes.child(command) for _ in range(2)]
        return Parsed(
            name=self.spec.name,
            lines=cold["lines"],
            cold_s=cold["first_s"],
            warm_s=min(run["first_s"] for run in warm),
            again_s=min(run["again_s"] for run in warm),
        )

    def _trace(self, length: int) -> Path:
        """What is measured once is measured on the first cluster."""
        return self._traces[self._plan.clusters[0], length]

    def _check_command(self, trace: Path) -> list[str]:
        files = ["--spec", str(self.spec), "--map", str(self.mapping)]
        return [sys.executable, "-c", _COMMAND, "check", str(trace), *files]
