"""``conformance replay SCENARIO``: run a scenario in the emulator, and check each event as it happens."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tlaconform.cli.options import add_specification, positive, whole
from tlaconform.cli.status import Status


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "replay",
        help="run a scenario of vraft's emulator and check it",
        description="Runs the scenario, stops at the first event that the specification does not allow, and says why.",
    )
    parser.add_argument("scenario", metavar="SCENARIO", help="a YAML file, or the name of one that comes with vraft")
    parser.add_argument(
        "--mutant", metavar="NAME", help="break the core first; `conformance mutants --list` has the names"
    )
    parser.add_argument("--seed", type=whole, metavar="N", help="instead of the scenario's")
    parser.add_argument("--nodes", type=positive, metavar="N", help="instead of the scenario's")
    parser.add_argument(
        "--features",
        metavar="LIST",
        help="instead of the scenario's: what servers do beyond basic Raft (pre_vote,interval_check,...; or none)",
    )
    parser.add_argument("--trace", type=Path, metavar="FILE", help="write the events there too")
    parser.add_argument("--format", choices=("terminal", "json", "junit"), default="terminal")
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    add_specification(parser, required=False)
    parser.set_defaults(command=run, reads=("scenario", "spec", "map", "config"), writes=("trace",))


def run(options: argparse.Namespace) -> Status:
    from tlaconform.cli.commands.check import write_report
    from tlaconform.crashes import describe_crash
    from tlaconform.drivers import mutant_named
    from tlaconform.drivers.raft import features_named, raft_workbench
    from tlaconform.drivers.replay import read_scenario_file, replay, trace_file
    from tlatrace.compile import run_with_deep_stack
    from tlatrace.engine.verdict import Decision

    mutant = mutant_named(options.mutant) if options.mutant else None
    scenario = read_scenario_file(
        options.scenario, seed=options.seed, nodes=options.nodes, features=features_named(options.features)
    )
    workbench = raft_workbench(
        options.spec, options.map, options.config, tuple(options.lib), is_basic=scenario.is_basic
    )
    with trace_file(options.trace) as writer:
        result = run_with_deep_stack(lambda: replay(scenario, workbench, mutant, writer))
    write_report([result.verdict], options.format, None)
    if result.verdict.decision is Decision.INVALID:
        return Status.WRONG_INPUT
    if result.verdict.decision is Decision.UNDECIDED:
        return Status.UNDECIDED
    if result.crash is not None:
        print(f"the core crashed: {describe_crash(result.crash)}", file=sys.stderr)
    for failure in result.failures:
        print(f"expectation not met: {failure}", file=sys.stderr)
    is_good = result.verdict.decision is Decision.ACCEPTED and result.crash is None and not result.failures
    return Status.CONFORMS if is_good else Status.DOES_NOT_CONFORM
