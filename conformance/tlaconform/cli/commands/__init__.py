"""One module a command; each adds its parser, and imports what it needs only when it runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from tlaconform.cli.commands import (
    check,
    demo,
    doctor,
    evaluate,
    explore,
    export,
    hunt,
    init,
    mutants,
    outline,
    parse,
    replay,
    soak,
    tlc,
)
from tlaconform.cli.commands import map as map_command

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

ALL: tuple[Callable[[Subparsers], None], ...] = (
    parse.add,
    outline.add,
    check.add,
    evaluate.add,
    init.add,
    map_command.add,
    explore.add,
    replay.add,
    hunt.add,
    mutants.add,
    soak.add,
    tlc.add,
    export.add,
    demo.add,
    doctor.add,
)

__all__ = ["ALL"]
