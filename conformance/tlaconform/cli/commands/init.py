"""``conformance init SPEC --trace FILE``: a first mapping."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tlaconform.cli.options import add_library
from tlaconform.cli.output import write_out
from tlaconform.cli.status import Status


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "init",
        help="write a first mapping from a specification and a sample trace",
        description="Guesses, by names, which action each kind of event is, which fields are its arguments, which tell "
        "of variables, and where the constants are. What it could not decide is marked with `# ?` and the choices.",
    )
    parser.add_argument("spec", type=Path, metavar="SPEC", help="the specification (FILE.tla)")
    parser.add_argument("--trace", required=True, metavar="FILE", help="a recorded trace; - is standard input")
    parser.add_argument("--config", type=Path, metavar="FILE.cfg", help="constants that the mapping is to leave out")
    parser.add_argument("--reader", metavar="NAME", help="the format of the trace; found by looking, if not given")
    parser.add_argument("--output", default="-", metavar="FILE", help="where to write it (- is standard output)")
    parser.add_argument("--force", action="store_true", help="write over a file that is there")
    add_library(parser)
    parser.set_defaults(command=run, reads=("spec", "trace", "config"), writes=("output",))


def run(options: argparse.Namespace) -> Status:
    from tlaconform.drafting import draft_mapping, draft_text
    from tlaconform.files import write_whole

    output = None if options.output == "-" else Path(options.output)
    if output is not None and output.exists() and not options.force:
        print(f"error: {output} is there already; expected another name, or --force to write over it", file=sys.stderr)
        return Status.WRONG_INPUT
    draft = draft_mapping(
        options.spec, options.trace, config=options.config, library=options.lib, reader=options.reader
    )
    text = draft_text(draft)
    if output is None:
        write_out(text)
    else:
        write_whole(output, text)
        left = "nothing is in doubt" if not draft.doubts else f"{draft.doubts} lines are marked `# ?` for you to decide"
        print(f"{output}: {len(draft.events)} kinds of events; {left}", file=sys.stderr)
    return Status.CONFORMS
