"""What ``TLCGet`` answers while a search runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from tlatrace.compile.api import State
from tlatrace.engine.explore.search import Progress
from tlatrace.semantics.spec import Spec
from tlatrace.values import Value, make_sequence, make_set
from tlatrace.values.construct import make_record


def named_registers(progress: Progress, spec: Spec, started: float) -> Mapping[str, Callable[[], Value]]:
    """``level``, ``queue``, ``distinct`` … as functions of the search's progress."""

    def duration() -> Value:
        return int(time.monotonic() - started)

    def stats() -> Value:
        return make_record(
            {
                "behavior": make_record({"actions": make_record({}), "id": 0}),
                "diameter": progress.depth,
                "distinct": progress.distinct,
                "duration": duration(),
                "generated": progress.generated,
                "queue": progress.queue,
                "traces": 0,
            }
        )

    def config() -> Value:
        return make_record(
            {
                "aril": 0,
                "depth": -1,
                "deadlock": spec.check_deadlock is not False,
                "fingerprint": 0,
                "install": "",
                "mode": "bfs",
                "seed": 0,
                "traces": -1,
                "worker": 1,
            }
        )

    def revision() -> Value:
        return make_record({"count": 0, "date": "", "tag": "", "timestamp": 0})

    return {
        "config": config,
        "diameter": lambda: progress.depth,
        "distinct": lambda: progress.distinct,
        "duration": duration,
        "generated": lambda: progress.generated,
        "level": lambda: progress.level,
        "queue": lambda: progress.queue,
        "revision": revision,
        "spec": lambda: make_record({"variables": make_set([each.name for each in spec.variables])}),
        "stats": stats,
    }


def trace_value(path: Sequence[State], spec: Spec) -> Value:
    """``Trace`` of TLCExt: the states on the way to the one that is expanded, as records."""
    names = [variable.name for variable in spec.variables]
    return make_sequence([make_record(dict(zip(names, state, strict=True))) for state in path])
