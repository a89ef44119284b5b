"""Options that several commands have, under one name each."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

Arguments = argparse._ActionsContainer
"""A parser, or a group of its options."""


def positive(text: str) -> int:
    """A whole number, 1 or more."""
    return _number(int, text, "a whole number of 1 or more", lambda number: number >= 1)


JOBS_MAX = 256
"""More processes than this are a slip of the hand, and would take a machine down rather than be of use."""


def jobs(text: str) -> int:
    """How many processes at once: from 1 to ``JOBS_MAX``."""
    return _number(int, text, f"a whole number from 1 to {JOBS_MAX}", lambda number: 1 <= number <= JOBS_MAX)


def whole(text: str) -> int:
    """A whole number, such as a seed."""
    return _number(int, text, "a whole number", lambda number: True)


def seconds(text: str) -> float:
    """A time above 0."""
    return _number(float, text, "a number of seconds above 0", lambda number: 0 < number < float("inf"))


def share(text: str) -> float:
    """A number from 0 to 1."""
    return _number(float, text, "a number from 0 to 1", lambda number: 0 <= number <= 1)


_Number = TypeVar("_Number", int, float)


def _number(kind: Callable[[str], _Number], text: str, expected: str, fits: Callable[[_Number], bool]) -> _Number:
    """The number that an argument is, if it fits; ``expected`` says what would."""
    with suppress(ValueError):  # Also where there are more digits than Python reads.
        number = kind(text)
        if fits(number):
            return number
    shown = repr(text) if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]!r} and {len(text) - SHOWN_MAX:,} more"
    raise argparse.ArgumentTypeError(f"expected {expected}, found {shown}")


SHOWN_MAX = 60
"""Characters of an argument that a message repeats."""


def folder(text: str) -> Path:
    """A folder that is there."""
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is not a folder")
    return path


def add_specification(parser: Arguments, *, required: bool, of_whom: str = "; Raft's own, if not given") -> None:
    """``--spec``, ``--map``, ``--config`` and ``--lib``."""
    default = "" if required else of_whom
    parser.add_argument("--spec", required=required, type=Path, metavar="FILE.tla", help=f"the specification{default}")
    parser.add_argument(
        "--map",
        required=required,
        type=Path,
        metavar="FILE.yaml",
        help=f"how events speak of the specification{default}",
    )
    parser.add_argument(
        "--config", type=Path, metavar="FILE.cfg", help="constants, and invariants and properties to check on the way"
    )
    add_library(parser)
    add_overrides(parser)


def add_library(parser: Arguments) -> None:
    """``--lib``"""
    parser.add_argument(
        "--lib",
        action="append",
        default=[],
        type=folder,
        metavar="DIR",
        help="where to look for modules beside the specification's own folder, before those of TLA_PATH; repeatable",
    )


def add_overrides(parser: Arguments) -> None:
    """``--overrides``"""
    parser.add_argument(
        "--overrides",
        action="append",
        default=[],
        type=Path,
        metavar="FILE.py",
        help="Python that takes the place of operators of the specification (tlatrace.stdlib.override); repeatable",
    )


def load_given_overrides(options: argparse.Namespace) -> None:
    """Run the files that ``--overrides`` names, if this command has it; what they register holds for the process."""
    files: list[Path] = getattr(options, "overrides", [])
    if files:
        from tlatrace.stdlib import load_overrides

        for file in files:
            load_overrides(file)


def add_hunting(parser: argparse.ArgumentParser, *, examples: int, time_limit: float | None) -> None:
    """``--nodes``, ``--seed``, ``--examples``, ``--steps`` and ``--time-limit``."""
    parser.add_argument("--nodes", type=positive, default=3, metavar="N", help="servers in the cluster (3)")
    parser.add_argument("--seed", type=whole, default=0, metavar="N", help="the same seed, the same hunt (0)")
    parser.add_argument(
        "--examples", type=positive, default=examples, metavar="N", help=f"executions at most ({examples})"
    )
    parser.add_argument("--steps", type=positive, default=100, metavar="N", help="rules in an execution at most (100)")
    parser.add_argument(
        "--time-limit",
        type=seconds,
        default=time_limit,
        metavar="SECONDS",
        help="stop after that time; nothing found by then is a success",
    )
