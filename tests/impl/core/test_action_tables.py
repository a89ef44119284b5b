"""The tables of actions are those of the specifications."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vraft.core import (
    ACTIONS,
    MEMBERSHIP_ACTIONS,
    PRE_VOTE_ACTIONS,
    RAFT_ACTIONS,
    READ_ACTIONS,
    SNAPSHOT_ACTIONS,
    TRANSFER_ACTIONS,
)

SPECS = Path(__file__).parents[3] / "spec"


def next_of(module: str) -> dict[str, tuple[str, ...]]:
    """The actions that Next of a module consists of, each with its parameters."""
    text = (SPECS / f"{module}.tla").read_text(encoding="utf-8")
    defined = dict(re.findall(r"^(\w+)\((i(?:, \w+)*)\) *==", text, flags=re.MULTILINE))
    following = re.search(r"^Next ==\n(.*?)\n\nSpec", text, flags=re.MULTILINE | re.DOTALL)
    assert following is not None
    return {name: tuple(defined[name].split(", ")) for name in re.findall(r": (\w+)\(i", following[1])}


TABLES = {
    # LearnTerm stands for messages of other modules; whoever knows those modules has UpdateTerm for them.
    "Raft": {**RAFT_ACTIONS, "LearnTerm": ("i", "t")},
    "PreVote": {**RAFT_ACTIONS, **PRE_VOTE_ACTIONS},
    "Membership": {**RAFT_ACTIONS, **PRE_VOTE_ACTIONS, **MEMBERSHIP_ACTIONS, **TRANSFER_ACTIONS},
}
TABLES["Snapshot"] = {**TABLES["Membership"], **SNAPSHOT_ACTIONS}
TABLES["Reads"] = {**TABLES["Snapshot"], **READ_ACTIONS}


@pytest.mark.parametrize("module", TABLES)
def test_the_tables_are_those_of_the_specifications(module: str) -> None:
    assert next_of(module) == TABLES[module]


def test_all_tables_together_are_what_the_core_can_do() -> None:
    assert dict(ACTIONS) == TABLES["Reads"]
