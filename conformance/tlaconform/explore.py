"""``conformance explore``, from Python.

:func:`explore_spec` loads a specification with a configuration, and explores it::

    from pathlib import Path
    from tlaconform.explore import ExploreRequest, explore_spec

    outcome = explore_spec(ExploreRequest(spec=Path("Counter.tla")))
    print(outcome.exploration.result, outcome.exploration.counts.distinct_states)
"""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from tlaconform.alarm import ALARM_AFTER_SECONDS, TimeIsUp, alarm
from tlaconform.errors import ConformanceError
from tlatrace.compile import CodeCache, Evaluator, compile_spec, run_with_deep_stack
from tlatrace.engine.explore import Counts, Exploration, ExploreOptions, Progress, Result
from tlatrace.engine.explore import explore as explore_evaluator
from tlatrace.location import Location
from tlatrace.semantics import Spec, load_spec
from tlatrace.syntax import check_translation

DISTRIBUTION = "tla-conformance"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExploreRequest:
    """What to explore. ``config`` None: the ``.cfg`` file of the specification's name beside it, if there is one."""

    spec: Path
    config: Path | None = None
    library: tuple[Path, ...] = ()
    options: ExploreOptions = field(default_factory=ExploreOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExploreOutcome:
    """What was found, of what."""

    exploration: Exploration
    spec: Spec
    config: Path | None
    provenance: dict[str, Any]


def explore_spec(request: ExploreRequest, *, on_loaded: Callable[[Path | None], None] | None = None) -> ExploreOutcome:
    """Explore a specification; ``on_loaded`` is told which configuration is used.

    Raises TlatraceError for input that is wrong: a text that cannot be read, a name that does not exist.
    """
    return run_with_deep_stack(lambda: _explore(request, on_loaded))


def config_beside(spec: Path) -> Path | None:
    """The configuration that TLC would take."""
    beside = spec.with_suffix(".cfg")
    return beside if beside.is_file() else None


def _explore(request: ExploreRequest, on_loaded: Callable[[Path | None], None] | None) -> ExploreOutcome:
    path = request.spec
    if not path.is_file():
        missing = "is a folder" if path.is_dir() else "does not exist"
        raise ConformanceError(
            f"{missing}; expected a file with a TLA+ module", location=Location(str(path), 0, 0, 0, 0)
        )
    config = request.config if request.config is not None else config_beside(path)
    spec = load_spec(path, config, library=request.library)
    _refuse_half_a_behavior(spec, config)
    if on_loaded is not None:
        on_loaded(config)
    notes = tuple(str(each) for each in check_translation(spec.sources.get(str(path), ""), str(path)))
    evaluator = compile_spec(spec, cache=CodeCache.for_user(), bounded_integers=True)
    exploration = explore_in_time(evaluator, request.options)
    exploration = replace(exploration, notes=(*notes, *exploration.notes))
    return ExploreOutcome(exploration=exploration, spec=spec, config=config, provenance=_provenance(spec, config))


def explore_in_time(evaluator: Evaluator, options: ExploreOptions) -> Exploration:
    """The search keeps the time limit between states; the alarm is for an evaluation that does not come back to it."""
    limit = options.limits.seconds
    if limit is None:
        return explore_evaluator(evaluator, options)
    started = time.monotonic()
    reached = Progress()

    def tell(progress: Progress) -> None:
        nonlocal reached
        reached = progress
        if options.tell is not None:
            options.tell(progress)

    try:
        with alarm(limit + ALARM_AFTER_SECONDS):
            return explore_evaluator(evaluator, replace(options, tell=tell))
    except TimeIsUp:
        return Exploration(
            result=Result.UNDECIDED,
            counts=Counts(
                distinct_states=reached.distinct,
                generated_states=reached.generated,
                depth=reached.depth,
                queue=reached.queue,
            ),
            limit=f"--time-limit {limit:g}",
            seconds=time.monotonic() - started,
        )


def _refuse_half_a_behavior(spec: Spec, config: Path | None) -> None:
    """Variables without Init and Next: the configuration forgot them, and nothing would be checked in silence."""
    if not spec.variables or (spec.init is not None and spec.next is not None):
        return
    missing = " and ".join(word for word, formula in (("INIT", spec.init), ("NEXT", spec.next)) if formula is None)
    raise ConformanceError(
        f"{spec.name} has variables, and no {missing} is given",
        location=None if config is None else Location(str(config), 0, 0, 0, 0),
        hint="give INIT and NEXT, or SPECIFICATION, in the configuration",
    )


def _provenance(spec: Spec, config: Path | None) -> dict[str, Any]:
    return {
        "spec": {Path(name).name: _sha256(text.encode()) for name, text in sorted(spec.sources.items())},
        "config": None if config is None else _sha256(config.read_bytes()),
        "versions": {DISTRIBUTION: metadata.version(DISTRIBUTION), "python": platform.python_version()},
    }


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
