"""The options of ``conformance check``: what they are, which go together, and what they ask for."""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tlaconform.cli.options import add_specification, jobs, positive, seconds, share, whole

if TYPE_CHECKING:
    import threading

    from tlaconform.checking import CheckOptions, MakeJudge, Streaming

BLAME_SECONDS = 2.0
"""What a person waits for an answer that was not asked for."""

FORMATS = ("terminal", "json", "junit", "sarif")


def add_check_options(parser: argparse.ArgumentParser) -> None:
    """Everything that ``conformance check`` can be told."""
    parser.add_argument("traces", nargs="+", metavar="TRACE", help="a file, also .gz; - is standard input")
    against = parser.add_argument_group("what the traces are checked against")
    add_specification(against, required=False, of_whom="; both, unless --trace-spec is given")
    against.add_argument("--reader", metavar="NAME", help="the format of the traces; found by looking, if not given")
    _add_trace_spec(parser)
    limits = parser.add_argument_group("limits, at which a trace is undecided")
    limits.add_argument("--time-limit", type=seconds, metavar="SECONDS", help="for one trace")
    limits.add_argument("--max-frontier", type=positive, metavar="N", help="states that may explain a trace at once")
    limits.add_argument(
        "--max-depth", type=positive, metavar="N", help="events judged in a trace, or levels of a search"
    )
    parser.add_argument(
        "--search",
        choices=("breadth", "depth", "mixed"),
        help="the order in which the ways through a trace are searched: breadth-first, so that all states that explain "
        "it are known; depth-first, until one way is found; or breadth-first as long as the states are few, which is "
        "the rule. With --trace-spec: breadth, or depth as TLC with its StateDeque",
    )
    demands = parser.add_argument_group("what is asked of a trace")
    demands.add_argument(
        "--torn-tail", choices=("error", "cut"), default="error", help="what to do with a last line that was cut short"
    )
    demands.add_argument(
        "--min-strength", type=share, default=0.0, metavar="0..1", help="fail where a verdict rests on less"
    )
    several = parser.add_argument_group("several traces, or several logs of one")
    several.add_argument(
        "--merge",
        action="store_true",
        help="the files are logs of one trace; `order:` of the mapping says how they go together",
    )
    several.add_argument(
        "--jobs", type=jobs, default=os.cpu_count() or 1, metavar="N", help="traces checked at the same time"
    )
    several.add_argument("--fail-fast", action="store_true", help="end at the first trace that is not accepted")
    _add_questions(parser)
    _add_streaming(parser)
    report = parser.add_argument_group("the report")
    one_format = report.add_mutually_exclusive_group()
    one_format.add_argument("--format", choices=FORMATS, default="terminal")
    one_format.add_argument(
        "--json", dest="format", action="store_const", const="json", help="the same as --format json"
    )
    report.add_argument(
        "--witness",
        type=Path,
        metavar="FILE",
        help="write a behavior that explains the events of the one TRACE, as far as they are explained: .itf.json, "
        ".json as TLC's, .shiviz",
    )
    report.add_argument("--witness-format", choices=("itf", "tlc", "shiviz"), help="where the name does not tell it")
    report.add_argument(
        "--keep-witness", action="store_true", help="put such a behavior into the JSON report, as changes"
    )
    report.add_argument("--output", type=Path, metavar="FILE", help="write the report there")


def _add_streaming(parser: argparse.ArgumentParser) -> None:
    written = parser.add_argument_group(
        "a trace that is being written",
        "One TRACE, judged as it comes, until it is rejected or its writer ends it. Ctrl-C gives the verdict on what "
        "there was of it; the exit status is then 130 unless it was rejected.",
    )
    written.add_argument(
        "--follow",
        action="store_true",
        help="wait for more at the end of the file; TRACE may also be a pipe, or a socket that is listened on for one "
        "connection: tcp://HOST:PORT or unix:PATH",
    )
    written.add_argument(
        "--follow-idle", type=seconds, metavar="SECONDS", help="end when nothing has come for that time (with --follow)"
    )
    written.add_argument(
        "--checkpoint",
        type=Path,
        metavar="FILE",
        help="go on from what this file holds, if it is there, and write there how far the check has come",
    )
    written.add_argument(
        "--checkpoint-every",
        type=positive,
        metavar="EVENTS",
        help="write it after so many events, and at the end (every 30 seconds)",
    )


