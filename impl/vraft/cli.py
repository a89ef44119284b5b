"""The command ``vraft``.

Exit status: 0 all is as the scenario demands; 1 it is not, or a property of Raft was violated; 2 the command or a file
is wrong; 4 our own bug (a report file is named); 130 interrupted.  Of ``vraft log``, see :mod:`vraft.log_commands`.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence

from vraft import __version__
from vraft.core import FEATURE_NAMES, Features, InputError, read_features
from vraft.emulator import EmulatorError, Result, Runner, Scenario, ScenarioError, builtin_names, load_scenario
from vraft.emulator.document import shown
from vraft.emulator.options import NODES_MAX
from vraft.emulator.scenario import SEED_MAX
from vraft.log_commands import add_log_commands, run_log_command
from vraft.output import OutputError, discard, finish, json_text, prepare, say
from vraft.storage import StorageError
from vraft.tracing import TraceWriter

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_BAD_INPUT = 2
EXIT_BUG = 4
EXIT_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the only place where an exception becomes an exit status."""
    prepare()
    try:
        options = _parser().parse_args(arguments)
        status = run_log_command(options) if options.command == "log" else _emulate(options)
        finish()
        return status
    except SystemExit as exit_:  # From argparse, which has already said why.
        return exit_.code if isinstance(exit_.code, int) else EXIT_BAD_INPUT
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has had enough; keep Python from complaining about it at exit.
        discard()
        return EXIT_BAD_INPUT
    except OutputError as error:
        discard()
        return _complain(f"cannot write to standard output: {error}")
    except (EmulatorError, StorageError) as error:
        return _complain(str(error))
    except OSError as error:
        return _complain(f"{error.filename or 'vraft'}: {error.strerror or error}")
    except Exception as error:
        return _report_bug(error)


def _complain(text: str) -> int:
    print(f"error: {text}", file=sys.stderr)
    return EXIT_BAD_INPUT


def _report_bug(error: Exception) -> int:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="vraft-bug-", suffix=".txt", delete=False) as report:
        report.write(f"vraft {__version__}, Python {sys.version}\n{sys.argv}\n\n")
        traceback.print_exception(error, file=report)
    print(f"error: this is a bug in vraft: {type(error).__name__}: {error}; report: {report.name}", file=sys.stderr)
    return EXIT_BUG


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="vraft", description="Raft, and an emulator that runs whole clusters of it.")
    parser.add_argument("--version", action="version", version=f"vraft {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    emulate = commands.add_parser(
        "emulate",
        help="run a scenario on an emulated cluster",
        description="Run a scenario on an emulated cluster, under a virtual clock; the same seed gives the same run.",
    )
    emulate.add_argument("scenario", nargs="?", metavar="SCENARIO", help="a YAML file, or the name of a built-in one")
    emulate.add_argument("--list", action="store_true", help="list the built-in scenarios")
    emulate.add_argument("--trace", metavar="OUT", help="write the trace here (NDJSON; '-' is standard output; .gz)")
    emulate.add_argument("--seed", type=_integer(0, SEED_MAX), metavar="N", help="instead of the scenario's seed")
    emulate.add_argument("--nodes", type=_integer(1, NODES_MAX), metavar="N", help="so many servers, named n1, n2, …")
    emulate.add_argument(
        "--features",
        type=_features,
        metavar="LIST",
        help=f"instead of the scenario's features: some of {', '.join(FEATURE_NAMES)}, with commas between; or 'none'",
    )
    emulate.add_argument("--json", action="store_true", help="print the summary as JSON")
    add_log_commands(commands)
    return parser


def _integer(low: int, high: int) -> Callable[[str], int]:
    """What argparse needs for an integer within bounds."""

    def read(text: str) -> int:
        # No bound has more digits than its text, and Python refuses to read some thousands of them.
        if text.isascii() and text.isdigit() and len(text) <= len(str(high)) and low <= int(text) <= high:
            return int(text)
        raise argparse.ArgumentTypeError(f"expected an integer from {low} to {high}, found {shown(text)}")

    return read


def _features(text: str) -> Features:
    """What argparse needs for a list of features."""
    try:
        return read_features(text)
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


# emulate --------------------------------------------------------------------------------------------------------------


def _emulate(options: argparse.Namespace) -> int:
    if options.list:
        for name in builtin_names():
            say(f"{name:15} {load_scenario(name).about}")
        return EXIT_OK
    if options.scenario is None:
        raise ScenarioError("vraft emulate", 1, 1, "which scenario? Give a file or a name; --list shows the names")
    scenario = load_scenario(options.scenario, seed=options.seed, nodes=options.nodes, features=options.features)
    if options.trace is not None and _is_same_file(options.scenario, options.trace):
        raise EmulatorError(f"{options.trace}: --trace would overwrite the scenario; expected another file")
    result = _run(scenario, options.trace)
    # Where the trace goes to standard output, what is for people goes out of its way.
    text = json_text(result.as_json()) if options.json else _for_people(result)
    if options.trace == "-":
        print(text, file=sys.stderr)
    else:
        say(text)
    return EXIT_OK if result.ok else EXIT_FAILED


def _is_same_file(one: str, other: str) -> bool:
    return os.path.exists(one) and os.path.exists(other) and os.path.samefile(one, other)


def _run(scenario: Scenario, trace: str | None) -> Result:
    if trace is None:
        return Runner(scenario).run()
    try:
        with TraceWriter(trace) as writer:
            writer.write(scenario.header(version=__version__))
            return Runner(scenario, on_event=writer.write).run()
    except BrokenPipeError:
        raise
    except OSError as error:
        # The system names the temporary file, or none where a write fails.
        why = error.strerror or str(error)
        raise OutputError(why) if trace == "-" else EmulatorError(f"{trace}: {why}") from None


def _for_people(result: Result) -> str:
    summary = result.summary
    rows = [
        ("scenario", f"{result.scenario}, seed {result.seed}, {summary.nodes} servers"),
        ("virtual time", f"{summary.time_us / 1_000_000:g} s"),
        ("events", f"{summary.events:,}"),
        ("elections", f"{summary.elections}, up to term {summary.term}: {' '.join(summary.leaders) or 'nobody'}"),
        ("leader now", summary.leader or "nobody"),
        ("proposals", f"{summary.accepted:,} accepted, {summary.refused:,} refused"),
        ("committed", f"{summary.committed:,} entries, {summary.values:,} of them from clients"),
        ("faults", f"{summary.crashes} crashes, {summary.restarts} restarts, {summary.steps_lost} unsynced steps lost"),
        (
            "messages",
            f"{summary.sent:,} sent, {summary.delivered:,} delivered, {summary.lost:,} lost, "
            f"{summary.duplicated:,} duplicated",
        ),
    ]
    lines = [f"{name + ':':14} {text}" for name, text in rows]
    lines += [f"FAILED  {failure}" for failure in result.failures]
    lines.append("ok" if result.ok else f"not as it should be: {len(result.failures)} failure(s)")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
