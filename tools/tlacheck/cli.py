"""The command line of this package: arguments in, exit status out. All the work is done elsewhere.

    python -m tlacheck check MANIFEST    run the models and mutations of a manifest
    python -m tlacheck tlc SPEC          one run of TLC
    python -m tlacheck sany SPEC         parse a module
    python -m tlacheck doctor            what of the toolchain works

Exit status: 0 all as expected; 1 not as expected (or the spec is wrong); 2 a bad command, manifest or toolchain;
130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from tlacheck.errors import TlacheckError
from tlacheck.manifest import TIERS, Entry, load_manifest
from tlacheck.process import terminate_as_interrupt
from tlacheck.report import doctor_text, sany_text, suite_json, suite_table, tlc_json, tlc_text
from tlacheck.results import Outcome, Progress
from tlacheck.sany import run_sany
from tlacheck.suite import EntryResult, run_suite, select
from tlacheck.tlc import DEFAULT_JAVA_OPTIONS, run_tlc
from tlacheck.toolchain import describe_toolchain, find_toolchain

#: Often enough to look alive, seldom enough to cost nothing.
PROGRESS_INTERVAL_S = 0.5
EXIT_OK, EXIT_UNEXPECTED, EXIT_BAD_INPUT, EXIT_INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    arguments = _parser().parse_args(argv)
    try:
        with terminate_as_interrupt():
            return int(arguments.run(arguments))
    except TlacheckError as error:
        print(f"tlacheck: {error}", file=sys.stderr)
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        print("tlacheck: interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; the interpreter must not try to flush it once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_UNEXPECTED


def _check(arguments: argparse.Namespace) -> int:
    manifest = load_manifest(arguments.manifest)
    names = [entry.name for entry in manifest.entries]
    for name in arguments.only:
        if name not in names:
            print(f"tlacheck: {arguments.manifest} has no entry {name!r}; it has {', '.join(names)}", file=sys.stderr)
            return EXIT_BAD_INPUT
    with _ProgressLine(len(select(manifest, tier=arguments.tier, only=arguments.only))) as progress:
        suite = run_suite(
            manifest,
            tier=arguments.tier,
            only=arguments.only,
            jobs=arguments.jobs,
            time_limit_s=arguments.time_limit,
            java_options=(*DEFAULT_JAVA_OPTIONS, *arguments.java_option),
            observe=progress.observe,
        )
    print(json.dumps(suite_json(suite), indent=2) if arguments.format == "json" else suite_table(suite))
    return EXIT_OK if suite.ok else EXIT_UNEXPECTED


def _tlc(arguments: argparse.Namespace) -> int:
    result = run_tlc(
        arguments.spec,
        arguments.config,
        workers=arguments.workers,
        deadlock=not arguments.no_deadlock,
        time_limit_s=arguments.time_limit,
        java_options=(*DEFAULT_JAVA_OPTIONS, *arguments.java_option),
        library=arguments.library,
    )
    print(json.dumps(tlc_json(result), indent=2) if arguments.format == "json" else tlc_text(result))
    return EXIT_OK if result.outcome is Outcome.SUCCESS else EXIT_UNEXPECTED


def _sany(arguments: argparse.Namespace) -> int:
    result = run_sany(arguments.spec, library=arguments.library)
    print(sany_text(result))
    return EXIT_OK if result.ok else EXIT_UNEXPECTED


def _doctor(arguments: argparse.Namespace) -> int:
    if arguments.fetch:
        find_toolchain()
    checks = describe_toolchain()
    print(doctor_text(checks))
    # Without Maven everything may work all the same.
    return EXIT_OK if all(check.ok for check in checks if check.name != "Maven") else EXIT_BAD_INPUT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tlacheck", description="Run SANY and TLC and compare with what is expected.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    check = commands.add_parser("check", help="run the models and mutations of a manifest")
    check.add_argument("manifest", type=Path, metavar="MANIFEST")
    check.add_argument("--tier", choices=TIERS, default="ci", help="nightly runs the ci entries too (default: ci)")
    check.add_argument("--only", nargs="+", default=[], metavar="NAME", help="only these entries, whatever their tier")
    check.add_argument("--jobs", type=_positive_integer, default=1, metavar="N", help="runs side by side (default: 1)")
    _add_common(check)
    check.set_defaults(run=_check)

    tlc = commands.add_parser("tlc", help="run TLC once")
    tlc.add_argument("spec", type=Path, metavar="SPEC")
    tlc.add_argument("--config", type=Path, metavar="CFG", help="default: the spec's name with .cfg")
    tlc.add_argument("--workers", type=_positive_integer, default=1, metavar="N")
    tlc.add_argument("--no-deadlock", action="store_true", help="a deadlock is not an error")
    tlc.add_argument("--library", type=Path, action="append", default=[], metavar="DIR", help="more modules are here")
    _add_common(tlc)
    tlc.set_defaults(run=_tlc)

    sany = commands.add_parser("sany", help="parse a module and all that it extends")
    sany.add_argument("spec", type=Path, metavar="SPEC")
    sany.add_argument("--library", type=Path, action="append", default=[], metavar="DIR", help="more modules are here")
    sany.set_defaults(run=_sany)

    doctor = commands.add_parser("doctor", help="say what of the toolchain works and what to do")
    doctor.add_argument("--fetch", action="store_true", help="fetch tla2tools.jar if it is not there")
    doctor.set_defaults(run=_doctor)
    return parser


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--time-limit", type=_positive_number, metavar="S", help="seconds for each run (default: none)")
    parser.add_argument(
        "--java-option", action="append", default=[], metavar="OPTION", help="such as --java-option=-Xmx2g"
    )
    parser.add_argument("--format", choices=("terminal", "json"), default="terminal")


def _positive_integer(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive integer")
    return int(text)


def _positive_number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < threading.TIMEOUT_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number of seconds")
    return number


class _ProgressLine:
    """One line on standard error that is written over, when that is a terminal; nothing otherwise."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._ended = 0
        self._lock = threading.Lock()
        self._running: dict[str, Progress | None] = {}
        self._started = time.monotonic()
        self._closed = threading.Event()
        # TLC reports once a minute; the seconds show that it is alive in between.
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> _ProgressLine:
        if sys.stderr.isatty():
            self._ticker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        if self._ticker.is_alive():
            self._ticker.join()
            self._write("")

    def observe(self, entry: Entry, news: Progress | EntryResult | None) -> None:
        with self._lock:
            if isinstance(news, EntryResult):
                self._running.pop(entry.name, None)
                self._ended += 1
            else:
                self._running[entry.name] = news

    def _tick(self) -> None:
        while not self._closed.wait(PROGRESS_INTERVAL_S):
            with self._lock:
                running = ", ".join(map(_running, self._running.items()))
                self._write(f"[{self._ended}/{self._total}] {time.monotonic() - self._started:.0f} s  {running}")

    def _write(self, line: str) -> None:
        columns = os.get_terminal_size(sys.stderr.fileno()).columns
        sys.stderr.write("\r\x1b[K" + line[: max(0, columns - 1)])
        sys.stderr.flush()


def _running(item: tuple[str, Progress | None]) -> str:
    name, progress = item
    if progress is None:
        return name
    count = progress.distinct_states if progress.distinct_states is not None else progress.states_generated
    return f"{name}: {count:,} states"
