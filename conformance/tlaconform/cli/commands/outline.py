"""``conformance outline FILE``: what does this module define?"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from tlaconform.cli.options import add_library
from tlaconform.cli.output import write_out
from tlaconform.cli.status import Status


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "outline",
        help="list what a module of TLA+ defines",
        description="Lists constants, variables, operators with their arity and level, instances, theorems and "
        "assumptions of a module, with their places. The module must be one by its grammar; `conformance parse` says "
        "whether its names, arities and levels are right.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the module")
    add_library(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object, for tools")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> Status:
    from tlaconform.reading import outline_lines, outline_object, outline_of_file
    from tlaconform.style import Style

    file = str(options.file)
    found = outline_of_file(options.file, options.lib)
    if options.json:
        write_out(json.dumps(outline_object(found, file), indent=2, ensure_ascii=False) + "\n")
    else:
        style = Style(use_color=sys.stdout.isatty() and "NO_COLOR" not in os.environ)
        write_out("\n".join((*outline_lines(found, file, style), "")))
    return Status.CONFORMS