def _add_questions(parser: argparse.ArgumentParser) -> None:
    rejected = parser.add_argument_group("what is asked of a rejected trace")
    rejected.add_argument(
        "--blame",
        action=argparse.BooleanOptionalAction,
        help="whether a small change of the log (a wrong field, a line that is missing, doubled or misplaced) would "
        f"make the trace pass; asked for {BLAME_SECONDS:g} seconds in the terminal report if neither is given",
    )
    rejected.add_argument(
        "--shrink", type=Path, metavar="FILE", help="write the smallest part that is rejected for the same reason"
    )
    accepted = parser.add_argument_group("what is asked of an accepted trace")
    accepted.add_argument(
        "--sensitivity",
        type=positive,
        default=0,
        metavar="N",
        help="how many of N edits (wrong values, dropped and swapped events) would have been rejected",
    )
    accepted.add_argument("--seed", type=whole, metavar="N", help="draws the edits: the same seed, the same edits (0)")
    accepted.add_argument("--advise", action="store_true", help="what to log where several states explain the trace")


def _add_trace_spec(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "trace specifications",
        "A module that reads the trace itself, run as TLC runs it: the verdict is what its properties, deadlock check "
        "and postcondition say.",
    )
    group.add_argument(
        "--trace-spec", type=Path, metavar="MODULE.tla", help="the module; --config MODULE.cfg beside it, if not given"
    )
    group.add_argument(
        "--env",
        action="append",
        default=[],
        type=_assignment,
        metavar="NAME=VALUE",
        help="adds to IOEnv, where JSON and TRACE_PATH are the trace's path; repeatable",
    )
    group.add_argument("--no-deadlock", action="store_true", help="a state without successors is no error")
    group.add_argument("--max-states", type=positive, metavar="N", help="distinct states; beyond: undecided")


