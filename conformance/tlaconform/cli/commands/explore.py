"""``conformance explore SPEC.tla``: every reachable state, as TLC explores them."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tlaconform.cli.options import add_library, add_overrides, jobs, positive, seconds, whole
from tlaconform.cli.output import write_out
from tlaconform.cli.status import Status

if TYPE_CHECKING:
    from tlaconform.cli.progress import ProgressLine
    from tlatrace.engine.explore import Exploration, Progress
    from tlatrace.engine.explore.progress import Tell


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "explore",
        help="explore all states of a specification",
        description="Breadth-first, as TLC does it, with TLC's results and TLC's counts: invariants, deadlock, "
        "properties, assumptions. A violation is shown as the shortest list of states that leads to it.",
    )
    parser.add_argument("spec", type=Path, metavar="SPEC.tla", help="the specification")
    parser.add_argument(
        "--config", type=Path, metavar="FILE.cfg", help="its configuration; SPEC.cfg beside it, if not given"
    )
    add_library(parser)
    add_overrides(parser)
    parser.add_argument("--no-deadlock", action="store_true", help="a state without successors is no error")
    parser.add_argument("--max-depth", type=positive, metavar="N", help="states on a path at most; beyond: undecided")
    parser.add_argument("--max-states", type=positive, metavar="N", help="distinct states at most; beyond: undecided")
    parser.add_argument("--time-limit", type=seconds, metavar="SECONDS", help="when it is reached: undecided")
    parser.add_argument("--jobs", type=jobs, default=1, metavar="N", help="processes that make successors (1)")
    parser.add_argument("--seed", type=whole, default=0, metavar="N", help="for RandomElement (0)")
    parser.add_argument("--dump", type=Path, metavar="FILE", help="write the state graph: .json, or .dot as TLC's")
    parser.add_argument("--full", action="store_true", help="show whole states, not only what changed")
    parser.add_argument("--format", choices=("terminal", "json"), default="terminal")
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    parser.set_defaults(command=run, reads=("spec", "config"), writes=("dump",))


def run(options: argparse.Namespace) -> Status:
    from tlaconform.cli.progress import progress_line
    from tlaconform.explore import ExploreRequest, explore_spec
    from tlaconform.report.exploration import exploration_json, invalid_json, render_exploration
    from tlaconform.report.terminal import Style
    from tlatrace.engine.explore import ExploreOptions, Limits
    from tlatrace.errors import TlatraceError

    as_json = options.format == "json"
    if options.dump is not None:
        from tlaconform.report.state_graph import check_dump_name

        check_dump_name(options.dump)

    def tell_config(config: Path | None) -> None:
        if options.config is None:
            beside = options.spec.with_suffix(".cfg").name
            used = f"with {config}" if config is not None else f"without a configuration (there is no {beside})"
            print(f"exploring {options.spec} {used}", file=sys.stderr)

    with progress_line() as line:
        request = ExploreRequest(
            spec=options.spec,
            config=options.config,
            library=tuple(options.lib),
            options=ExploreOptions(
                check_deadlock=False if options.no_deadlock else None,
                limits=Limits(depth=options.max_depth, states=options.max_states, seconds=options.time_limit),
                keep_graph=options.dump is not None,
                seed=options.seed,
                jobs=options.jobs,
                tell=None if line is None else _teller(line),
            ),
        )
        try:
            outcome = explore_spec(request, on_loaded=tell_config)
        except TlatraceError as error:
            if as_json:
                write_out(invalid_json(options.spec, error))
            raise
    if options.dump is not None:
        from tlaconform.report.state_graph import write_graph

        write_graph(options.dump, outcome)
    if as_json:
        write_out(exploration_json(outcome))
    else:
        use_color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        write_out(render_exploration(outcome, Style(use_color=use_color), full=options.full))
    return status_of(outcome.exploration)


def status_of(exploration: Exploration) -> Status:
    """What a result means for the exit status."""
    from tlatrace.engine.explore import Result

    return {
        Result.SUCCESS: Status.CONFORMS,
        Result.ERROR: Status.WRONG_INPUT,
        Result.UNDECIDED: Status.UNDECIDED,
    }.get(exploration.result, Status.DOES_NOT_CONFORM)


def _teller(line: ProgressLine) -> Tell:
    started = time.monotonic()

    def tell(progress: Progress) -> None:
        def text() -> str:
            rate = progress.generated / max(time.monotonic() - started, 0.001)
            return (
                f"{progress.distinct:,} states, {progress.generated:,} generated ({rate:,.0f}/s), "
                f"depth {progress.depth}, {progress.queue:,} in the queue"
            )

        line.show(text)

    return tell
