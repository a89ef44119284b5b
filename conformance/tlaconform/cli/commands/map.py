"""``conformance map check MAPPING``: what does this mapping leave out?"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from tlaconform.cli.options import add_library, add_overrides
from tlaconform.cli.output import write_out
from tlaconform.cli.status import Status


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("map", help="look at a mapping", description="Looks at mappings.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    check = commands.add_parser(
        "check",
        help="which events, fields, variables and actions a mapping leaves out",
        description="Says which events of the traces have no rule or lack what their rule needs, which rules no event "
        "is of, which fields of events are never read, which variables are never observed, which actions no event and "
        "no silent step can be, and what is compared with nothing.",
        epilog="exit status: 0 nothing keeps these traces from being checked, 1 something does, or nothing is "
        "compared; 2 the mapping, the specification or a trace is wrong",
    )
    check.add_argument("mapping", type=Path, metavar="MAPPING", help="the mapping (YAML)")
    check.add_argument("traces", nargs="*", metavar="TRACE", help="recorded traces; - is standard input")
    check.add_argument("--spec", required=True, type=Path, metavar="FILE.tla", help="the specification")
    check.add_argument("--config", type=Path, metavar="FILE.cfg", help="constants")
    check.add_argument("--reader", metavar="NAME", help="the format of the traces; found by looking, if not given")
    add_library(check)
    add_overrides(check)
    check.add_argument("--json", action="store_true", help="print one JSON object, for tools")
    check.set_defaults(command=run)


def run(options: argparse.Namespace) -> Status:
    from tlaconform.checking import CheckOptions, Workbench
    from tlaconform.style import Style
    from tlaconform.surveying import survey, survey_lines, survey_object

    workbench = Workbench(
        CheckOptions(spec=options.spec, mapping=options.mapping, config=options.config, library=tuple(options.lib))
    )
    found = survey(workbench, options.traces, options.reader)
    if options.json:
        write_out(json.dumps(survey_object(found), indent=2, ensure_ascii=False) + "\n")
    else:
        style = Style(use_color=sys.stdout.isatty() and "NO_COLOR" not in os.environ)
        write_out("\n".join((*survey_lines(found, style), "")))
    return Status.CONFORMS if found.is_fit else Status.DOES_NOT_CONFORM
