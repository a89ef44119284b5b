"""Hunting in ``vraft``: with the core as it is, where nothing should be found, and with each mutant, where something must be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tlaconform.check import Workbench
from tlaconform.drivers.cluster_machine import ClusterMachine, raft_header
from tlaconform.drivers.mutants import Foretold, Mutant
from tlaconform.stateful.hunt import Hunt, HuntOptions, hunt
from tlatrace.engine.verdict import Decision, Explanation, Failure, Verdict

Progress = Callable[[int, int, float], None]


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
    Machine.__name__ = Machine.__qualname__ = "ClusterMachine" if mutant is None else f"ClusterMachine_{mutant.name}"
    ClusterMachine.last_failure = None
    result = hunt(Machine, options, progress)
    failure = ClusterMachine.last_failure
    return ClusterHunt(hunt=result, scenario=failure[0] if failure is not None else None)


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
            caught_by=cause(verdict) if verdict is not None else "",
            as_foretold=verdict is not None and is_as_foretold(verdict, mutant.foretold),
        )


def cause(verdict: Verdict) -> str:
    """The nearest reason of a rejection in a few words: ``GrantVote: votedFor[i] \\in {Nil, m.from}``."""
    if verdict.decision is not Decision.REJECTED or not verdict.candidates:
        return f"{verdict.decision.value}: {verdict.reason}"
    nearest = verdict.candidates[0]
    texts = _reasons(nearest)
    return f"{nearest.action.split('(')[0]}: {texts[0] if texts else 'not enabled'}"


def is_as_foretold(verdict: Verdict, foretold: Foretold) -> bool:
    """Whether a candidate of the foretold action was refused for the foretold conjunct."""
    return any(
        explanation.action.split("(")[0] == foretold.action
        and any(foretold.conjunct in text for text in _reasons(explanation))
        for explanation in verdict.candidates
    )


def _reasons(explanation: Explanation) -> list[str]:
    return [
        *(text for failure in explanation.failures for text in _texts(failure)),
        *(mismatch.observation for mismatch in explanation.mismatches),
    ]


def _texts(failure: Failure) -> Iterator[str]:
    yield " ".join(failure.text.split())
    for inner in failure.inner:
        yield from _texts(inner)
