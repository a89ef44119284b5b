"""One trace, or several, given to a trace specification."""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from tlaconform.checking import judge_traces
from tlaconform.explore import DISTRIBUTION, config_beside, explore_in_time
from tlaconform.problems import problems_of
from tlaconform.trace_specs.verdict import Found, decide, look
from tlatrace.compile import CodeCache, CompiledSpec, Interpreter, compile_spec
from tlatrace.engine.explore import Exploration, ExploreOptions, Limits, Progress
from tlatrace.engine.explore.search import Search
from tlatrace.engine.explore.stepwise import StepwiseSearch
from tlatrace.engine.verdict import Decision, Verdict
from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.semantics import Spec, load_spec
from tlatrace.stdlib import TlcRun, use_run
from tlatrace.traces import STANDARD_INPUT, TraceError

PRINTED_MAX = 20
"""Lines that the specification printed, of which so many at the end are kept."""

Tell = Callable[[str, int, float], None]
"""Called now and then with the trace's name, the depth of the search, and the seconds that took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceSpecOptions:
    """A trace specification, and how to run it.

    ``config`` None: the ``.cfg`` of the module's name beside it. ``environment`` adds to what IOEnv shows of the
    process's, and overrides it. ``is_depth_first``: as TLC with its StateDeque. ``check_deadlock`` None: as the
    configuration says, else yes. The limits are for one trace; where one is reached, the verdict is undecided.
    """

    spec: Path
    config: Path | None = None
    library: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    is_depth_first: bool = False
    check_deadlock: bool | None = None
    max_depth: int | None = None
    max_states: int | None = None
    time_limit: float | None = None
    seed: int = 0


def check_trace_spec(trace: str | Path, options: TraceSpecOptions, tell: Tell | None = None) -> Verdict:
    """The verdict of a trace specification on one trace. What is wrong with the input is a verdict too: ``invalid``."""
    started = time.monotonic()
    name = STANDARD_INPUT if str(trace) == "-" else str(trace)
    sources: dict[str, Any] = {}
    try:
        with _on_disk(trace) as path:
            sources["trace"] = hashlib.sha256(path.read_bytes()).hexdigest()
            verdict = _Check(name, path, options, tell).run(sources)
    except TlatraceError as error:
        problems = problems_of(error)
        verdict = Verdict(
            trace=name,
            decision=Decision.INVALID,
            reason=problems[0].message,
            hint=problems[0].hint,
            error_location=problems[0].location,
            problems=problems,
        )
    return replace(verdict, seconds=time.monotonic() - started, provenance=_provenance(sources, options))


@contextmanager
def _on_disk(trace: str | Path) -> Iterator[Path]:
    """The trace as a file that the specification can open: standard input is written to one."""
    if str(trace) != "-":
        path = Path(trace)
        if not path.is_file():
            missing = "is a folder" if path.is_dir() else "does not exist"
            raise TraceError(f"{missing}; expected a trace", location=Location(str(trace), 0, 0, 0, 0))
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="tla-conformance-") as folder:
        path = Path(folder) / "stdin.ndjson"
        with path.open("wb") as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
        yield path


class _Check:
    """One trace under way."""

    def __init__(self, name: str, path: Path, options: TraceSpecOptions, tell: Tell | None) -> None:
        self._name = name
        self._options = options
        self._tell = tell
        self._environment = {**os.environ, "JSON": str(path), "TRACE_PATH": str(path), **options.environment}
        self._printed: list[str] = []
        self._found: Found | None = None
        self._started = time.monotonic()

    def run(self, sources: dict[str, Any]) -> Verdict:
        options = self._options
        config = options.config if options.config is not None else config_beside(options.spec)
        run = TlcRun(seed=options.seed, output=self._print, environment=self._environment)
        with use_run(run):  # constants that the trace gives may be asked for while the specification is compiled
            spec = load_spec(options.spec, config, library=options.library)
            sources["spec"] = {Path(name).name: _sha256(text) for name, text in sorted(spec.sources.items())}
            sources["config"] = None if config is None else hashlib.sha256(config.read_bytes()).hexdigest()
            compiled = compile_spec(spec, cache=CodeCache.for_user(), bounded_integers=True)
        exploration = self._explore(spec, compiled)
        return decide(self._name, spec, exploration, self._found, tuple(self._printed), options.check_deadlock)

    def _explore(self, spec: Spec, compiled: CompiledSpec) -> Exploration:
        options = self._options
        interpreter = Interpreter(spec)

        def inspect(search: Search | StepwiseSearch, exploration: Exploration) -> None:
            self._found = look(compiled, interpreter, search, exploration)

        return explore_in_time(
            compiled,
            ExploreOptions(
                check_deadlock=options.check_deadlock,
                limits=Limits(depth=options.max_depth, states=options.max_states, seconds=options.time_limit),
                seed=options.seed,
                tell=self._show,
                output=self._print,
                is_narrow=True,
                is_depth_first=options.is_depth_first,
                environment=self._environment,
                states_shown_max=2,
                inspect=inspect,
            ),
        )

    def _print(self, text: str) -> None:
        self._printed.append(text)
        del self._printed[:-PRINTED_MAX]

    def _show(self, progress: Progress) -> None:
        if self._tell is not None:
            self._tell(self._name, progress.depth, time.monotonic() - self._started)


def _provenance(sources: Mapping[str, Any], options: TraceSpecOptions) -> dict[str, Any]:
    return {
        "spec": sources.get("spec", {}),
        "config": sources.get("config"),
        "mapping": None,
        "trace": sources.get("trace"),
        "versions": {DISTRIBUTION: metadata.version(DISTRIBUTION), "python": platform.python_version()},
    }


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class TraceSpecJudge:
    """Judges by a specification that reads the trace itself."""

    def __init__(self, options: TraceSpecOptions) -> None:
        self._options = options

    def prepare(self, traces: Sequence[str]) -> None:
        """Nothing: constants come from the trace, so that each has a specification of its own."""

    def judge(self, trace: str, progress: Tell | None) -> Verdict:
        return check_trace_spec(trace, self._options, progress)


def check_trace_specs(
    traces: Sequence[str], options: TraceSpecOptions, *, jobs: int = 1, fail_fast: bool = False
) -> list[Verdict]:
    """The verdict on each trace, in order; with ``fail_fast``, up to the first that is not accepted."""
    return judge_traces(traces, functools.partial(TraceSpecJudge, options), jobs=jobs, fail_fast=fail_fast)