def _assignment(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not name or not sign:
        raise argparse.ArgumentTypeError(f"{text} is not NAME=VALUE")
    return name, value


def wrong_combination(options: argparse.Namespace) -> str:
    """What cannot be meant, in one sentence; nothing where all is well."""
    if options.traces.count("-") > 1:
        return "standard input (-) can be read only once"
    streams = _wrong_for_one(options)
    if streams:
        return streams
    if options.trace_spec is None:
        missing = [f"--{name}" for name in ("spec", "map") if getattr(options, name) is None]
        if missing:
            return f"the following arguments are required: {', '.join(missing)} (or --trace-spec)"
        given = [f"--{name}" for name in ("env", "no_deadlock", "max_states") if getattr(options, name)]
        of_whom = "without --trace-spec"
    else:
        names = (
            "spec",
            "map",
            "reader",
            "max_frontier",
            "min_strength",
            "follow",
            "checkpoint",
            "merge",
            "witness",
            "keep_witness",
            "blame",
            "shrink",
            "sensitivity",
            "advise",
        )
        given = [f"--{name}" for name in names if getattr(options, name)]
        given += [] if options.torn_tail == "error" else ["--torn-tail"]
        given += ["--search mixed"] if options.search == "mixed" else []
        of_whom = "with --trace-spec, which reads the trace itself"
    if given:
        return f"{', '.join(given).replace('_', '-')} has no meaning {of_whom}"
    return ""


def _wrong_for_one(options: argparse.Namespace) -> str:
    traces = options.traces
    if len(traces) > 1 and not options.merge and (options.follow or options.checkpoint is not None):
        return f"--follow and --checkpoint are for one trace; expected one, not {len(traces)}"
    if options.search == "depth":
        names = [f"--{name}" for name in ("follow", "checkpoint", "sensitivity", "advise") if getattr(options, name)]
        if names:
            return (
                f"--search depth knows the whole trace, and one way through it; {' and '.join(names)} cannot be had "
                "with it. Expected --search breadth, or mixed"
            )
    if options.witness is not None and len(traces) > 1 and not options.merge:
        return f"--witness is for one trace; expected one, not {len(traces)}"
    if options.shrink is not None and len(traces) > 1 and not options.merge:
        return f"--shrink is for one trace; expected one, not {len(traces)}"
    if options.witness_format is not None and options.witness is None:
        return "--witness-format says how --witness is written; expected both"
    if options.seed is not None and not options.sensitivity:
        return "--seed draws the edits of --sensitivity; expected both"
    twice = sorted({trace for trace in traces if options.merge and traces.count(trace) > 1})
    if twice:
        return f"{', '.join(twice)}: given twice; a log of a trace is merged once"
    if options.follow_idle is not None and not options.follow:
        return "--follow-idle says when --follow ends; expected both"
    if options.checkpoint_every is not None and options.checkpoint is None:
        return "--checkpoint-every says how often --checkpoint is written; expected both"
    if not options.follow:
        for trace in traces:
            if trace.startswith(("tcp://", "unix:")) and not Path(trace).exists():
                return f"{trace} is a socket, which is listened on with --follow; expected that option"
    return ""


def judges(options: argparse.Namespace, stop: threading.Event | None) -> MakeJudge:
    """What judges the traces; once ``stop`` is set, it ends the trace that it is at."""
    if options.trace_spec is None:
        from tlaconform.checking.judges import MappingJudge

        return partial(
            MappingJudge,
            check_options(options),
            None if stop is None else _streaming(options, stop),
            options.traces if options.merge else None,
        )
    from tlaconform.trace_specs import TraceSpecJudge, TraceSpecOptions

    return partial(
        TraceSpecJudge,
        TraceSpecOptions(
            spec=options.trace_spec,
            config=options.config,
            library=tuple(options.lib),
            environment=dict(options.env),
            is_depth_first=options.search == "depth",
            check_deadlock=False if options.no_deadlock else None,
            max_depth=options.max_depth,
            max_states=options.max_states,
            time_limit=options.time_limit,
        ),
    )


def witness_format(options: argparse.Namespace) -> str:
    """How ``--witness`` is written; asked for before there is one.

    Raises:
        ConformanceError: nothing tells.
    """
    from tlaconform.witness import format_of

    return format_of(options.witness, options.witness_format)


def check_options(options: argparse.Namespace) -> CheckOptions:
    from tlaconform.checking import CheckOptions
    from tlatrace.engine.match import FRONTIER_STATES_MAX, SearchOrder

    return CheckOptions(
        spec=options.spec,
        mapping=options.map,
        reader=options.reader,
        config=options.config,
        library=tuple(options.lib),
        torn_tail=options.torn_tail,
        max_frontier=options.max_frontier or FRONTIER_STATES_MAX,
        max_events=options.max_depth,
        search=SearchOrder(options.search or SearchOrder.MIXED.value),
        time_limit=options.time_limit,
        min_strength=options.min_strength,
        keep_witness=options.keep_witness or options.witness is not None,
        blame=options.format == "terminal" if options.blame is None else options.blame,
        blame_seconds=BLAME_SECONDS if options.blame is None else None,
        shrink=options.shrink,
        sensitivity=options.sensitivity,
        seed=options.seed or 0,
        advise=options.advise,
    )


def _streaming(options: argparse.Namespace, stop: threading.Event) -> Streaming:
    from tlaconform.checking import Streaming
    from tlatrace.traces.growing import Patience

    def resumed(events: int, line: int | None) -> None:
        print(f"going on after {events:,} events, the last in line {line} ({options.checkpoint})", file=sys.stderr)

    return Streaming(
        patience=Patience(options.follow_idle, stop.is_set) if options.follow else None,
        checkpoint=options.checkpoint,
        checkpoint_events=options.checkpoint_every,
        stop=stop.is_set,
        resumed=resumed,
    )
