"""``conformance parse FILE...``: are these modules TLA+?"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from tlaconform.cli.options import add_library, jobs
from tlaconform.cli.output import write_out
from tlaconform.cli.status import Status

if TYPE_CHECKING:
    from tlaconform.reading import FileVerdict
    from tlaconform.style import Style


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "parse",
        help="accept or reject modules of TLA+",
        description="Accepts or rejects each module, as SANY does, with all that is wrong with it. Modules that it "
        "extends or instantiates are looked for beside it, in the folders of --lib, in those of the environment "
        "variable TLA_PATH, and among the modules that come with conformance, in this order.",
        epilog="exit status: 0 all are accepted, 2 some are not",
    )
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="a module; a folder stands for every *.tla file in and below it; - is standard input (--level syntax)",
    )
    parser.add_argument(
        "--level",
        choices=("syntax", "semantics"),
        default="semantics",
        help="syntax: the grammar of the file alone, no imports; semantics (default): names, arities and levels too",
    )
    add_library(parser)
    parser.add_argument("--ast", action="store_true", help="print the syntax tree of each module that can be parsed")
    parser.add_argument("--json", action="store_true", help="print one JSON object, for tools")
    parser.add_argument("--quiet", action="store_true", help="say nothing of files that are accepted without a warning")
    parser.add_argument(
        "--jobs", type=jobs, metavar="N", help="files read at the same time (as many as there are processors)"
    )
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> Status:
    if not options.ast:
        return _run(options)
    # A tree is as deep as the specification's expressions are, and is walked by recursion.
    from tlatrace.compile import run_with_deep_stack

    options.jobs = 1
    return run_with_deep_stack(lambda: _run(options))


def _run(options: argparse.Namespace) -> Status:
    verdicts = _verdicts(options)
    if options.json:
        return _print_json(verdicts)
    from tlaconform.style import Style

    style = Style(use_color=sys.stdout.isatty() and "NO_COLOR" not in os.environ)
    return _print_lines(verdicts, style, is_quiet=options.quiet)


def _verdicts(options: argparse.Namespace) -> Iterable[FileVerdict]:
    from tlaconform.errors import ConformanceError
    from tlaconform.reading import Level, judge_files, module_files

    level = Level(options.level)
    if "-" not in options.files:
        return judge_files(module_files(options.files), level, options.lib, jobs=options.jobs, with_trees=options.ast)
    if level is not Level.SYNTAX:
        raise ConformanceError(
            "a module on standard input (-) is in no folder, so its imports cannot be looked for",
            hint="judge its grammar alone with --level syntax, or give its file",
        )
    if len(options.files) > 1:
        raise ConformanceError("standard input (-) is read alone; expected no further file")
    return _standard_input(with_tree=options.ast)


def _standard_input(*, with_tree: bool) -> Iterator[FileVerdict]:
    from tlaconform.reading import judge_text

    text = sys.stdin.buffer.read().decode("utf-8", errors="replace")
    yield judge_text(text, "<stdin>", with_tree=with_tree)


def _print_json(verdicts: Iterable[FileVerdict]) -> Status:
    from tlaconform.reading import json_verdicts

    found = list(verdicts)
    write_out(json.dumps(json_verdicts(found), indent=2, ensure_ascii=False) + "\n")
    return _status([verdict.decision for verdict in found], [verdict.crash for verdict in found if verdict.crash])


def _print_lines(verdicts: Iterable[FileVerdict], style: Style, *, is_quiet: bool) -> Status:
    from tlaconform.reading import render_file_verdict, summary_line, tree_text

    decisions: list[str] = []
    crashes: list[str] = []
    for verdict in verdicts:
        decisions.append(verdict.decision)
        crashes += [verdict.crash] if verdict.crash else []
        lines: list[str] = []
        if not (is_quiet and verdict.decision == "accepted" and not verdict.warnings):
            lines += render_file_verdict(verdict, style)
        if verdict.tree is not None:
            lines += tree_text(verdict.tree)
        if lines:
            write_out("\n".join((*lines, "")))
    if len(decisions) > 1 and not (is_quiet and set(decisions) == {"accepted"}):
        write_out(summary_line(decisions, style) + "\n")
    return _status(decisions, crashes)


def _status(decisions: Sequence[str], crashes: Sequence[str]) -> Status:
    if crashes:
        handle, name = tempfile.mkstemp(prefix="conformance-bug-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8") as report:
            report.write("\n".join(crashes))
        files = "a file" if len(crashes) == 1 else f"{len(crashes)} files"
        print(
            f"error: {files} brought out a bug of conformance; please report it with {name}",
            file=sys.stderr,
        )
        return Status.OUR_BUG
    return Status.WRONG_INPUT if "rejected" in decisions else Status.CONFORMS
