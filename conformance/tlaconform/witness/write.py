"""Writing the witness of a verdict to a file, in the format that is asked for or that its name tells."""

from __future__ import annotations

import json
from pathlib import Path

from tlaconform.checking import Trace, Workbench
from tlaconform.checking.source import logs_of, open_source
from tlaconform.errors import ConformanceError
from tlaconform.files import write_whole
from tlaconform.witness.itf import itf_witness
from tlaconform.witness.shiviz import NO_PROCESSES, shiviz_log
from tlaconform.witness.tlc_json import tlc_witness
from tlatrace.engine.verdict import Verdict
from tlatrace.errors import TlatraceError
from tlatrace.location import Location

WITNESS_FORMATS = ("itf", "tlc", "shiviz")

_BY_SUFFIX = {".itf": "itf", ".json": "tlc", ".shiviz": "shiviz", ".log": "shiviz"}


def format_of(path: Path, asked: str | None) -> str:
    """``asked``, or what the file's name says: ``.itf`` and ``.itf.json``, ``.json`` (TLC's), ``.shiviz`` and ``.log``.

    Raises:
        ConformanceError: it says nothing.
    """
    if asked is not None:
        return asked
    if path.name.endswith(".itf.json"):
        return "itf"
    found = _BY_SUFFIX.get(path.suffix)
    if found is None:
        raise ConformanceError(
            "the name of this file does not tell the format of a witness; expected one that ends in .itf.json, .json "
            "(TLC's) or .shiviz, or --witness-format",
            location=Location(str(path), 0, 0, 0, 0),
        )
    return found


def refuse_early(path: Path, form: str, trace: Trace, workbench: Workbench) -> None:
    """Find out before a check what would keep its witness from being written.

    Raises:
        ConformanceError: nothing tells the processes, which ShiViz needs.
    """
    if form != "shiviz" or any(not Path(log).is_file() for log in logs_of(trace)):
        return  # What can be read only once is not opened here.
    try:
        with open_source(trace, workbench) as source:
            can_be_told = source.order.process is not None or len(source.logs) > 1
    except TlatraceError:
        return  # The check will say what is wrong with the trace.
    if not can_be_told:
        raise ConformanceError(NO_PROCESSES, location=Location(str(path), 0, 0, 0, 0))


def write_witness(path: Path, form: str, verdict: Verdict, trace: Trace, workbench: Workbench) -> None:
    """Write the behavior that explains the events of ``trace``, as far as they are explained.

    Raises:
        ConformanceError: none was kept; the file cannot be written; or, for ShiViz, nothing tells the processes, or the
            trace cannot be read again.
    """
    kept = verdict.witness
    if kept is None:
        raise ConformanceError(
            f"no behavior was kept for {verdict.trace}: {verdict.reason or 'no event was judged'}",
            location=Location(str(path), 0, 0, 0, 0),
        )
    with open_source(trace, workbench) as source:
        spec = workbench.load(source.header, source.name, source).spec
        if form == "shiviz":
            lines = shiviz_log(kept.behavior, source.all_events, source.order, source.log_of)
            write_whole(path, "".join(f"{line}\n" for line in lines))
            return
    found = itf_witness(kept.behavior, spec, verdict.trace) if form == "itf" else tlc_witness(kept.behavior, spec)
    write_whole(path, json.dumps(found, ensure_ascii=False) + "\n")
