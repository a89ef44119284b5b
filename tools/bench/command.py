"""What the benchmarks that are commands have in common: their options, how they end, and with which status."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from bench.errors import BenchError
from tlacheck import ToolchainError, find_toolchain

EXIT_OK, EXIT_FAILED, EXIT_INTERRUPTED = 0, 1, 130


def option_parser(
    name: str,
    about: str | None,
    *,
    quick: str = "less of everything, in a few seconds",
    large: str | None = None,
    beside_tlc: bool = False,
    writes_json: bool = True,
) -> argparse.ArgumentParser:
    """The options that the benchmark ``name`` shares with others; ``quick`` and ``large`` say what these options do."""
    parser = argparse.ArgumentParser(prog=name, description=about)
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument("--quick", action="store_true", help=quick)
    if large is not None:
        amount.add_argument("--large", action="store_true", help=large)
    if beside_tlc:
        parser.add_argument("--no-tlc", action="store_true", help="do not run TLC")
    if writes_json:
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too")
    return parser


def has_tlc(options: argparse.Namespace) -> bool:
    """Whether TLC is to be run (``--no-tlc``), and is there."""
    if options.no_tlc:
        return False
    try:
        find_toolchain()
    except ToolchainError:
        return False
    return True


def write_json(options: argparse.Namespace, record: Callable[[], object]) -> None:
    """Write the results where ``--json`` says, if it does."""
    if options.json is not None:
        options.json.write_text(json.dumps(record(), indent=2) + "\n", encoding="utf-8")


def status_of(
    measure: Callable[[], int], *, failures: tuple[type[Exception], ...] = (), clear: Callable[[], None] = lambda: None
) -> int:
    """The exit status: that of ``measure``, or of what kept it from its end, which is told.

    ``failures`` are told as a :class:`BenchError` and an :class:`OSError` are; any other exception is a bug.  ``clear``
    makes room for the message.
    """
    try:
        return measure()
    except (BenchError, OSError, *failures) as error:
        clear()
        print(f"error: {error}", file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        clear()
        print("interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
