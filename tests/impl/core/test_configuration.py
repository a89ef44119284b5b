"""Configurations and their quorums, compared with a dumb twin."""

from __future__ import annotations

from itertools import chain, combinations
from typing import Any

import pytest

from vraft.core import Configuration, InputError, config_entry, entry_from_record, entry_to_record
from vraft.core.configuration import MEMBERS_MAX, configuration_from_record
from vraft.core.quorum import is_majority

SERVERS = ("n1", "n2", "n3", "n4")


def subsets(servers: tuple[str, ...]) -> list[frozenset[str]]:
    sizes = range(len(servers) + 1)
    return [frozenset(chosen) for chosen in chain.from_iterable(combinations(servers, size) for size in sizes)]


def dumb_majority(members: frozenset[str], voters: frozenset[str]) -> bool:
    """Count the ayes and the noes one by one."""
    ayes = [voter for voter in voters if voter in members]
    noes = [voter for voter in voters if voter not in members]
    return len(ayes) > len(noes)


def disagreements(quorum: Any) -> int:
    """How often ``quorum(members, config)`` differs from the dumb twin, over all configurations of four servers."""
    different = 0
    for voters in subsets(SERVERS)[1:]:
        for outgoing in subsets(SERVERS):
            config = Configuration(voters=voters, outgoing=outgoing)
            for members in subsets(SERVERS):
                expected = dumb_majority(members, voters) and (not outgoing or dumb_majority(members, outgoing))
                different += quorum(members, config) is not expected
    return different


def test_a_joint_quorum_is_a_majority_of_both() -> None:
    assert disagreements(lambda members, config: config.is_quorum(members)) == 0


def test_neither_the_union_nor_the_new_voters_alone_are_a_joint_quorum() -> None:
    assert disagreements(lambda members, config: is_majority(members & config.electorate, config.electorate)) > 100
    assert disagreements(lambda members, config: is_majority(members & config.voters, config.voters)) > 100


def test_two_quorums_of_neighbours_have_a_server_in_common() -> None:
    """Why joint consensus is safe: old and joint, joint and new, always meet (thesis, section 4.3)."""
    for old in subsets(SERVERS)[1:]:
        for new in subsets(SERVERS)[1:]:
            joint = [q for q in subsets(SERVERS) if Configuration(voters=new, outgoing=old).is_quorum(q)]
            for alone in (old, new):
                single = [q for q in subsets(SERVERS) if Configuration(voters=alone).is_quorum(q)]
                assert all(a & b for a in joint for b in single)


def test_a_learner_is_a_member_and_counts_for_nothing() -> None:
    config = Configuration.of(["n1", "n2", "n3"], learners=["n4", "n5"])
    assert config.members == {"n1", "n2", "n3", "n4", "n5"}
    assert config.electorate == {"n1", "n2", "n3"}
    assert not config.is_quorum({"n1", "n4", "n5"})


def test_an_outgoing_voter_may_become_a_learner() -> None:
    joint = Configuration.of(["n1"], outgoing=["n1", "n2"], learners=["n2"])
    assert joint.is_joint
    assert "n2" in joint.electorate
    assert joint.without_outgoing() == Configuration.of(["n1"], learners=["n2"])
    assert not joint.without_outgoing().is_joint


@pytest.mark.parametrize("members", [{"voters": []}, {"voters": ["n1"], "learners": ["n1"]}])
def test_what_is_no_configuration(members: dict[str, list[str]]) -> None:
    with pytest.raises(InputError, match=r"at least one voter|votes or learns"):
        Configuration.of(**members)  # type: ignore[arg-type]


def test_its_record_is_that_of_the_specification() -> None:
    entry = config_entry(3, Configuration.of(["n2", "n1"], outgoing=["n1"], learners=["n3"]))
    record = entry_to_record(entry)
    assert record == {
        "term": 3,
        "config": {"voters": {"#set": ["n1", "n2"]}, "outgoing": {"#set": ["n1"]}, "learners": {"#set": ["n3"]}},
    }
    assert entry_from_record(record) == entry
    assert entry.is_config


@pytest.mark.parametrize(
    "config",
    [
        None,
        {"voters": {"#set": ["n1"]}},
        {"voters": ["n1"], "outgoing": {"#set": []}, "learners": {"#set": []}},
        {"voters": {"#set": [1]}, "outgoing": {"#set": []}, "learners": {"#set": []}},
        {"voters": {"#set": []}, "outgoing": {"#set": []}, "learners": {"#set": []}},
        {"voters": {"#set": ["n"] * (MEMBERS_MAX + 1)}, "outgoing": {"#set": []}, "learners": {"#set": []}},
    ],
)
def test_what_is_no_record_of_a_configuration(config: object) -> None:
    with pytest.raises(InputError):
        configuration_from_record(config)
    with pytest.raises(InputError):
        entry_from_record({"term": 1, "config": config})
