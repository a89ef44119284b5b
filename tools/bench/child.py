"""What runs in a process of its own, so that its memory and its start are its own: one measurement, printed as JSON.

python -m bench.child check TRACE --spec SPEC --map MAPPING [--config CONFIG] [--evaluator interpreter] [--time-limit S]
python -m bench.child parse SPEC TIMES
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any
from unittest import mock

LOOKS_MIN = 20
"""With so many looks at the clock on the way, a tenth of the events is told well enough by them alone."""


def main(arguments: list[str]) -> None:
    command, *rest = arguments
    print(json.dumps(check(rest) if command == "check" else parse(*rest)))


def check(arguments: list[str]) -> dict[str, Any]:
    """Judge a trace as ``conformance check`` does, with the clock of the processor read on the way."""
    from tlaconform.checking import CheckOptions, Workbench, check_trace
    from tlatrace.compile import Interpreter, run_with_deep_stack

    parser = argparse.ArgumentParser(prog="bench.child check")
    parser.add_argument("trace")
    parser.add_argument("--spec", type=Path, required=True)
    parser.add_argument("--map", type=Path, required=True)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--evaluator", choices=("compiler", "interpreter"), default="compiler")
    parser.add_argument("--time-limit", type=float)
    asked = parser.parse_args(arguments)
    trace, evaluator = asked.trace, asked.evaluator
    options = CheckOptions(spec=asked.spec, mapping=asked.map, config=asked.config, time_limit=asked.time_limit)
    workbench = Workbench(options)
    looks: list[tuple[int, float]] = []

    def look(_trace: str, count: int, _seconds: float) -> None:
        looks.append((count, time.process_time()))

    if evaluator == "interpreter":
        with mock.patch("tlaconform.checking.workbench.compile_spec", lambda spec, **_: Interpreter(spec)):
            verdict = run_with_deep_stack(lambda: check_trace(trace, workbench, look))
    else:
        verdict = run_with_deep_stack(lambda: check_trace(trace, workbench, look))
    events = verdict.strength.events
    looks.append((events, time.process_time()))
    # What is worked out of the whole trace at its end is no part of the last tenth.
    first, last = _tenths(looks[:-1] if len(looks) > LOOKS_MIN else looks)
    return {
        "decision": verdict.decision.value,
        "reason": verdict.reason,
        "line": verdict.line,
        "events": events,
        "frontier_max": verdict.strength.frontier_max,
        "wall_s": verdict.seconds,
        "cpu_s": looks[-1][1] - looks[0][1],
        "first_tenth_us": first,
        "last_tenth_us": last,
        "peak_bytes": peak_bytes(),
    }


def _tenths(looks: list[tuple[int, float]]) -> tuple[float, float]:
    """Processor time in microseconds per event at the start and at the end, over about a tenth of the events each."""
    events, end = looks[-1]
    after = next((look for look in looks if look[0] >= events / 10 and look[0] > 0), looks[-1])
    before = next((look for look in reversed(looks) if look[0] <= events * 9 / 10), looks[0])
    first = (after[1] - looks[0][1]) / max(after[0], 1)
    last = (end - before[1]) / max(events - before[0], 1)
    return first * 1e6, last * 1e6


def peak_bytes() -> int:
    """The most memory that this process has had at once.

    Where the kernel tells it of this program alone, that is what is taken: a process that was forked inherits the
    other figure from its parent.
    """
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def parse(spec: str, times: str) -> dict[str, Any]:
    """Parse a module: once as a new process does, then ``times`` more."""
    from tlatrace.syntax import parse_module

    text = Path(spec).read_text(encoding="utf-8")
    seconds = []
    for _ in range(1 + int(times)):
        started = time.perf_counter()
        parse_module(text, spec)
        seconds.append(time.perf_counter() - started)
    return {"lines": text.count("\n"), "first_s": seconds[0], "again_s": min(seconds[1:], default=seconds[0])}


if __name__ == "__main__":
    main(sys.argv[1:])
