"""``conformance soak``: random executions of the cluster with every feature mixed, each judged by the specification."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tlaconform.cli.options import jobs, positive, whole
from tlaconform.cli.status import Status, combined, of_decision

if TYPE_CHECKING:
    from tlaconform.drivers.soaking import Execution, Soak
    from tlatrace.engine.verdict import Decision

RUNS = 20
SHOWN_MAX = 5
"""So many failures are told in full; the seeds of all."""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "soak",
        help="random executions of vraft with every feature mixed",
        description="Clusters in which members join and leave under crashes, cut links, transfers and snapshots, while "
        "clients write and read. Each fault must be followed by a commit; each step must be one of the specification; "
        "what clients saw must be linearizable. Exit status 0 if all executions passed, 1 if one failed, and 3 if none "
        "did and one could not be decided.",
    )
    parser.add_argument("--runs", type=positive, default=RUNS, metavar="N", help=f"how many executions ({RUNS})")
    parser.add_argument("--seed", type=whole, default=0, metavar="N", help="the first seed; the others follow (0)")
    parser.add_argument("--events", type=positive, default=None, metavar="N", help="events in each, at least (500)")
    parser.add_argument("--jobs", type=jobs, default=1, metavar="N", help="so many at once (1)")
    parser.add_argument("--mutant", metavar="NAME", help="break the core first; `conformance mutants --list` has them")
    parser.add_argument("--trace", type=Path, metavar="OUT", help="of one execution, write its trace (NDJSON)")
    parser.add_argument(
        "--all-actions", action="store_true", help="fail where an action of the specification never ran"
    )
    parser.set_defaults(command=run, writes=("trace",))


def run(options: argparse.Namespace) -> Status:
    from tlaconform.drivers import mutant_named
    from tlaconform.drivers.raft import raft_workbench
    from tlaconform.drivers.soaking import EVENTS_MIN, Soak, execute
    from tlaconform.errors import ConformanceError
    from tlatrace.compile import run_with_deep_stack

    mutant = mutant_named(options.mutant) if options.mutant else None
    events_min = options.events or EVENTS_MIN
    total = Soak()
    started = time.monotonic()
    if options.trace is not None:
        if options.runs != 1:
            raise ConformanceError("--trace is for one execution: add --runs 1")
        workbench = raft_workbench(is_basic=False)
        total.add(
            run_with_deep_stack(
                lambda: execute(options.seed, workbench, mutant=mutant, events_min=events_min, trace=options.trace)
            )
        )
    else:
        try:
            _run_all(options, events_min, total, started)
        except BaseException:
            if total.executions:
                _tell(total, time.monotonic() - started, options)
            raise
    _tell(total, time.monotonic() - started, options)
    return status_of(total, all_actions=options.all_actions)


def status_of(total: Soak, *, all_actions: bool) -> Status:
    """What the executions together mean for the exit status."""
    statuses = [of_decision(execution.decision) for execution in total.not_accepted]
    return combined([*statuses, Status.DOES_NOT_CONFORM if all_actions and total.never else Status.CONFORMS])


def _run_all(options: argparse.Namespace, events_min: int, total: Soak, started: float) -> None:
    from tlaconform.cli.progress import counter_line
    from tlaconform.drivers.soaking import soak

    seeds = range(options.seed, options.seed + options.runs)
    processes = min(options.jobs, options.runs)
    with counter_line("executions") as progress:
        for execution in soak(seeds, jobs=processes, mutant=options.mutant, events_min=events_min):
            total.add(execution)
            if progress is not None:
                progress(total.executions, total.events, time.monotonic() - started)


def _tell(total: Soak, seconds: float, options: argparse.Namespace) -> None:
    from tlaconform.drivers.soaking import GRAVEST_FIRST

    for execution in sorted(total.not_accepted, key=lambda each: GRAVEST_FIRST.index(each.decision))[:SHOWN_MAX]:
        _show(execution)
    _summarise(total, seconds, options)


def _show(execution: Execution) -> None:
    from tlaconform.cli.commands.check import write_report
    from tlatrace.engine.verdict import Decision

    print(f"{_word(execution.decision).upper()}  seed {execution.seed}")
    for problem in execution.problems:
        print(f"  {problem}")
    if execution.verdict.decision is not Decision.ACCEPTED:
        write_report([execution.verdict], "terminal", None)


def faults_told(total: Soak) -> str:
    """How many there were, and whether something was committed after each."""
    count = total.faults.total()
    if not count:
        return "none"
    missed = count - total.commits
    mended = f" ({total.mended:,} of them only when all was mended)" if total.mended else ""
    if not missed:
        return f"{count:,}, each followed by a commit{mended}"
    return f"{count:,}: {total.commits:,} followed by a commit{mended}, {missed:,} not"


def _summarise(total: Soak, seconds: float, options: argparse.Namespace) -> None:
    from tlaconform.drivers.soaking import GRAVEST_FIRST

    passed = total.executions - len(total.not_accepted)
    print(f"{passed:,} of {total.executions:,} executions passed: {total.events:,} events in {seconds:.1f} s")
    left = options.runs - total.executions
    if left:
        seed = options.seed + total.executions
        print(f"  not run:    {left:,}; to go on: conformance soak --runs {left} --seed {seed}")
    print(f"  faults:     {faults_told(total)}")
    if total.faults:
        print(f"              {', '.join(f'{kind} {count:,}' for kind, count in total.faults.most_common())}")
    print(f"  clients:    {total.operations:,} operations, {total.reads:,} of them reads")
    exercised = [f"{name} {count:,}" for name, count in total.actions.most_common() if count]
    print(f"  actions:    {len(exercised)} of {len(total.actions)} exercised: {', '.join(exercised)}")
    if total.never:
        print(f"  never:      {', '.join(total.never)}")
    same = f" --events {options.events}" if options.events else ""
    same += f" --mutant {options.mutant}" if options.mutant else ""
    for decision in GRAVEST_FIRST:
        seeds = [each.seed for each in total.not_accepted if each.decision is decision]
        if seeds:
            told = ", ".join(map(str, seeds))
            again = f"conformance soak --runs 1 --seed {seeds[0]}{same}"
            print(f"  {_word(decision) + ':':11} {told}; to see one again: {again}")


def _word(decision: Decision) -> str:
    """An execution fails for more reasons than that its trace is rejected."""
    return "failed" if decision.value == "rejected" else decision.value
