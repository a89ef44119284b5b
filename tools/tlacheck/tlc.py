"""Running TLC, the model checker, as a subprocess in its tool mode.

Each run has a folder of its own for temporary files (SANY unpacks the standard modules there) and for TLC's states, and
leaves nothing beside the spec; so runs can go side by side. The folder and every process are gone when `run_tlc`
returns or raises, whatever ended it.

TLC can stand still for ever: before it checks liveness in the middle of a run, three seconds after it began and then
every minute, it waits for its workers, and to 2.18 at least it can miss that they have stopped
(``StateQueue.suspendAll``). Such a run has told nothing, so it is begun again.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tlacheck.errors import ProcessError
from tlacheck.parse import Findings, OutputParser
from tlacheck.process import ProcessEnd, StopSwitch, run_process
from tlacheck.results import Outcome, ParseError, Progress, TlcResult
from tlacheck.toolchain import Toolchain, find_toolchain

#: What TLC itself recommends for throughput.
DEFAULT_JAVA_OPTIONS = ("-XX:+UseParallelGC",)
#: For runs of seconds: half of the processor's time would go into compiling code that is about to end. (On a model of
#: 19,000 states, 45 seconds, it is the other way round: a fifth more.)
SHORT_RUN_JAVA_OPTIONS = ("-XX:TieredStopAtLevel=1",)
#: For how long TLC may print nothing and use no processor (it reports once a minute), and how often it is begun.
STANDSTILL_LIMIT_S = 90.0
BEGINNINGS_MAX = 3
#: How often TLC reports coverage, in minutes, besides at the end.
COVERAGE_INTERVAL_MIN = 1


def run_tlc(
    spec: Path | str,
    config: Path | str | None = None,
    *,
    toolchain: Toolchain | None = None,
    workers: int = 1,
    deadlock: bool = True,
    simulate: bool | int = False,
    depth: int | None = None,
    seed: int | None = None,
    coverage: bool = False,
    dump: Path | None = None,
    time_limit_s: float | None = None,
    library: Sequence[Path] = (),
    extra: Sequence[str] = (),
    java_options: Sequence[str] = DEFAULT_JAVA_OPTIONS,
    on_progress: Callable[[Progress], None] | None = None,
    stop: StopSwitch | None = None,
) -> TlcResult:
    """Check `spec` with `config` (default: the spec's name with `.cfg`).

    - `deadlock=False` means that a deadlock is not an error; else the configuration decides (by default it is).
    - `simulate=True` generates random behaviors until the time limit, `simulate=n` generates n; `depth` is their length
      and `seed` makes them the same each time.
    - `coverage` counts how often each action was taken. `dump` gets the state graph in DOT, with the actions as labels.
    - `library`: folders for modules that are not beside `spec`. `extra`: further options of TLC, as they are.
    - `on_progress` is called as TLC reports (once a minute, and at the end); `stop` ends the run from another thread.

    What TLC finds out is in the result. Raises `ToolchainError`, `ProcessError` and `StoppedError`.
    """
    spec = Path(spec).absolute()
    config = Path(config).absolute() if config is not None else spec.with_suffix(".cfg")
    for file in (spec, config):
        if not file.is_file():
            return _missing(file, Outcome.PARSE_ERROR if file == spec else Outcome.CONFIG_ERROR)
    if workers < 1:
        raise ValueError(f"workers is {workers}; expected 1 or more")
    toolchain = toolchain or find_toolchain()
    options = ["-workers", str(workers), "-config", str(config)]
    options += ["-coverage", str(COVERAGE_INTERVAL_MIN)] if coverage else []
    options += [] if deadlock else ["-deadlock"]
    options += _simulation(simulate, depth, seed)
    options += ["-dump", "dot,colorize,actionlabels", str(dump.absolute())] if dump is not None else []
    options += ["-noGenerateSpecTE"] if toolchain.knows_option("-noGenerateSpecTE") else []

    def begin(limit_s: float | None) -> tuple[Findings, ProcessEnd]:
        parser = OutputParser(spec=spec, config=config)

        def take(line: str) -> None:
            progress = parser.feed(line)
            if progress is not None and on_progress is not None:
                on_progress(progress)

        with tempfile.TemporaryDirectory(prefix="tlacheck-") as name:
            folder = Path(name)
            java = java_command(toolchain, folder, options=java_options, library=(spec.parent, *library))
            argv = [*java, "tlc2.TLC", "-tool", "-metadir", str(folder / "states"), *options, *extra, str(spec)]
            end = run_process(
                argv,
                folder=folder,
                on_line=take,
                time_limit_s=limit_s,
                standstill_limit_s=STANDSTILL_LIMIT_S,
                stop=stop,
            )
            return parser.finish(), end

    started = time.monotonic()
    restarts = 0
    findings, end = begin(time_limit_s)
    while end.stood_still and restarts < BEGINNINGS_MAX - 1 and not (findings.failures or findings.finished):
        restarts += 1
        left_s = None if time_limit_s is None else max(0.0, started + time_limit_s - time.monotonic())
        findings, end = begin(left_s)
    return _result(findings, end, str(toolchain.java), restarts=restarts, duration_s=time.monotonic() - started)


def java_command(
    toolchain: Toolchain,
    folder: Path,
    *,
    options: Sequence[str] = DEFAULT_JAVA_OPTIONS,
    library: Sequence[Path] = (),
) -> list[str]:
    """The command line up to the main class, with `folder` for Java's temporary files."""
    command = [str(toolchain.java), *options]
    command += [f"-Djava.io.tmpdir={folder}", "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8"]
    # The digits of TLC's statistics are grouped as the locale says.
    command += ["-Duser.language=en", "-Duser.country=US"]
    if library:
        command.append("-DTLA-Library=" + os.pathsep.join(str(path.absolute()) for path in library))
    return [*command, "-cp", str(toolchain.jar)]


def _simulation(simulate: bool | int, depth: int | None, seed: int | None) -> list[str]:
    argv: list[str] = []
    if simulate is True:
        argv += ["-simulate"]
    elif simulate:
        argv += ["-simulate", f"num={simulate}"]
    argv += ["-depth", str(depth)] if depth is not None else []
    argv += ["-seed", str(seed)] if seed is not None else []
    return argv


def _missing(file: Path, outcome: Outcome) -> TlcResult:
    return TlcResult(
        outcome=outcome,
        exit_code=None,
        tlc_version=None,
        states_generated=None,
        distinct_states=None,
        states_left=None,
        depth=None,
        coverage=(),
        failures=(),
        errors=(),
        warnings=(),
        parse_errors=(ParseError(file=file, line=None, column=None, message="no such file"),),
        modules=(),
        output=(),
        output_dropped=0,
        duration_s=0.0,
    )


def _result(findings: Findings, end: ProcessEnd, java: str, *, restarts: int, duration_s: float) -> TlcResult:
    if findings.tlc_version is None and not end.timed_out:
        said = end.stderr_tail or "\n".join(findings.output[:5]) or "nothing"
        how = "stood still" if end.stood_still else f"ended with status {end.exit_code}"
        raise ProcessError(f"{java} {how} before TLC started; it said: {said}")
    outcome = _outcome(findings, end)
    return TlcResult(
        outcome=outcome,
        exit_code=end.exit_code,
        tlc_version=findings.tlc_version,
        states_generated=findings.states_generated,
        distinct_states=findings.distinct_states,
        states_left=findings.states_left,
        depth=findings.depth,
        coverage=findings.coverage,
        failures=findings.failures,
        errors=findings.errors,
        warnings=findings.warnings,
        parse_errors=findings.parse_errors,
        modules=findings.modules,
        output=(*findings.output, *(_last_words(end) if outcome is Outcome.TOOL_ERROR else ())),
        output_dropped=findings.output_dropped,
        duration_s=duration_s,
        restarts=restarts,
    )


def _outcome(findings: Findings, end: ProcessEnd) -> Outcome:
    if findings.failures:
        return findings.failures[0].outcome
    if end.timed_out:
        return Outcome.TIMEOUT
    # Success needs both: TLC came to its end, and its exit status agrees; one that stands still at the end has none.
    agrees = not findings.errors if end.stood_still else end.exit_code == 0
    return Outcome.SUCCESS if findings.finished and agrees else Outcome.TOOL_ERROR


def _last_words(end: ProcessEnd) -> tuple[str, ...]:
    """What is known of why TLC itself failed."""
    stood_still = (f"TLC printed nothing and used no processor for {STANDSTILL_LIMIT_S:.0f} s, and was ended",)
    return (*(stood_still if end.stood_still else ()), *end.stderr_tail.splitlines())
