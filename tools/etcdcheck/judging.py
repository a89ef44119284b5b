"""Traces of etcd's Raft against ``spec/etcd/EtcdRaft.tla``, and whether one was rejected for the right reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from etcdcheck.bugs import Bug
from tlaconform import CheckOptions, Decision, Verdict, Workbench, check_trace, check_traces
from tlatrace.engine.verdict import Failure

SPEC = Path(__file__).parents[2] / "spec"

STATES_MAX = 1_000
"""That may explain a trace at once. One or two did in the accepted traces seen."""

NO_ACTION = "stutter"


OPTIONS = CheckOptions(
    spec=SPEC / "etcd" / "EtcdRaft.tla",
    config=SPEC / "etcd" / "EtcdRaft.cfg",
    mapping=SPEC / "maps" / "etcd-raft.yaml",
    library=(SPEC,),
    max_frontier=STATES_MAX,
    measure=False,  # what an acceptance rests on would cost more than to accept
)


def judge(paths: Sequence[Path], *, jobs: int = 1, fail_fast: bool = False) -> list[Verdict]:
    """The verdicts, in order; with ``fail_fast``, up to the first that does not accept."""
    if jobs > 1:
        return check_traces([str(path) for path in paths], OPTIONS, jobs=jobs, fail_fast=fail_fast)
    verdicts = []
    for path in paths:
        verdicts.append(check_trace(str(path), _workbench()))
        if fail_fast and verdicts[-1].decision is not Decision.ACCEPTED:
            break
    return verdicts


@cache
def _workbench() -> Workbench:
    """The specification is compiled once: that takes as long as ten traces."""
    return Workbench(OPTIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Which actions of the specification the events of accepted traces were, and how often."""

    counts: Counter[str]
    never: frozenset[str]


def coverage(verdicts: Sequence[Verdict]) -> Coverage:
    """Over all the traces together."""
    counts: Counter[str] = Counter()
    names: set[str] = set()
    for verdict in verdicts:
        counts.update(verdict.strength.actions)
        names.update(verdict.strength.actions, verdict.strength.actions_never)
    return Coverage(counts=counts, never=frozenset(name for name in names if not counts[name]))


def reasons(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """Every action that was tried for the rejected event, with what stood in the way: conjuncts, down to the innermost
    ones, and observations that its outcome contradicts. Last, properties that the trace violates.
    """
    for candidate in verdict.candidates:
        action = candidate.action.partition("(")[0] or NO_ACTION
        for failure in candidate.failures:
            for text in _texts(failure):
                yield action, text
        for mismatch in candidate.mismatches:
            yield action, mismatch.observation
    for violated in verdict.violations:
        yield violated.action, violated.property


def is_for(verdict: Verdict, bug: Bug) -> bool:
    """Whether the trace was rejected, and for what the bug does."""
    return verdict.decision is Decision.REJECTED and any(forbids(reason, bug) for reason in reasons(verdict))


def forbids(reason: tuple[str, str], bug: Bug) -> bool:
    """Whether this reason is the one that was expected."""
    action, text = reason
    return action in bug.actions and bug.conjunct in text


def _texts(failure: Failure) -> Iterator[str]:
    yield " ".join(failure.text.split())
    for inner in failure.inner:
        yield from _texts(inner)
