"""``conformance demo``: the main job on real input, from a running cluster to a verdict, and a broken cluster found out."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tlaconform.cli.status import Status

SCENARIO = "demo"
MUTANT = "forget-up-to-date"
EVENTS_MIN = 2000


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "demo",
        help="a cluster under faults, its trace checked, and a broken cluster found out",
        description="Runs an emulated Raft cluster through an election, a partition, crashes and client load; checks every event of "
        "its trace against spec/Raft.tla; then does the same with a bug in the core, which has to be rejected.",
    )
    parser.add_argument("--output", type=Path, default=Path("out"), metavar="DIR", help="where the traces go (out)")
    parser.add_argument("--mutant", default=MUTANT, metavar="NAME", help=f"the bug ({MUTANT})")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> Status:
    from tlaconform.cli.commands.check import write_report
    from tlaconform.drivers import mutant_named
    from tlaconform.drivers.cluster_machine import raft_workbench
    from tlaconform.drivers.replay import emulate, read_scenario_file, replay
    from tlaconform.parallel import check_traces
    from tlatrace.compile import run_with_deep_stack
    from tlatrace.engine.verdict import Decision

    mutant = mutant_named(options.mutant)
    scenario = read_scenario_file(SCENARIO)
    workbench = raft_workbench()
    good, bad = options.output / "demo.ndjson", options.output / "demo-broken.ndjson"
    options.output.mkdir(parents=True, exist_ok=True)

    _say(f"1. {scenario.about or scenario.name}", f"vraft emulate {SCENARIO} --trace {good}")
    emulation = emulate(scenario, good)
    summary = emulation.summary
    print(
        f"   {summary.nodes} servers, {summary.time_us / 1e6:g} s of virtual time: {summary.events:,} events, "
        f"{summary.elections} elections, {summary.committed} entries committed, {summary.crashes} crashes, "
        f"{summary.lost} of {summary.sent:,} messages lost"
    )
    _say(
        "2. Is every step allowed by the specification?",
        f"conformance check {good} --spec Raft.tla --map maps/raft.yaml",
    )
    (accepted,) = check_traces([str(good)], workbench.options)
    write_report([accepted], "terminal", None)
    _say(
        f"3. The same with a bug in the core: {mutant.bug}",
        f"conformance replay {SCENARIO} --mutant {mutant.name} --trace {bad}",
    )
    broken = run_with_deep_stack(lambda: replay(scenario, workbench, mutant, bad))
    write_report([broken.verdict], "terminal", None)
    enough = accepted.strength.events >= EVENTS_MIN and not emulation.failures
    as_it_should = accepted.decision is Decision.ACCEPTED and broken.verdict.decision is Decision.REJECTED and enough
    if as_it_should:
        print(f"The cluster conforms, and the broken one ({mutant.name}) was found out. Traces: {good}, {bad}")
        return Status.CONFORMS
    for failure in emulation.failures:
        print(f"expectation not met: {failure}", file=sys.stderr)
    print("The demo did not go as it should: see above.", file=sys.stderr)
    return Status.DOES_NOT_CONFORM


def _say(what: str, command: str) -> None:
    print(f"\n{what}\n   $ {command}", flush=True)
