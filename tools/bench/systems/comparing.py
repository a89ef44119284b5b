"""Our verdicts and TLC's on the same traces of a system, case by case."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bench.systems.cases import TIME_LIMIT_S, explained
from bench.systems.system import Knobs, System
from bench.systems.verdicts import Checker, telling_cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What came of one system. ``verdicts`` counts TLC's; ``differences`` are the cases in which ours is another, or in
    which a trace without a bug is rejected."""

    system: str
    is_hidden: bool
    verdicts: Counter[str] = field(default_factory=Counter)
    differences: tuple[str, ...] = ()


def compare(
    system: System,
    *,
    is_hidden: bool,
    size: Knobs,
    folder: Path,
    with_traps: bool = True,
    tlc_limit_s: float = TIME_LIMIT_S,
) -> Comparison:
    """Judge all cases of this size, with hidden steps or without, in three ways: by the mapping, by the trace
    specification, and by TLC.

    Raises:
        BenchError: TLC could not judge them.
    """
    cases = list(telling_cases(system, is_hidden=is_hidden, size=size, folder=folder, with_traps=with_traps))
    traces = [system.generate(knobs) for knobs in cases]
    checker = Checker(system, folder)
    found = Counter[str]()
    differences = []
    for knobs, trace, has_witness in zip(
        cases, traces, explained(system, traces, time_limit_s=tlc_limit_s), strict=True
    ):
        tlc = "accepted" if has_witness else "rejected"
        found[tlc] += 1
        if knobs.bug is None and not has_witness:
            differences.append(f"{system.module}, {knobs}: rejected by TLC, though there is no bug in it")
        for way, ours in (
            ("mapping", checker.by_mapping(knobs, trace)),
            ("trace specification", checker.by_trace_spec(knobs, trace)),
        ):
            if ours != tlc:
                differences.append(f"{system.module}, {knobs}: {ours} by the {way}, {tlc} by TLC")
    return Comparison(system=system.name, is_hidden=is_hidden, verdicts=found, differences=tuple(differences))
