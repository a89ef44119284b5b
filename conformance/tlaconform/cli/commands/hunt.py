"""``conformance hunt``: let Hypothesis look for an execution of the cluster that breaks the specification."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tlaconform.cli.options import add_hunting, add_specification
from tlaconform.cli.status import Status

if TYPE_CHECKING:
    from tlaconform.drivers.hunting import Finding
    from tlaconform.stateful import Hunt

EXAMPLES = 500


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "hunt",
        help="search for an execution of vraft that breaks the specification",
        description="Hypothesis drives an emulated cluster (timeouts, deliveries, losses, duplicates, partitions, "
        "crashes, requests), and each step is checked as it happens. What is found is made short, and saved as a "
        "scenario that `conformance replay` runs. Exit status 0 if nothing was found within the limits.",
    )
    parser.add_argument(
        "--mutant", metavar="NAME", help="break the core first; `conformance mutants --list` has the names"
    )
    parser.add_argument(
        "--features",
        metavar="LIST",
        help="what servers do beyond basic Raft (pre_vote,interval_check,...; or none): leaders hand over and read too",
    )
    parser.add_argument(
        "--members",
        action="store_true",
        help="servers come and go besides, and logs are cut; there is one server more, which does not vote at first",
    )
    parser.add_argument("--save", type=Path, metavar="FILE.yaml", help="where to save what is found (found-SEED.yaml)")
    parser.add_argument("--no-shrink", action="store_true", help="keep the first execution that is found as it is")
    add_hunting(parser, examples=EXAMPLES, time_limit=None)
    add_specification(parser, required=False)
    parser.set_defaults(command=run, reads=("spec", "map", "config"), writes=("save",))


def run(options: argparse.Namespace) -> Status:
    from tlaconform.cli.hunting import need_hypothesis
    from tlaconform.cli.progress import counter_line
    from tlaconform.drivers import mutant_named
    from tlaconform.errors import ConformanceError
    from tlaconform.files import write_whole
    from tlatrace.compile import run_with_deep_stack

    need_hypothesis()
    from tlaconform.drivers.hunting import hunt_cluster
    from tlaconform.drivers.raft import features_named, raft_workbench
    from tlaconform.stateful import HuntOptions

    mutant = mutant_named(options.mutant) if options.mutant else None
    for name, value in (("features", options.features), ("members", options.members or None)):
        if mutant is not None and value is not None:
            raise ConformanceError(f"--{name} has no meaning with --mutant: {mutant.name} says itself what it needs")
    hunting = HuntOptions(
        seed=options.seed,
        examples=options.examples,
        steps=options.steps,
        time_limit=options.time_limit,
        shrink=not options.no_shrink,
    )
    named = "none" if options.members and options.features is None else options.features
    features = features_named(named) if mutant is None else mutant.features
    workbench = raft_workbench(options.spec, options.map, options.config, tuple(options.lib), is_basic=features is None)
    with counter_line("executions") as progress:
        found = run_with_deep_stack(
            lambda: hunt_cluster(
                workbench,
                hunting,
                nodes=options.nodes,
                mutant=mutant,
                features=features,
                changes_members=options.members,
                progress=progress,
            )
        )
    if found.finding is None:
        return _nothing(found.hunt)
    scenario = options.save or Path(f"found-{options.seed}.yaml")
    write_whole(scenario, found.finding.scenario)
    _show(found.finding, scenario)
    again = f" --mutant {mutant.name}" if mutant is not None else ""
    print(
        f"Found in execution {found.hunt.executions:,} after {found.hunt.seconds:.1f} s; saved with "
        f"{found.finding.operations} operations. To see it again:\n  conformance replay {scenario}{again}",
        flush=True,
    )
    return Status.DOES_NOT_CONFORM


def _nothing(hunt: Hunt) -> Status:
    ended = "the time was up" if hunt.time_was_up else "all executions were run"
    executions = f"{hunt.executions:,} execution{'' if hunt.executions == 1 else 's'}"
    counted = f"{executions}, {hunt.events:,} events, {hunt.seconds_in_all:.1f} s ({ended})"
    if hunt.crashes:
        print(
            f"CRASHED  the core fell over in {hunt.crashes:,} of {counted}; the specification had no objection "
            f"before.\n  first: {hunt.crash}"
        )
        return Status.DOES_NOT_CONFORM
    never = [name for name, count in hunt.actions.items() if not count]
    print(f"nothing found: {counted}")
    print(f"  actions: {len(hunt.actions) - len(never)} of {len(hunt.actions)} exercised: {_counts(hunt)}")
    if never:
        print(f"  never:   {', '.join(never)}")
    return Status.CONFORMS


def _counts(hunt: Hunt) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in hunt.actions.items() if count)


def _show(finding: Finding, scenario: Path) -> None:
    from tlaconform.cli.commands.check import write_report

    if finding.verdict is None:
        print(f"CRASHED  {scenario}\n  {finding.cause.reason}")
    else:
        write_report([replace(finding.verdict, trace=f"trace of {scenario}")], "terminal", None)
