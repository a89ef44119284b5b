"""``conformance hunt``: let Hypothesis look for an execution of the cluster that breaks the specification."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tlaconform.cli.options import add_hunting, add_specification
from tlaconform.cli.status import Status

EXAMPLES = 500


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "hunt",
        help="search for an execution of vraft that breaks the specification",
        description="Hypothesis drives an emulated cluster (timeouts, deliveries, losses, duplicates, partitions, crashes, requests), "
        "and each step is checked as it happens. What is found is made short, and saved as a scenario that `conformance replay` runs.",
    )
    parser.add_argument(
        "--mutant", metavar="NAME", help="break the core first; `conformance mutants --list` has the names"
    )
    parser.add_argument("--save", type=Path, metavar="FILE.yaml", help="where to save what is found (found-SEED.yaml)")
    parser.add_argument("--no-shrink", action="store_true", help="keep the first execution that is found as it is")
    add_hunting(parser, examples=EXAMPLES, time_limit=None)
    add_specification(parser, required=False)
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> Status:
    from tlaconform.cli.commands.check import write_report
    from tlaconform.cli.progress import counter_line
    from tlaconform.drivers import mutant_named
    from tlaconform.drivers.cluster_machine import raft_workbench
    from tlaconform.drivers.hunting import hunt_cluster
    from tlaconform.files import write_whole
    from tlaconform.stateful.hunts import HuntOptions
    from tlatrace.compile import run_with_deep_stack

    mutant = mutant_named(options.mutant) if options.mutant else None
    hunting = HuntOptions(
        seed=options.seed,
        examples=options.examples,
        steps=options.steps,
        time_limit=options.time_limit,
        shrink=not options.no_shrink,
    )
    workbench = raft_workbench(options.spec, options.map, options.config, tuple(options.lib))
    with counter_line("executions") as progress:
        found = run_with_deep_stack(
            lambda: hunt_cluster(workbench, hunting, nodes=options.nodes, mutant=mutant, progress=progress)
        )
    hunt = found.hunt
    if hunt.verdict is None or found.scenario is None:
        ended = "the time was up" if hunt.time_was_up else "all examples were run"
        print(
            f"nothing found: {hunt.executions} executions, {hunt.events:,} events, {hunt.seconds_in_all:.1f} s ({ended})"
        )
        return Status.CONFORMS
    scenario = options.save or Path(f"found-{options.seed}.yaml")
    write_whole(scenario, found.scenario)
    write_report([hunt.verdict], "terminal", None)
    again = f" --mutant {mutant.name}" if mutant is not None else ""
    print(
        f"found in execution {hunt.executions} after {hunt.seconds:.1f} s; replay it: conformance replay {scenario}{again}"
    )
    sys.stdout.flush()
    return Status.DOES_NOT_CONFORM
