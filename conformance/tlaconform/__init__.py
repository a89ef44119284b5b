"""Does an implementation obey its TLA+ specification?

All that the command ``conformance check`` does, from Python:

    from pathlib import Path
    from tlaconform import CheckOptions, Decision, Workbench, check_trace

    workbench = Workbench(CheckOptions(spec=Path("Queue.tla"), mapping=Path("queue.yaml")))
    verdict = check_trace("trace.ndjson", workbench)
    assert verdict.decision is Decision.ACCEPTED, verdict.reason

``check_traces`` judges several, ``Streaming`` says how a trace is judged while it is written or from a checkpoint, and
``LiveCheck`` judges events one at a time as they happen. ``evaluate``, ``export_trace`` and ``write_witness`` are what
the commands and options of these names do. ``render_verdict`` and ``json_report`` turn verdicts into
text. The names in ``__all__`` are stable. Each is loaded when it is first used, so that importing the package costs
next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tlaconform.checking import (
        CheckOptions,
        ChecksInterrupted,
        LiveCheck,
        Streaming,
        Workbench,
        check_trace,
        check_traces,
    )
    from tlaconform.checking.evaluate import Evaluation, evaluate
    from tlaconform.errors import ConformanceError, MappingError
    from tlaconform.export import Exported, export_trace
    from tlaconform.report import Style, json_report, junit_report, render_verdict, render_verdicts, sarif_report
    from tlaconform.trace_specs import TraceSpecOptions, check_trace_spec, check_trace_specs
    from tlaconform.witness import write_witness
    from tlatrace.engine.verdict import Decision, Verdict
    from tlatrace.errors import TlatraceError
    from tlatrace.traces.growing import Patience

_HOMES = {
    "CheckOptions": "tlaconform.checking",
    "ChecksInterrupted": "tlaconform.checking",
    "ConformanceError": "tlaconform.errors",
    "Decision": "tlatrace.engine.verdict",
    "Evaluation": "tlaconform.checking.evaluate",
    "Exported": "tlaconform.export",
    "LiveCheck": "tlaconform.checking",
    "MappingError": "tlaconform.errors",
    "Patience": "tlatrace.traces.growing",
    "Streaming": "tlaconform.checking",
    "Style": "tlaconform.report",
    "TlatraceError": "tlatrace.errors",
    "TraceSpecOptions": "tlaconform.trace_specs",
    "Verdict": "tlatrace.engine.verdict",
    "Workbench": "tlaconform.checking",
    "check_trace": "tlaconform.checking",
    "check_trace_spec": "tlaconform.trace_specs",
    "check_trace_specs": "tlaconform.trace_specs",
    "check_traces": "tlaconform.checking",
    "evaluate": "tlaconform.checking.evaluate",
    "export_trace": "tlaconform.export",
    "json_report": "tlaconform.report",
    "junit_report": "tlaconform.report",
    "render_verdict": "tlaconform.report",
    "render_verdicts": "tlaconform.report",
    "sarif_report": "tlaconform.report",
    "write_witness": "tlaconform.witness",
}

__all__ = [
    "CheckOptions",
    "ChecksInterrupted",
    "ConformanceError",
    "Decision",
    "Evaluation",
    "Exported",
    "LiveCheck",
    "MappingError",
    "Patience",
    "Streaming",
    "Style",
    "TlatraceError",
    "TraceSpecOptions",
    "Verdict",
    "Workbench",
    "check_trace",
    "check_trace_spec",
    "check_trace_specs",
    "check_traces",
    "evaluate",
    "export_trace",
    "json_report",
    "junit_report",
    "render_verdict",
    "render_verdicts",
    "sarif_report",
    "write_witness",
]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
