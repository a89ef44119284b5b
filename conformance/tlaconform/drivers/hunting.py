"""Hunting in ``vraft``: with the core as it is, where nothing should be found, and with each mutant, where something must be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tlaconform.check import Workbench
from tlaconform.drivers.cluster_machine import ClusterMachine, raft_header
from tlaconform.drivers.mutants import Foretold, Mutant
from tlaconform.stateful.causes import Cause, action_name, cause_of, reasons
from tlaconform.stateful.hunts import Hunt, HuntOptions, Progress, hunt
from tlatrace.engine.verdict import Decision, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterHunt:
    """A hunt, and the scenario (YAML) of the shortest forbidden execution that it found."""

    hunt: Hunt
    scenario: str | None


def hunt_cluster(
    workbench: Workbench,
    options: HuntOptions,
    *,
    nodes: int = 3,
    mutant: Mutant | None = None,
    progress: Progress | None = None,
) -> ClusterHunt:
    """Hunt in a cluster of ``nodes`` servers whose core is ``mutant``'s, or the real one."""

    class Machine(ClusterMachine):
        pass

    Machine.workbench = workbench
    Machine.header = raft_header(nodes)
    Machine.nodes = nodes
    if mutant is not None:
        Machine.core_class = mutant.core_class
        Machine.is_mutant = True
        Machine.crashes_fail = False
    Machine.__name__ = Machine.__qualname__ = "ClusterMachine" if mutant is None else f"ClusterMachine_{mutant.name}"
    result = hunt(Machine, options, progress)
    from vraft.emulator import recorded
    return ClusterHunt(hunt=result, scenario=recorded(result.machine.cluster, name="found") if result.machine is not None else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class MutantResult:
    """How one mutant was caught, or that it was not. ``as_foretold``: by the action and the conjunct named beforehand."""

    mutant: Mutant
    hunt: Hunt
    scenario: str | None
    caught_by: str
    as_foretold: bool


def hunt_mutants(
    workbench: Workbench,
    mutants: Sequence[Mutant],
    options: HuntOptions,
    *,
    nodes: int = 3,
    progress: Progress | None = None,
) -> Iterator[MutantResult]:
    """Hunt for each mutant in turn; results come as they are found."""
    for mutant in mutants:
        found = hunt_cluster(workbench, options, nodes=nodes, mutant=mutant, progress=progress)
        verdict = found.hunt.verdict
        yield MutantResult(
            mutant=mutant,
            hunt=found.hunt,
            scenario=found.scenario,
            caught_by=str(cause_of(verdict)) if verdict is not None else "",
            as_foretold=verdict is not None and is_as_foretold(verdict, mutant.foretold),
        )


def is_as_foretold(verdict: Verdict, foretold: Foretold) -> bool:
    """Whether a candidate of the foretold action was refused for the foretold conjunct."""
    return any(
        action_name(explanation) == foretold.action and any(foretold.conjunct in text for text in reasons(explanation))
        for explanation in verdict.candidates
    )
