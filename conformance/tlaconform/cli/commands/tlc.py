"""``conformance tlc TRACE...``: the question that ``check`` answers, asked of TLC."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tlaconform.cli.options import add_specification, seconds
from tlaconform.cli.status import Status, combined

if TYPE_CHECKING:
    from tlaconform.tlc_judge import TlcJudgement


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "tlc",
        help="have TLC judge recorded traces",
        description="Writes the specification's actions, the mapping and the traces as one module that stock TLC "
        "understands, and has TLC judge the traces: a second opinion on `conformance check`, without its explanations.",
    )
    parser.add_argument("traces", nargs="+", metavar="TRACE", help="NDJSON, also .gz; - is standard input")
    add_specification(parser, required=True)
    parser.add_argument("--merge", action="store_true", help="the files are logs of one trace")
    parser.add_argument("--time-limit", type=seconds, metavar="SECONDS", help="for one trace; reached: undecided")
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="leave the module and its configuration in this folder"
    )
    parser.add_argument("--format", choices=("terminal", "json"), default="terminal")
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> Status:
    from tlacheck import TlacheckError
    from tlaconform.errors import ConformanceError

    if options.traces.count("-") > 1:
        raise ConformanceError("standard input (-) can be read only once; expected it once among the traces")
    try:
        judgements = _judgements(options)
    except TlacheckError as error:
        raise ConformanceError(str(error)) from None
    sys.stdout.write(_json(judgements) if options.format == "json" else _terminal(judgements))
    return combined(map(status_of, judgements))


def _judgements(options: argparse.Namespace) -> list[TlcJudgement]:
    """By one module for many traces that TLC reads by itself, or, where we have to read the events for it, by one for
    each."""
    from tlaconform.checking import CheckOptions, Trace, Workbench
    from tlaconform.export import judge_by_export
    from tlaconform.mapping import read_mapping
    from tlaconform.tlc_judge import judge_traces, what_is_not_generated
    from tlatrace.compile import run_with_deep_stack

    if options.merge or what_is_not_generated(read_mapping(options.map)) is not None:
        traces: list[Trace] = [options.traces] if options.merge else list(options.traces)
        workbench = Workbench(
            CheckOptions(spec=options.spec, mapping=options.map, config=options.config, library=tuple(options.lib))
        )
        return run_with_deep_stack(
            lambda: judge_by_export(traces, workbench, time_limit=options.time_limit, keep=options.keep)
        )
    return judge_traces(
        options.traces,
        spec=options.spec,
        mapping=options.map,
        config=options.config,
        library=tuple(options.lib),
        time_limit=options.time_limit,
        keep=options.keep,
    )


def status_of(judgement: TlcJudgement) -> Status:
    """What one judgement means for the exit status."""
    if judgement.accepted:
        return Status.CONFORMS
    return Status.DOES_NOT_CONFORM if judgement.is_decided else Status.UNDECIDED


def _terminal(judgements: list[TlcJudgement]) -> str:
    lines = []
    for judgement in judgements:
        if judgement.accepted:
            lines.append(f"accepted   {judgement.trace}: all {judgement.events} events, in {judgement.seconds:.1f} s")
        elif judgement.is_decided:
            lines.append(f"rejected   {_place(judgement)}: no action explains this event")
        else:
            lines.append(f"undecided  {_place(judgement)}: {judgement.undecided_because}")
    return "".join(f"{line}\n" for line in lines)


def _place(judgement: TlcJudgement) -> str:
    return judgement.trace if judgement.line is None else f"{judgement.trace}:{judgement.line}"


def _json(judgements: list[TlcJudgement]) -> str:
    words = {Status.CONFORMS: "accepted", Status.DOES_NOT_CONFORM: "rejected", Status.UNDECIDED: "undecided"}
    found = [
        {
            "trace": judgement.trace,
            "verdict": words[status_of(judgement)],
            "line": judgement.line,
            "reason": judgement.undecided_because,
            "events": judgement.events,
            "seconds": round(judgement.seconds, 3),
            "distinct_states": judgement.distinct_states,
        }
        for judgement in judgements
    ]
    return json.dumps(found, indent=2) + "\n"
