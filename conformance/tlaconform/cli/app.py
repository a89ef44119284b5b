"""The top of ``conformance``: its commands, and the one place where an exception becomes an exit status.

Commands import what they need when they run, so that ``--help`` and ``--version`` start at once.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import metadata
from typing import NoReturn

from tlaconform.bugs import write_bug_report
from tlaconform.cli.options import load_given_overrides
from tlaconform.cli.output import discard_the_rest, survive_any_text
from tlaconform.cli.overwriting import refuse_overwriting
from tlaconform.cli.status import Status

Command = Callable[[argparse.Namespace], Status]


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; ends the process.  A request to terminate (SIGTERM) is an interrupt like Ctrl-C."""
    survive_any_text()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(int(run(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: Sequence[str]) -> Status:
    """Run the command line and return the exit status; errors are printed, nothing is raised."""
    if sys.stdout is None:  # closed by whoever started us
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    parser = build_parser()
    try:
        options = _parsed(parser, arguments)
    except SystemExit as ended:
        return Status.CONFORMS if not ended.code else Status.WRONG_INPUT
    command: Command | None = getattr(options, "command", None)
    if command is None:
        parser.print_help()
        return Status.WRONG_INPUT
    try:
        refuse_overwriting(options)
        load_given_overrides(options)
        return command(options)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return Status.INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (``| head``): not an error of ours, and nothing is left to print to.
        discard_the_rest()
        return Status.CONFORMS
    except OSError as error:
        # Files that we read and write have errors of their own; what is left is the reader's side: a full disk, say.
        print(f"error: {error.strerror or error}", file=sys.stderr)
        return Status.WRONG_INPUT
    except Exception as error:
        return _report(error)


def _parsed(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> argparse.Namespace:
    """The options; traces may stand behind options, too, where argparse takes a list of them to have ended."""
    options, late = parser.parse_known_args(arguments)
    traces: list[str] | None = getattr(options, "traces", None)
    if late and (traces is None or any(item.startswith("-") and item != "-" for item in late)):
        parser.error(f"unrecognized arguments: {' '.join(late)}")
    if traces is not None:
        traces.extend(late)
    return options


def build_parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    from tlaconform.cli import commands

    parser = argparse.ArgumentParser(
        prog="conformance",
        description="Does my implementation obey my TLA+ specification?",
        epilog="exit status: 0 conforms, 1 does not, 2 wrong input or command, 3 undecided at a limit, 4 our own bug, "
        "130 interrupted",
    )
    parser.add_argument("--version", action="version", version=f"conformance {metadata.version('tla-conformance')}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    for add in commands.ALL:
        add(subparsers)
    return parser


def _report(error: Exception) -> Status:
    from tlatrace.errors import TlatraceError

    if isinstance(error, TlatraceError):
        from tlaconform.problems import problems_of
        from tlaconform.report import Style, render_problems

        for line in render_problems(problems_of(error), Style(use_color=False), indent=""):
            print(line if line.startswith((" ", "hint:")) else f"error: {line}", file=sys.stderr)
        return Status.WRONG_INPUT
    if getattr(error, "is_user_error", False):
        print(f"error: {error}", file=sys.stderr)
        return Status.WRONG_INPUT
    name = write_bug_report(error)
    print(
        f"error: this is a bug of conformance ({type(error).__name__}: {error}); please report it with {name}",
        file=sys.stderr,
    )
    return Status.OUR_BUG
