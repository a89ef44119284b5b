"""The table of mutants: a row says what found it, with the specification and without, and none that was not found."""

from __future__ import annotations

import pytest

from bench import mutants
from tlaconform.drivers import Foretold, Mutant, mutant_named
from vraft.core import RaftCore


@pytest.mark.slow
def test_a_row_says_what_found_it_both_ways(capsys: pytest.CaptureFixture[str]) -> None:
    assert mutants.main(["double-vote", "--quick"]) == 0
    head, rule, row, _, end = capsys.readouterr().out.splitlines()
    assert head.count("|") == rule.count("|") == row.count("|") == 7
    assert row.startswith("| double-vote | a server votes for every candidate that asks")
    assert r"`GrantVote: votedFor[i] \in {Nil, m.from}`" in row
    assert row.endswith("| referees, 1 |")
    assert end == "1 of 1 were found."


class HandsOutNothing(RaftCore):
    """Falls over as soon as somebody asks it something."""

    def read(self, r: str) -> None:
        raise KeyError(r)


@pytest.mark.parametrize(
    ("core", "what"), [(RaftCore, ""), (HandsOutNothing, "falls over: KeyError")], ids=["whole", "falls over"]
)
def test_without_the_specification_only_what_can_be_seen_is_seen(core: type[RaftCore], what: str) -> None:
    methods = {name: value for name, value in vars(core).items() if name == "read"} if core is not RaftCore else {}
    mutant = Mutant(name="m", bug="none", source="", foretold=Foretold("GrantVote", "x"), methods=methods)
    found = mutants.unaided(mutant, executions=2)
    assert found.what == what
    assert found.executions == (1 if what else 2)


def test_an_unknown_name_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert mutants.main(["no-such"]) == 1
    assert "no-such" in capsys.readouterr().err
    assert mutant_named("double-vote").name == "double-vote"
