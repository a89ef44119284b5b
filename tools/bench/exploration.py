"""``python tools/bench/exploration.py``: how fast ``conformance explore`` is, with TLC (one worker) beside it.

Each model is explored in a process of its own, so that the start is part of the time, as it is for people; the rate
without the start comes from the time that a model of a dozen states takes. Memory is the greatest size of the process.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.command import EXIT_OK, has_tlc, option_parser, status_of
from bench.errors import BenchError
from tlacheck import find_toolchain
from tlacheck.tlc import java_command

ROOT = Path(__file__).resolve().parents[2]
SPECS = ROOT / "tests" / "differential" / "specs"


@dataclass(frozen=True, slots=True)
class BenchModel:
    """A model: its module, and its configuration or the text of one."""

    name: str
    spec: Path
    config: Path | str


@dataclass(frozen=True, slots=True)
class Run:
    """One process: seconds from its start to its end, and its greatest size in bytes."""

    seconds: float
    peak_bytes: int
    output: str


SMALL = BenchModel("start", SPECS / "Counter.tla", SPECS / "Counter.cfg")


def models() -> list[BenchModel]:
    """From small to large: 8,832 states, 38,240, 50,816 and 296,448."""
    two_phase = (SPECS / "TwoPhase.cfg").read_text(encoding="utf-8")

    def sized(count: int) -> str:
        members = ", ".join(f"r{number}" for number in range(1, count + 1))
        return "\n".join(f"CONSTANT RM = {{{members}}}" if "RM" in line else line for line in two_phase.splitlines())

    return [
        BenchModel("two-phase commit, 5 managers", SPECS / "TwoPhase.tla", sized(5)),
        BenchModel("Raft, unreduced", ROOT / "spec" / "MCRaft.tla", ROOT / "spec" / "MCRaft_unreduced.cfg"),
        BenchModel("two-phase commit, 6 managers", SPECS / "TwoPhase.tla", sized(6)),
        BenchModel("two-phase commit, 7 managers", SPECS / "TwoPhase.tla", sized(7)),
    ]


def run(argv: Sequence[str | Path], folder: Path) -> Run:
    """Run a process to its end."""
    started = time.perf_counter()
    with open(folder / "output", "w+", encoding="utf-8") as output:
        process = subprocess.Popen([str(part) for part in argv], stdout=output, stderr=subprocess.DEVNULL, cwd=folder)
        _, _, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        output.seek(0)
        return Run(seconds, usage.ru_maxrss * 1024, output.read())


def ours(model: BenchModel, folder: Path) -> Run:
    """``conformance explore``."""
    main = "from tlaconform.cli.app import main; main()"
    spec, config = _files(model, folder)
    return run((sys.executable, "-c", main, "explore", spec, "--config", config, "--json"), folder)


def tlc(model: BenchModel, folder: Path) -> Run:
    """TLC with one worker."""
    java = java_command(find_toolchain(), folder, options=("-XX:+UseParallelGC",), library=(model.spec.parent,))
    spec, config = _files(model, folder)
    options = ("tlc2.TLC", "-workers", "1", "-metadir", folder / "states", "-config", config)
    return run((*java, *options, spec), folder)


def _files(model: BenchModel, folder: Path) -> tuple[Path, Path]:
    """The module and its configuration, beside one another: TLC looks for the second in the folder of the first."""
    if isinstance(model.config, Path):
        return model.spec, model.config
    spec = folder / model.spec.name
    spec.write_text(model.spec.read_text(encoding="utf-8"), encoding="utf-8")
    config = spec.with_suffix(".cfg")
    config.write_text(model.config, encoding="utf-8")
    return spec, config


def line(model: BenchModel, folder: Path, starts: tuple[float, float | None]) -> str:
    """One line of the table."""
    own = ours(model, folder)
    if not own.output:
        raise BenchError(f"conformance explore fails on {model.name}")
    distinct = json.loads(own.output.splitlines()[-1])["distinct_states"]
    text = f"{model.name:30} {distinct:>8,} {_shown(own, distinct, starts[0])}"
    if starts[1] is not None:
        judged = tlc(model, folder)
        if f"{distinct} distinct states found" not in judged.output:
            raise BenchError(f"TLC does not find {distinct} distinct states in {model.name}:\n{judged.output}")
        text += f"   {_shown(judged, distinct, starts[1])}   {own.seconds / judged.seconds:6.2f}"
    return text


def _shown(taken: Run, distinct: int, start: float) -> str:
    rate = distinct / max(taken.seconds - start, 0.001)
    return f"{taken.seconds:7.2f} s {rate:>9,.0f}/s {taken.peak_bytes / distinct / 1024:>7.1f} kB"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, return the exit status."""
    options = option_parser(
        "bench.exploration",
        __doc__,
        quick="the smallest model only",
        large="also the model of 300,000 states, a minute of its own",
        beside_tlc=True,
        writes_json=False,
    ).parse_args(arguments)
    return status_of(lambda: _measure(options))


def _measure(options: argparse.Namespace) -> int:
    beside_tlc = has_tlc(options)
    with tempfile.TemporaryDirectory(prefix="tla-conformance-bench-") as name:
        folder = Path(name)
        ours(SMALL, folder)  # fills the caches of a first run
        starts = ours(SMALL, folder).seconds, tlc(SMALL, folder).seconds if beside_tlc else None
        columns = f"{'seconds':>9} {'distinct':>11} {'memory each':>10}"
        judged = f"   {'TLC':>9} …   ratio of seconds" if beside_tlc else ""
        print(f"{'explored':30} {'distinct':>8} {columns}{judged}")
        chosen = models() if options.large else models()[: 1 if options.quick else -1]
        for model in chosen:
            print(line(model, folder, starts), flush=True)
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
