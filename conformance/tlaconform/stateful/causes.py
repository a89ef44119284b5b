"""Why a trace was rejected, in a few words that do not change with the values: what tells one failure from another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tlatrace.engine.verdict import Decision, Explanation, Failure, Verdict


@dataclass(frozen=True, slots=True)
class Cause:
    """The action that came nearest to explaining the event, and its first false conjunct, or the first observation that
    contradicts its outcome."""

    action: str
    reason: str

    def __str__(self) -> str:
        return f"{self.action}: {self.reason}"


def cause_of(verdict: Verdict) -> Cause:
    """The nearest reason of a rejection, such as ``GrantVote: votedFor[i] \\in {Nil, m.from}``.

    Where an action is that of an instance and something besides (``Next == P!Next /\\ x' = x``), what is false in the
    instance's action is the reason.
    """
    if verdict.decision is not Decision.REJECTED or not verdict.candidates:
        return Cause(verdict.decision.value, verdict.reason)
    nearest = verdict.candidates[0]
    name = action_name(nearest)
    is_of_instance = re.compile(rf"\w+!{re.escape(name)}\b(?!')").match
    all_told = list(reasons(nearest)) or ["not enabled"]
    return Cause(name, next((text for text in all_told if not is_of_instance(text)), all_told[0]))


def action_name(explanation: Explanation) -> str:
    """The name of the action, without its arguments."""
    return explanation.action.split("(")[0]


def reasons(explanation: Explanation) -> Iterator[str]:
    """The conjuncts that are false, each followed by what is false within it; then what the outcome contradicts."""
    for failure in explanation.failures:
        yield from _texts(failure)
    for mismatch in explanation.mismatches:
        yield mismatch.observation
    if explanation.broken_property is not None:
        yield explanation.broken_property


def _texts(failure: Failure) -> Iterator[str]:
    yield " ".join(failure.text.split())
    for inner in failure.inner:
        yield from _texts(inner)
