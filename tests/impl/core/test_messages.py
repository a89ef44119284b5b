"""Messages as records of the specification, and back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from vraft.core import InputError, from_record, to_record
from vraft.core.messages import FIELDS, ONLY_IF_TRUE

SPECS = Path(__file__).parents[3] / "spec"


def declared_in(module: str, definition: str) -> dict[str, list[str]]:
    """The fields of each message that a module declares, in order."""
    text = (SPECS / f"{module}.tla").read_text(encoding="utf-8")
    block = re.search(rf"^{re.escape(definition)} ==(.*?)\n\n", text, flags=re.MULTILINE | re.DOTALL)
    assert block is not None
    records = re.findall(r"\[type: \{([^}]*)\},(.*?)\]", block[1], flags=re.DOTALL)
    return {name: re.findall(r"(\w+):", fields) for names, fields in records for name in re.findall(r'"(\w+)"', names)}


def test_the_fields_are_those_of_the_specifications() -> None:
    urgent, *of_membership = declared_in("Membership", "Message").items()
    declared = {
        **declared_in("Raft", "MessageWith(entry)"),
        **declared_in("PreVote", "PreVoteMessage"),
        **dict(of_membership),
        **declared_in("Snapshot", "SnapshotMessage"),
        **declared_in("Reads", "ReadMessage"),
    }
    always = {kind.type: [spec for spec, _ in fields if spec not in ONLY_IF_TRUE] for kind, fields in FIELDS.items()}
    assert always == declared
    assert urgent == ("RequestVote", [*declared["RequestVote"], "urgent"])


def test_there_and_back(raft: Any) -> None:
    for message in (
        raft.ask(2, (1, 1)),
        raft.ask(2, urgent=True),
        raft.vote(2),
        raft.append(2, (1, 1), [1, 2], commit=1),
        raft.answer(2, 3),
        raft.pre_ask(2, (1, 1)),
        raft.pre_vote(3, 2),
        raft.now(2),
    ):
        assert from_record(to_record(message)) == message


def test_a_request_says_that_it_is_urgent_only_where_it_is(raft: Any) -> None:
    assert "urgent" not in to_record(raft.ask(2))
    assert to_record(raft.ask(2, urgent=True))["urgent"] is True


def test_a_record_reads_like_the_specification(raft: Any) -> None:
    assert to_record(raft.append(2, (1, 1), [2], commit=1)) == {
        "type": "AppendEntries",
        "from": "n2",
        "to": "n1",
        "term": 2,
        "prevLogIndex": 1,
        "prevLogTerm": 1,
        "entries": [{"term": 2, "value": "2.2"}],
        "leaderCommit": 1,
    }


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"type": "RequestVotes"}, "unknown message type 'RequestVotes'"),
        ({"term": "2"}, r"RequestVote\.term must be of type int"),
        ({"term": True}, r"RequestVote\.term must be of type int"),
        ({"granted": True}, r"missing or unknown here: \['granted'\]"),
        ({"urgent": 1}, r"RequestVote\.urgent must be of type bool"),
    ],
)
def test_what_is_no_message(raft: Any, change: dict[str, object], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        from_record({**to_record(raft.ask(2)), **change})


@pytest.mark.parametrize("entries", [{"term": 1, "value": "x"}, [{"term": 1}], [{"term": 1, "value": 2}], ["x"]])
def test_what_are_no_entries(raft: Any, entries: object) -> None:
    with pytest.raises(InputError, match=r"entries|an entry"):
        from_record({**to_record(raft.append(2)), "entries": entries})
