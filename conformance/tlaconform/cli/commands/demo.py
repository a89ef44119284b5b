"""``conformance demo``: the main job on real input, from a running cluster to a verdict; then a broken cluster."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tlaconform.cli.status import Status

if TYPE_CHECKING:
    from tlaconform.drivers.replay import Result
    from tlatrace.engine.verdict import Verdict

SCENARIO = "demo"
MUTANT = "double-vote"
EVENTS_MIN = 2000


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "demo",
        help="a cluster under faults, its trace checked, and a broken cluster found out",
        description="Runs an emulated Raft cluster through an election, a partition, crashes and client load; checks "
        "every event of its trace against spec/Raft.tla; then does the same with a bug in the core, which has to be "
        "rejected.",
    )
    parser.add_argument("--output", type=Path, default=Path("out"), metavar="DIR", help="where the traces go (out)")
    parser.add_argument("--mutant", default=MUTANT, metavar="NAME", help=f"the bug ({MUTANT})")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> Status:
    from tlaconform.checking import check_traces
    from tlaconform.cli.commands.check import write_report
    from tlaconform.drivers import mutant_named
    from tlaconform.drivers.raft import raft_workbench
    from tlaconform.drivers.replay import emulate, read_scenario_file, replay, trace_file
    from tlatrace.compile import run_with_deep_stack

    mutant = mutant_named(options.mutant)
    scenario = read_scenario_file(SCENARIO)
    workbench = raft_workbench()
    good, bad = options.output / "demo.ndjson", options.output / "demo-broken.ndjson"
    _make_folder(options.output)

    _say(f"1. Run it. {scenario.about}", f"vraft emulate {SCENARIO} --trace {good}")
    with trace_file(good) as writer:
        assert writer is not None, "there is a path to write to"
        emulation = emulate(scenario, writer)
    print(_in_numbers(emulation))

    spec, mapping = (_short(path) for path in (workbench.options.spec, workbench.options.mapping))
    _say(
        "2. Check it. Is every one of these events a step that the specification of Raft allows?",
        f"conformance check {good} --spec {spec} --map {mapping}",
    )
    (accepted,) = check_traces([str(good)], workbench.options)
    write_report([accepted], "terminal", None)

    _say(
        f"3. Break it. The same once more, with a bug in the core: {mutant.bug}.",
        f"conformance replay {SCENARIO} --mutant {mutant.name} --trace {bad}",
    )
    with trace_file(bad) as writer:
        broken = run_with_deep_stack(lambda: replay(scenario, workbench, mutant, writer))
    write_report([broken.verdict], "terminal", None)
    return _end(emulation, accepted, broken.verdict, mutant.name)


def _say(what: str, command: str) -> None:
    print(f"\n{what}\n   $ {command}", flush=True)


def _in_numbers(emulation: Result) -> str:
    run = emulation.summary
    return (
        f"{run.nodes} servers, {run.time_us / 1e6:g} s of virtual time: {run.events:,} events, {run.elections} leaders "
        f"elected, {run.values} values of clients committed, {run.crashes} crashes, "
        f"{run.lost:,} of {run.sent:,} messages lost"
    )


def _end(emulation: Result, accepted: Verdict, rejected: Verdict, mutant: str) -> Status:
    from tlatrace.engine.verdict import Decision

    wrong = [f"expectation not met: {failure}" for failure in emulation.failures]
    if accepted.decision is not Decision.ACCEPTED:
        wrong.append(f"the cluster's trace was {accepted.decision.value}, and should have been accepted")
    elif accepted.strength.events < EVENTS_MIN:
        wrong.append(f"the trace has {accepted.strength.events} events, fewer than {EVENTS_MIN}")
    if rejected.decision is not Decision.REJECTED:
        wrong.append(f"the broken cluster ({mutant}) was {rejected.decision.value}, and should have been rejected")
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong:
        return Status.DOES_NOT_CONFORM
    print(
        f"As it should be: the specification explains all {accepted.strength.events:,} events of the cluster, and the "
        "broken one is found\nout at the first step that Raft forbids. Next: `conformance mutants --list` for more "
        "bugs, `conformance hunt` to look for new ones."
    )
    return Status.CONFORMS


def _short(path: Path) -> str:
    """The path from here, where that is shorter."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # Another drive.
        return str(path)
    return min(relative, str(path), key=len)


def _make_folder(folder: Path) -> None:
    from tlaconform.errors import ConformanceError

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConformanceError(f"{folder}: cannot make this folder: {error.strerror}") from None
