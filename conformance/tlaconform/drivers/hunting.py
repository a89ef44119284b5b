"""Hunting in ``vraft``: with the core as it is, where nothing should be found, and with each mutant, where something
must be.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from tlaconform.checking import Workbench
from tlaconform.drivers.cluster_machine import ClusterMachine
from tlaconform.drivers.feature_machine import FeatureMachine
from tlaconform.drivers.members_machine import MembersMachine
from tlaconform.drivers.mutants import Foretold, Mutant
from tlaconform.drivers.raft import raft_header
from tlaconform.drivers.shrinking import Setting, shrink
from tlaconform.errors import ConformanceError
from tlaconform.stateful.causes import Cause, action_name, cause_of, reasons
from tlaconform.stateful.hunts import Hunt, HuntOptions, Progress, hunt
from tlatrace.engine.verdict import Verdict
from vraft.core import Features, RaftCore
from vraft.emulator import recorded
from vraft.emulator.options import NODES_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An execution that the specification forbids (or that crashed: then ``verdict`` is None), as a scenario (YAML).

    ``operations`` is how many there are in it; ``seconds`` is what it took to make it that short.
    """

    cause: Cause
    verdict: Verdict | None
    scenario: str
    operations: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterHunt:
    """A hunt, and what it found, if anything."""

    hunt: Hunt
    finding: Finding | None


def hunt_cluster(
    workbench: Workbench,
    options: HuntOptions,
    *,
    nodes: int = 3,
    mutant: Mutant | None = None,
    features: Features | None = None,
    changes_members: bool = False,
    progress: Progress | None = None,
) -> ClusterHunt:
    """Hunt in a cluster of ``nodes`` servers whose core is ``mutant``'s, or the real one, with ``features``: those that
    the mutant needs, if it needs some. With ``changes_members`` there is one server more, which does not vote at first;
    members come and go then, logs are cut, and leaders send ahead of the answers.

    A mutant that falls over is not caught by that: the hunt goes on, and counts how often it happened.

    Raises:
        TlatraceError: the specification or the mapping is wrong.
        ConformanceError: no cluster has so many servers.
    """
    if mutant is not None:
        features, changes_members = mutant.features, mutant.changes_members
    most = NODES_MAX - changes_members
    if not 1 <= nodes <= most:
        raise ConformanceError(f"expected from 1 to {most} servers, found {nodes:,}")
    machine = _machine(workbench, nodes, mutant, features, changes_members=changes_members)
    workbench.load(machine.header, "the header")  # So that the time of the hunt is the hunt's.
    found = hunt(machine, _unshrunk(options), progress)
    if found.machine is None:
        return ClusterHunt(hunt=found, finding=None)
    assert isinstance(found.machine, ClusterMachine), "a hunt hands back the machine that it ran"
    return ClusterHunt(hunt=found, finding=_finding(found, found.machine, options, mutant))


def _machine(
    workbench: Workbench, nodes: int, mutant: Mutant | None, features: Features | None, *, changes_members: bool
) -> type[ClusterMachine]:
    voters = nodes if changes_members else None
    nodes += changes_members
    name = "ClusterMachine" if mutant is None else f"ClusterMachine_{mutant.name}"
    attributes = {
        "workbench": workbench,
        "header": raft_header(nodes, features, voters=voters),
        **({} if voters is None else {"voters": voters}),
        "features": features,
        "nodes": nodes,
        "core_class": RaftCore if mutant is None else mutant.core_class,
        "is_mutant": mutant is not None,
        "crashes_fail": mutant is None,
    }
    if changes_members:
        return type(name, (MembersMachine,), attributes)
    return type(name, (ClusterMachine if features is None else FeatureMachine,), attributes)


def _unshrunk(options: HuntOptions) -> HuntOptions:
    """Operations on the cluster are left out here, which makes shorter scenarios than leaving out rules does."""
    return HuntOptions(
        seed=options.seed,
        examples=options.examples,
        steps=options.steps,
        time_limit=options.time_limit,
        shrink=False,
    )


def _finding(found: Hunt, machine: ClusterMachine, options: HuntOptions, mutant: Mutant | None) -> Finding:
    cluster = machine.cluster
    cause = cause_of(found.verdict) if found.verdict is not None else Cause("crashed", found.crash or "")
    started = time.monotonic()
    broken = f", mutant {mutant.name}" if mutant is not None else ""
    name = f"found by seed {options.seed}{broken}"
    if options.shrink:
        setting = Setting(
            names=cluster.names,
            max_entries=cluster.max_entries,
            manual_sync=cluster.manual_sync,
            features=cluster.features,
            voters=cluster.voters,
            max_in_flight=cluster.max_in_flight,
            core_class=machine.core_class,
            is_mutant=machine.is_mutant,
        )
        shorter = shrink(machine.workbench, machine.header, setting, cluster.operations)
        assert shorter is not None, "a cluster that is led by the hand repeats itself"
        return Finding(
            cause=shorter.cause,
            verdict=shorter.verdict,
            scenario=shorter.scenario(name),
            operations=len(shorter.operations),
            seconds=time.monotonic() - started,
        )
    return Finding(
        cause=cause,
        verdict=found.verdict,
        scenario=recorded(cluster, name=name, about=str(cause)),
        operations=len(cluster.operations),
        seconds=0.0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MutantResult:
    """What became of one mutant. ``as_foretold``: it was caught by the action and the conjunct named beforehand."""

    mutant: Mutant
    hunt: Hunt
    finding: Finding | None
    as_foretold: bool

    @property
    def outcome(self) -> str:
        """``caught`` by the specification; else ``crashed``, if that is all it showed; else ``not caught``."""
        if self.finding is not None:
            return "caught"
        return "crashed" if self.hunt.crashes else "not caught"


def hunt_mutant(
    workbench: Workbench,
    mutant: Mutant,
    options: HuntOptions,
    *,
    nodes: int = 3,
    progress: Progress | None = None,
) -> MutantResult:
    """Hunt for one mutant."""
    found = hunt_cluster(workbench, options, nodes=nodes, mutant=mutant, progress=progress)
    finding = found.finding
    foretold = finding is not None and finding.verdict is not None and is_as_foretold(finding.verdict, mutant.foretold)
    return MutantResult(mutant=mutant, hunt=found.hunt, finding=finding, as_foretold=foretold)


def is_as_foretold(verdict: Verdict, foretold: Foretold) -> bool:
    """Whether a candidate of the foretold action was refused for the foretold conjunct."""
    return any(
        action_name(explanation) == foretold.action and any(foretold.conjunct in text for text in reasons(explanation))
        for explanation in verdict.candidates
    )
