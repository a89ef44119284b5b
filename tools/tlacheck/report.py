"""Results as text and as JSON. Pure functions: results in, strings out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tlacheck.manifest import Entry, ModelEntry
from tlacheck.results import Counterexample, SanyResult, TlcResult, TraceState
from tlacheck.suite import EntryResult, SuiteResult
from tlacheck.toolchain import ToolCheck

#: Version of the JSON that `suite_json` and `tlc_json` give.
JSON_FORMAT = 1
_COLUMNS = ("model", "expected", "result", "distinct", "generated", "depth", "time")
_RIGHT = frozenset({"distinct", "generated", "depth", "time"})


def suite_table(suite: SuiteResult) -> str:
    """The table of `make check-spec`, what was not as expected below it, and one line of summary."""
    rows = [_COLUMNS, *(_row(entry) for entry in suite.entries)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    lines = ["  ".join(_pad(name, row, widths) for name in range(len(_COLUMNS))).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    for entry in suite.entries:
        if not entry.ok:
            lines += ["", *_explanation(entry)]
    still = [entry for entry in suite.entries if entry.result.restarts]
    lines += ["", *(f"{entry.entry.name}: {_restarts(entry.result)}" for entry in still)] if still else []
    wrong = sum(not entry.ok for entry in suite.entries)
    total = len(suite.entries)
    summary = f"{total} runs, all as expected" if not wrong else f"{wrong} of {total} runs not as expected"
    lines += ["", f"{summary} (TLC {suite.toolchain.tlc_version})"]
    return "\n".join(lines)


def suite_json(suite: SuiteResult) -> dict[str, Any]:
    """The same for machines."""
    return {
        "format": JSON_FORMAT,
        "ok": suite.ok,
        "tlc": suite.toolchain.tlc_version,
        "java": suite.toolchain.java_version,
        "runs": [
            {
                "name": entry.entry.name,
                "kind": "model" if isinstance(entry.entry, ModelEntry) else "mutation",
                "expected": _expected(entry.entry),
                "ok": entry.ok,
                "violated": list(entry.violated),
                "problems": list(entry.problems),
                **tlc_json(entry.result),
            }
            for entry in suite.entries
        ],
    }


def tlc_text(result: TlcResult) -> str:
    """A run of TLC for people: the outcome, the errors, the behavior, the counts."""
    lines = [f"{result.outcome.value}{_of(result.violated)}"]
    lines += [str(error) for error in result.parse_errors]
    if not result.parse_errors:
        lines += [failure.text for failure in result.failures]
    if result.counterexample is not None:
        lines += ["", *counterexample_lines(result.counterexample)]
    counts = f"{_count(result.states_generated)} states generated, {_count(result.distinct_states)} distinct"
    version = f"TLC {result.tlc_version or 'not started'}"
    lines += ["", f"{counts}, depth {_count(result.depth)}, {result.duration_s:.1f} s ({version})"]
    lines += [_restarts(result)] if result.restarts else []
    return "\n".join(lines)


def _restarts(result: TlcResult) -> str:
    times = f"{result.restarts} times" if result.restarts > 1 else "once"
    return f"TLC was begun again {times} because it stood still, which it sometimes does; that says nothing of the spec"


def tlc_json(result: TlcResult) -> dict[str, Any]:
    """A run of TLC for machines; values are TLA+ text."""
    trace = result.counterexample
    return {
        "outcome": result.outcome.value,
        "exit_code": result.exit_code,
        "states_generated": result.states_generated,
        "distinct_states": result.distinct_states,
        "states_left": result.states_left,
        "depth": result.depth,
        "duration_s": round(result.duration_s, 3),
        "restarts": result.restarts,
        "errors": [error.text for error in result.errors],
        "parse_errors": [
            {"file": str(error.file), "line": error.line, "column": error.column, "message": error.message}
            for error in result.parse_errors
        ],
        "counterexample": None if trace is None else _trace_json(trace),
    }


def sany_text(result: SanyResult) -> str:
    """What SANY said, one line for each error and warning."""
    lines = [f"{error}" for error in result.errors] + [f"{warning} (warning)" for warning in result.warnings]
    if result.ok:
        lines.append(f"{len(result.modules)} modules parsed: {', '.join(module.name for module in result.modules)}")
    return "\n".join(lines)


def doctor_text(checks: Sequence[ToolCheck]) -> str:
    """One line for each check, and what to do below those that failed."""
    lines: list[str] = []
    for check in checks:
        lines.append(f"{'ok     ' if check.ok else 'missing'}  {check.name}: {check.found}")
        if check.advice is not None:
            lines.append(f"         {check.advice}")
    return "\n".join(lines)


def counterexample_lines(trace: Counterexample) -> list[str]:
    """The behavior: each state's number and action, and of its variables those that changed."""
    lines: list[str] = []
    before: TraceState | None = None
    for state in trace:
        arguments = f"({state.arguments})" if state.arguments else ""
        action = f"{state.action}{arguments}" if state.action else "initial state" if before is None else "a step"
        lines.append(f"  {state.number}: {action}{f' at {state.location}' if state.location else ''}")
        for name, text in state.values.items():
            if before is None or before.values.get(name) != text:
                lines.append(f"       {name} = {' '.join(text.split())}")
        before = state
    if trace.back_to_state is not None:
        lines.append(
            f"  and back to state {trace.back_to_state}{f' by {trace.back_action}' if trace.back_action else ''}"
        )
    if trace.stuttering:
        lines.append("  and nothing changes any more (stuttering)")
    return lines


def _row(entry: EntryResult) -> tuple[str, ...]:
    result = entry.result
    verdict = f"{result.outcome.value}{_of(entry.violated)}"
    return (
        entry.entry.name,
        _expected(entry.entry),
        verdict if entry.ok else f"{verdict}  <-- not as expected",
        _count(result.distinct_states),
        _count(result.states_generated),
        _count(result.depth),
        f"{result.duration_s:.1f} s",
    )


def _expected(entry: Entry) -> str:
    if isinstance(entry, ModelEntry):
        return f"{entry.result.value}{_of(entry.violates)}"
    return "survives" if entry.survives is not None else f"violates {' or '.join(entry.expected)}"


def _explanation(entry: EntryResult) -> list[str]:
    lines = [f"{entry.entry.name}: {problem}" for problem in entry.problems]
    lines += [f"  {error}" for error in entry.result.parse_errors]
    if entry.result.failures and not entry.result.parse_errors:
        lines += [f"  {line}" for line in entry.result.failures[0].text.splitlines()]
    elif entry.result.errors or entry.result.outcome.value == "tool error":
        lines += [f"  {error.text}" for error in entry.result.errors]
        lines += [f"  {line}" for line in entry.result.output[-10:]]
    if entry.result.counterexample is not None:
        lines += counterexample_lines(entry.result.counterexample)
    return lines


def _trace_json(trace: Counterexample) -> dict[str, Any]:
    return {
        "states": [
            {"number": state.number, "action": state.action, "arguments": state.arguments, "values": dict(state.values)}
            for state in trace
        ],
        "back_to_state": trace.back_to_state,
        "stuttering": trace.stuttering,
    }


def _pad(column: int, row: tuple[str, ...], widths: list[int]) -> str:
    cell = row[column]
    return cell.rjust(widths[column]) if _COLUMNS[column] in _RIGHT else cell.ljust(widths[column])


def _of(names: Sequence[str]) -> str:
    return f" of {' or '.join(names)}" if names else ""


def _count(number: int | None) -> str:
    return "-" if number is None else f"{number:,}"
