"""What tells one failure from another: the nearest conjunct that says something."""

from __future__ import annotations

import pytest

from tlaconform.stateful import Cause, cause_of
from tlatrace.engine.verdict import Decision, Explanation, Failure, Verdict
from tlatrace.location import Location

HERE = Location("M.tla", 1, 1, 1, 2)


def false(text: str, *inner: Failure) -> Failure:
    return Failure(text=text, location=HERE, kind="false", held=0, inner=inner)


def rejected(*failures: Failure) -> Verdict:
    candidate = Explanation(candidate="Change(n)", action="Change(n)", failures=failures)
    return Verdict(decision=Decision.REJECTED, trace="t", candidates=(candidate,))


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (false("x = 1"), "x = 1"),
        # An action that is an instance's: what is false in it, as deep as it goes.
        (false("S!Change(i)", false("M!Change(i)", false("config = 0"))), "config = 0"),
        # A definition that is applied says more than what is false in it.
        (false("HasLease(i)", false("IsQuorum(S)", false("2 > 3"))), "HasLease(i)"),
        (false("S!Changes(i)", false("x = 1")), "S!Changes(i)"),
        (false("S!Change(i)"), "S!Change(i)"),
    ],
)
def test_the_cause_is_the_nearest_conjunct_that_says_something(failure: Failure, reason: str) -> None:
    assert cause_of(rejected(failure)) == Cause("Change", reason)
