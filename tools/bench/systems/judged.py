"""The trace specifications judged by stock TLC, which has neither ``Json`` nor ``IOUtils``.

Modules of these names, with the log in them as TLA+ text, lie beside the specification while it runs.

TLC is asked whether the cursor stays inside of the log: a behavior that comes to its end "violates" that. So a
counterexample is a witness, and TLC stops at the first; that there is none takes the whole search.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.errors import BenchError
from bench.systems.partial import write_split_trace_spec
from bench.systems.system import SPECS, System
from tlacheck import Outcome, run_tlc
from tlaconform.tlc_judge.literals import ITEMS_IN_CHUNK, Literals

WITNESS = {False: "NotMatched", True: "NotAllMatched"}
"""The invariant that a behavior which explains the whole log violates; the second is for logs of several processes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """TLC's verdict: ``accepted``, ``rejected``, or ``timeout``, with the seconds that it took."""

    verdict: str
    seconds: float


def judge(system: System, trace: Path, *, time_limit_s: float = 120.0) -> Judgement:
    """Let TLC judge one trace.

    Raises:
        BenchError: TLC could not run the specification.
    """
    with tempfile.TemporaryDirectory(prefix="tla-conformance-judged-") as name:
        folder = Path(name)
        for module in SPECS.glob("*.tla"):
            shutil.copy(module, folder)
        lines = [json.loads(line) for line in trace.read_text(encoding="utf-8").splitlines()]
        (folder / "Json.tla").write_text(json_module(lines), encoding="utf-8")
        (folder / "IOUtils.tla").write_text(IO_UTILS, encoding="utf-8")
        is_split = "processes" in lines[0]
        spec, config = system.trace_spec, system.config
        if is_split:
            spec, config = write_split_trace_spec(system, folder)
        judged = folder / "Judged.cfg"
        judged.write_text(_config(config, WITNESS[is_split]), encoding="utf-8")
        started = time.perf_counter()
        result = run_tlc(
            folder / spec.name,
            judged,
            deadlock=False,
            time_limit_s=time_limit_s,
            java_options=JAVA_OPTIONS,
        )
        seconds = time.perf_counter() - started
    if result.outcome is Outcome.TIMEOUT:
        return Judgement(verdict="timeout", seconds=seconds)
    if result.outcome is Outcome.SUCCESS:
        return Judgement(verdict="rejected", seconds=seconds)
    if result.failures and result.failures[0].outcome is Outcome.SAFETY_FAILURE:
        is_witness = WITNESS[is_split] in result.failures[0].properties
        return Judgement(verdict="accepted" if is_witness else "rejected", seconds=seconds)
    raise BenchError("\n".join(("TLC cannot run this:", *result.output[-20:])))


JAVA_OPTIONS = ("-XX:+UseSerialGC", "-Xss64m", "-Xmx4g")

IO_UTILS = """---- MODULE IOUtils ----
IOEnv == [JSON |-> "log"]
====
"""


def json_module(values: list[Any]) -> str:
    """A module ``Json`` whose ``ndJsonDeserialize`` gives these lines, whatever file it is asked for."""
    literals = Literals()
    lines = [literals.value(value) for value in values]
    chunks = [lines[start : start + ITEMS_IN_CHUNK] for start in range(0, len(lines), ITEMS_IN_CHUNK)]
    texts = ["---- MODULE Json ----", "LOCAL INSTANCE Sequences"]
    for number, chunk in enumerate(chunks):
        texts.append(f"Lines{number} == <<\n  " + ",\n  ".join(chunk) + " >>")
    texts += _joined([f"Lines{number}" for number in range(len(chunks))])
    return "\n".join([*texts, "ndJsonDeserialize(file) == AllLines", "====", ""])


def _joined(names: list[str]) -> list[str]:
    """Definitions that put the chunks together pairwise, so that none nests deeply."""
    texts: list[str] = []
    level = 0
    while len(names) > 1:
        level += 1
        pairs = [names[start : start + 2] for start in range(0, len(names), 2)]
        joined = [f"Part{level}x{number}" for number in range(len(pairs))]
        texts += [name + " == " + " \\o ".join(pair) for name, pair in zip(joined, pairs, strict=True)]
        names = joined
    return [*texts, f"AllLines == {names[0]}"]


def _config(config: Path, witness: str) -> str:
    """The configuration of the trace specification, with the question put as an invariant."""
    lines = config.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("POSTCONDITION", "CHECK_DEADLOCK"))]
    return "\n".join([*kept, "INVARIANT " + witness, ""])
