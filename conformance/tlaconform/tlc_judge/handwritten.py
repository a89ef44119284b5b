"""Judging traces of Raft by ``spec/TraceRaft.tla``, which was written by hand and knows no mapping.

All that is done here is to write the recorded events down as TLA+ values.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from tlacheck import Toolchain
from tlaconform.errors import ConformanceError
from tlaconform.resources import spec_folder
from tlaconform.tlc_judge.judgement import TlcJudgement
from tlaconform.tlc_judge.literals import LiteralError, Literals, sequence_definitions
from tlaconform.tlc_judge.recorded import RecordedTrace, read_trace
from tlaconform.tlc_judge.runner import JudgeModule, RunOptions, judge_all
from tlatrace.traces import Event

MODULE = "TraceRaft"
ROOT = "RecordedTraces"

FIELDS = ("node", "action", "args", "message", "vars", "sent")
"""What of an event says what happened; its number and its time do not."""

CONFIG = """\
INIT TraceInit
NEXT TraceNext
CHECK_DEADLOCK FALSE
CONSTANTS
    Nil = Nil
    Server <- RecordedServer
    Value <- AnyString
    Traces <- Recorded
"""


def judge_by_hand(
    trace: str | Path,
    *,
    folder: Path | None = None,
    time_limit: float | None = None,
    toolchain: Toolchain | None = None,
    keep: Path | None = None,
) -> TlcJudgement:
    """TLC's judgement on one trace of Raft; see :func:`judge_all_by_hand`."""
    return judge_all_by_hand([trace], folder=folder, time_limit=time_limit, toolchain=toolchain, keep=keep)[0]


def judge_all_by_hand(
    traces: Sequence[str | Path],
    *,
    folder: Path | None = None,
    time_limit: float | None = None,
    toolchain: Toolchain | None = None,
    keep: Path | None = None,
) -> list[TlcJudgement]:
    """TLC's judgement on traces of Raft, by the module ``TraceRaft`` in ``folder`` (default: the one that
    comes with the package).

    Traces of the same cluster are judged in one run. ``time_limit`` is in seconds, for each trace. ``keep`` is a folder
    for what TLC is given, which is else removed.

    Raises:
        TlatraceError: a trace cannot be read, or TLC cannot hold or evaluate it.
        ToolchainError: there is no TLC.
    """
    options = RunOptions(
        library=(folder if folder is not None else spec_folder(),),
        time_limit=time_limit,
        toolchain=toolchain,
        keep=keep,
    )
    return judge_all([read_trace(trace) for trace in traces], module_for, _servers, options)


def module_for(traces: Sequence[RecordedTrace]) -> JudgeModule:
    """The module that gives ``traces``, which have the same servers, to ``TraceRaft``."""
    literals = Literals(null="Nil")
    names = [f"Recorded{number}" for number in range(1, len(traces) + 1)]
    parts = [f"---- MODULE {ROOT} ----\nEXTENDS {MODULE}, Integers, Sequences, TLC\n"]
    for name, trace in zip(names, traces, strict=True):
        parts.append(sequence_definitions(name, [_event(event, trace, literals) for event in trace.events]))
    parts.append(f"Recorded == <<{', '.join(names)}>>\n")
    parts.append(f"RecordedServer == {literals.value(_server(traces[0]), 'header.constants.Server')}\n====\n")
    return JudgeModule(name=ROOT, text="\n".join(parts), config=CONFIG)


def _event(event: Event, trace: RecordedTrace, literals: Literals) -> str:
    try:
        return literals.value({name: event.fields[name] for name in FIELDS if name in event.fields}, "event")
    except LiteralError as error:
        raise LiteralError(error.message, location=trace.place(event.line), hint=error.hint) from None


def _servers(trace: RecordedTrace) -> str:
    return json.dumps(_server(trace))


def _server(trace: RecordedTrace) -> object:
    try:
        return trace.header["constants"]["Server"]
    except (KeyError, TypeError):
        raise ConformanceError(
            "the header does not tell the constant Server; expected header.constants.Server, a set",
            location=trace.place(1),
        ) from None
