"""TLC's judgement on traces that are exported."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from tlacheck import Outcome, TlcResult, Toolchain, find_toolchain, run_tlc
from tlaconform.checking import Trace, Workbench
from tlaconform.checking.source import name_of_trace
from tlaconform.export.export import Exported, export_trace
from tlaconform.tlc_judge.judgement import TlcJudgeError, TlcJudgement
from tlaconform.tlc_judge.runner import JAVA_OPTIONS

_TAKEN = re.compile(r'<<"taken", 1, (\d+)>>\Z')
_CUT = re.compile(r'<<"cut", 1, \d+>>\Z')


@dataclass(frozen=True, slots=True)
class _Found:
    taken: int
    is_accepted: bool
    is_cut: bool = False


def judge_by_export(
    traces: Sequence[Trace], workbench: Workbench, *, time_limit: float | None = None, keep: Path | None = None
) -> list[TlcJudgement]:
    """TLC's judgement on each trace, by a module of its own. ``keep`` is a folder for what TLC is given, which is else
    removed.

    Raises:
        TlatraceError: a file is wrong, or an event is not what the mapping says. TlcJudgeError: something cannot be
        said to stock TLC, or TLC cannot evaluate it. ToolchainError: there is no TLC.
    """
    found = []
    toolchain = find_toolchain()
    for number, trace in enumerate(traces, 1):
        own = keep if keep is None or len(traces) == 1 else keep / f"run{number}"
        with tempfile.TemporaryDirectory(prefix="tlc-judge-") if own is None else nullcontext(own) as folder:
            exported = export_trace(trace, workbench, Path(folder))
            name = name_of_trace(trace)
            found.append(judge_exported(exported, name, time_limit=time_limit, toolchain=toolchain))
    return found


def judge_exported(
    exported: Exported, trace: str, *, time_limit: float | None = None, toolchain: Toolchain | None = None
) -> TlcJudgement:
    """What TLC says of ``exported``, with nothing but the folder that it is in.

    Raises:
        TlcJudgeError: TLC cannot evaluate it. ToolchainError: there is no TLC.
    """
    result = run_tlc(
        exported.module, exported.config, toolchain=toolchain, time_limit_s=time_limit, java_options=JAVA_OPTIONS
    )
    found = _read(result)
    is_late = result.outcome is Outcome.TIMEOUT
    because = f"the time limit of {time_limit:g} s was reached" if is_late and time_limit else ""
    if found.is_cut and not because:
        because = "a search_limit of the mapping was reached"
    line = None
    if not found.is_accepted and len(exported.chains) == 1 and found.taken < exported.events:
        line = exported.chains[0][found.taken].line
    return TlcJudgement(
        trace=trace,
        accepted=found.is_accepted,
        line=line,
        events=exported.events,
        seconds=result.duration_s,
        distinct_states=result.distinct_states,
        undecided_because=because,
    )


def _read(result: TlcResult) -> _Found:
    taken = max((int(mark[1]) for line in result.output if (mark := _TAKEN.match(line))), default=0)
    if result.outcome is Outcome.SAFETY_FAILURE:
        return _Found(taken, True)
    if result.outcome in (Outcome.SUCCESS, Outcome.TIMEOUT):
        return _Found(taken, False, any(map(_CUT.match, result.output)))
    said = [error.message if error.line is None else str(error) for error in result.parse_errors]
    said += [failure.text for failure in result.failures] + [error.text for error in result.errors]
    text = "; ".join(dict.fromkeys(" ".join(part.split()) for part in said if part)) or "\n".join(result.output[-5:])
    raise TlcJudgeError(f"TLC {result.tlc_version or ''} stopped with {result.outcome.value}: {text or 'no word'}")
