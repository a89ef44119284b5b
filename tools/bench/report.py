"""The results for people, as tables, and for machines, as what JSON can say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from bench.results import Checked, Results, Tlc


def render(results: Results) -> str:
    """All results as text."""
    parts = [
        _machine(results),
        _starts(results),
        _parsing(results),
        *(_cluster(results, nodes) for nodes in dict.fromkeys(row.nodes for row in results.checked)),
        _twins(results),
        _tlc(results.tlc),
        _noise(results),
    ]
    return "\n".join(parts)


def as_dict(results: Results) -> dict[str, Any]:
    """All results, with what is worked out from them, for machines."""
    clusters = dict.fromkeys(row.nodes for row in results.checked)
    return {
        **asdict(results),
        "growth": {str(nodes): results.exponent(nodes) for nodes in clusters},
        "growth_tlc": results.tlc.exponent(),
        "interpreter_over_compiler": results.twins.ratio,
    }


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns under their headings, flush right but for the first, indented by two.

    >>> print(table(["what", "s"], [["a", "1.0"], ["bc", "20.0"]]), end="")
      what     s
      a      1.0
      bc    20.0
    """
    lines = [list(columns), *map(list, rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(columns))]
    text = ""
    for first, *others in lines:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
        text += f"  {'  '.join(cells)}".rstrip() + "\n"
    return text


def _machine(results: Results) -> str:
    machine = results.machine
    load = "" if machine.load is None else f", load {machine.load:.1f} beforehand"
    return f"Python {machine.python} on {machine.system}, {machine.processors} processors{load}\n"


def _starts(results: Results) -> str:
    rows = [[start.what, _milliseconds(start.best_s), _noise_of(start.spread)] for start in results.starts]
    repeats = results.starts[0].repeats
    return f"Start-up, whole processes, best of {repeats}\n" + table(["", "ms", "noise"], rows)


def _parsing(results: Results) -> str:
    parsed = results.parsed
    rows = [
        [what, _milliseconds(seconds), f"{parsed.lines / seconds:,.0f}"]
        for what, seconds in (
            ("the first time ever (builds the parser's tables)", parsed.cold_s),
            ("the first time in a process", parsed.warm_s),
            ("after that", parsed.again_s),
        )
    ]
    return f"Parsing {parsed.name}, {parsed.lines} lines\n" + table(["", "ms", "lines/s"], rows)


def _cluster(results: Results, nodes: int) -> str:
    rows = results.of_cluster(nodes)
    cells = [
        [
            f"{row.events:,}",
            f"{row.events_per_s:,.0f}",
            f"{row.us_per_event:.0f}",
            f"{row.peak_bytes / 1e6:.0f}",
            f"{row.frontier_max}",
            _noise_of(row.spread),
            f"{row.repeats}",
        ]
        for row in rows
    ]
    headings = ["events", "events/s", "µs/event", "peak MB", "frontier", "noise", "runs"]
    text = f"Checking, {nodes} servers\n" + table(headings, cells)
    exponent = results.exponent(nodes)
    if exponent is not None:
        text += f"  time grows as length^{exponent:.2f} (the first events compile what they need)\n"
    return text + _tenths(rows[-1])


def _tenths(row: Checked) -> str:
    change = row.last_tenth_us / row.first_tenth_us - 1
    return (
        f"  of {row.events:,} events: {row.first_tenth_us:.0f} µs/event in the first tenth, "
        f"{row.last_tenth_us:.0f} in the last ({change:+.0%})\n"
    )


def _twins(results: Results) -> str:
    twins = results.twins
    rows = [
        [name, f"{row.events_per_s:,.0f}", f"{row.us_per_event:.0f}"]
        for name, row in (("compiler", twins.compiler), ("interpreter", twins.interpreter))
    ]
    return (
        f"Evaluators, {twins.compiler.events:,} events, {twins.compiler.nodes} servers\n"
        + table(["", "events/s", "µs/event"], rows)
        + f"  the interpreter takes {twins.ratio:.1f} times as long\n"
    )


def _tlc(tlc: Tlc) -> str:
    if tlc.absent_because:
        return f"TLC was not measured: {tlc.absent_because}\n"
    rows = [
        [
            f"{row.events:,}",
            "-" if row.tlc_s is None else f"{row.tlc_s:.1f}",
            f"{row.ours_s:.1f}",
            f"over {tlc.limit_s / row.ours_s:.1f}" if row.tlc_s is None else f"{row.tlc_s / row.ours_s:.1f}",
        ]
        for row in tlc.rows
    ]
    text = f"TLC {tlc.version} on the same traces, one worker, seconds of the whole process\n"
    text += table(["events", "TLC", "ours", "TLC/ours"], rows)
    if tlc.start_s is not None:
        start = f"starting the JVM and reading the modules ({tlc.start_s:.1f} s)"
        text += f"  TLC's times include {start}, ours starting Python\n"
    exponent = tlc.exponent()
    if exponent is not None:
        text += f"  beyond its start, TLC's time grows as length^{exponent:.2f}\n"
    if tlc.rows[-1].tlc_s is None:
        text += f"  stopped there: over the limit of {tlc.limit_s:g} s\n"
    return text


def _noise(results: Results) -> str:
    rows = results.checked
    share = sum(row.share_of_processor for row in rows) / len(rows)
    busy = "" if share > 0.95 else "; others were using the machine, and its figures are worse for that"
    return (
        f"Best of several runs; noise is by how much the worst was slower.\n"
        f"Checks had {share:.0%} of a processor{busy}.\n"
        f"events/s is by the clock, µs/event and growth by processor time. All took {results.seconds:.0f} s.\n"
    )


def _noise_of(spread: float | None) -> str:
    return "-" if spread is None else f"+{spread:.0%}"


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.0f}"
