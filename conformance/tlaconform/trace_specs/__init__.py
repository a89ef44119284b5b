"""Trace specifications as TLC runs them: a module that reads the trace itself, with its configuration, unchanged.

    from pathlib import Path
    from tlaconform.trace_specs import TraceSpecOptions, check_trace_spec

    options = TraceSpecOptions(spec=Path("Traceraft.tla"), config=Path("Traceraft.cfg"))
    verdict = check_trace_spec("trace.ndjson", options)

The trace's path is in ``IOEnv`` as ``JSON`` and as ``TRACE_PATH``. The verdict is what the specification's own
properties, deadlock check and postcondition say. Four conventions of acceptance are in use, and all are understood:

- a property or a postcondition is violated unless the whole trace was matched;
- a deadlock before the end of the trace rejects it;
- an invariant that reads nothing but the place in the trace, and is false at its end: its violation is a witness, and
  that it holds rejects the trace;
- the search ends in a deadlock once the trace is at its end.
"""

from tlaconform.trace_specs.run import Tell, TraceSpecJudge, TraceSpecOptions, check_trace_spec, check_trace_specs

__all__ = ["Tell", "TraceSpecJudge", "TraceSpecOptions", "check_trace_spec", "check_trace_specs"]
