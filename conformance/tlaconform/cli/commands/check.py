"""``conformance check TRACE...``: is every step of these traces allowed by the specification?"""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tlaconform.cli.check_options import add_check_options, check_options, judges, witness_format, wrong_combination
from tlaconform.cli.output import write_out
from tlaconform.cli.status import Status, combined, of_decision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tlatrace.engine.verdict import Verdict


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "check",
        help="check recorded traces against a specification",
        description="For every event of every trace: which action of the specification explains it? An event that none "
        "explains is rejected, with the conjunct of each candidate that forbids it.",
        epilog="Ctrl-C prints the verdicts that were reached before it and ends with status 130.",
    )
    add_check_options(parser)
    parser.set_defaults(
        command=run,
        reads=("traces", "spec", "map", "config", "overrides", "trace_spec"),
        writes=("output", "witness", "shrink", "checkpoint"),
    )


def run(options: argparse.Namespace) -> Status:
    from tlaconform.checking import ChecksInterrupted, judge_traces
    from tlaconform.cli.interrupts import stop_on_interrupt
    from tlaconform.cli.progress import TracesLine, progress_line
    from tlatrace.engine.verdict import Decision
    from tlatrace.errors import TlatraceError

    wrong = wrong_combination(options)
    if wrong:
        print(f"error: {wrong}", file=sys.stderr)
        return Status.WRONG_INPUT
    streams = options.follow or options.checkpoint is not None
    form = None if options.witness is None else witness_format(options)
    if form is not None:
        from tlaconform.checking import Workbench
        from tlaconform.witness import refuse_early

        one = options.traces if options.merge else options.traces[0]
        refuse_early(options.witness, form, one, Workbench(check_options(options)))
    traces = [", ".join(options.traces)] if options.merge else options.traces
    try:
        with progress_line() as line, stop_on_interrupt() if streams else nullcontext() as stop:
            shown = None if line is None else TracesLine(line, len(traces))
            verdicts = judge_traces(
                traces,
                judges(options, stop),
                jobs=options.jobs,
                fail_fast=options.fail_fast,
                progress=None if shown is None else shown.tell,
                arrived=None if shown is None else shown.arrived,
            )
    except ChecksInterrupted as interrupted:
        if interrupted.verdicts:
            write_report(interrupted.verdicts, options.format, options.output)
        _tell_unchecked(len(traces) - len(interrupted.verdicts), "interrupted")
        return Status.INTERRUPTED
    failure: TlatraceError | None = None
    if form is not None:
        try:
            verdicts = [_written(verdicts[0], options, form)]
        except TlatraceError as error:
            failure = error
            verdicts = [_without_witness(verdicts[0], options)]
    write_report(verdicts, options.format, options.output)
    if failure is not None:
        raise failure
    _tell_unchecked(len(traces) - len(verdicts), "--fail-fast")
    if stop is not None and stop.is_set() and verdicts[0].decision is not Decision.REJECTED:
        print("interrupted", file=sys.stderr)
        return Status.INTERRUPTED
    return combined(map(status_of, verdicts))


def _written(verdict: Verdict, options: argparse.Namespace, form: str) -> Verdict:
    """The verdict without its witness, which goes to its file, unless the report is to have it too."""
    from tlaconform.checking import Workbench
    from tlaconform.witness import write_witness

    trace = options.traces if options.merge else options.traces[0]
    write_witness(options.witness, form, verdict, trace, Workbench(check_options(options)))
    return _without_witness(verdict, options)


def _without_witness(verdict: Verdict, options: argparse.Namespace) -> Verdict:
    return verdict if options.keep_witness else replace(verdict, witness=None)


def _tell_unchecked(count: int, because: str) -> None:
    if count:
        traces = "one trace has" if count == 1 else f"{count} traces have"
        print(f"{because}: {traces} no verdict", file=sys.stderr)


def status_of(verdict: Verdict) -> Status:
    """What one verdict means for the exit status."""
    from tlatrace.engine.verdict import Decision

    if verdict.bug_report:
        return Status.OUR_BUG
    if verdict.decision is Decision.ACCEPTED and verdict.strength.is_too_low:
        return Status.DOES_NOT_CONFORM
    return of_decision(verdict.decision)


def write_report(verdicts: Sequence[Verdict], form: str, output: Path | None) -> None:
    """The verdicts as ``terminal``, ``json``, ``junit`` or ``sarif``, to a file or to standard output."""
    from tlaconform.files import write_whole
    from tlaconform.report import Style, json_report, junit_report, render_verdicts, sarif_report

    if form == "json":
        report = json_report(verdicts)
    elif form == "junit":
        report = junit_report(verdicts)
    elif form == "sarif":
        report = sarif_report(verdicts)
    else:
        use_color = output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ
        report = render_verdicts(verdicts, Style(use_color=use_color))
    if output is not None:
        write_whole(output, report)
    else:
        write_out(report)
