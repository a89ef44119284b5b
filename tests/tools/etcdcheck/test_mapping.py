"""One server of etcd's Raft elects itself and commits, told line by line: what the mapping makes of it, without Go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from etcdcheck.judging import judge, reasons
from tlaconform import Decision, Verdict

Event = dict[str, Any]


def test_an_election_and_a_commit_are_accepted(tmp_path: Path) -> None:
    verdict = judged(tmp_path, alone())
    assert verdict.decision is Decision.ACCEPTED, verdict.reason
    assert {"Timeout", "BecomeLeader", "ClientRequest", "AdvanceCommit", "Apply"} <= {*verdict.strength.actions}


def test_a_vote_for_oneself_counts_only_when_it_is_written(tmp_path: Path) -> None:
    events = alone()
    del events[index_of(events, "Persist")]
    assert ("BecomeLeader", "M!IsQuorum(votesGranted[i] \\ (IF HasWrittenVote(i) THEN {} ELSE {i}), Config(i))") in (
        why(tmp_path, [event for event in events if event["name"] != "ReceiveRequestVoteResponse"])
    )


def test_entries_of_ones_own_count_only_when_they_are_written(tmp_path: Path) -> None:
    events = alone()
    del events[index_of(events, "Persist", 2)]
    events = [event for event in events if event["name"] != "ReceiveAppendEntriesResponse"]
    assert any(action == "AdvanceCommit" and "HasWritten(i, k)" in text for action, text in why(tmp_path, events))


def test_what_is_applied_is_what_the_log_has(tmp_path: Path) -> None:
    events = alone()
    events[index_of(events, "Apply")]["value"] = "other"
    assert any(action == "Apply" and "event.value" in text for action, text in why(tmp_path, events))


def test_what_a_crash_took_is_gone(tmp_path: Path) -> None:
    events = alone()[: index_of(alone(), "Persist", 2)]  # the entry is not written
    found = {"state": state(term=0), "role": "StateFollower", "conf": [[], []], "log": 0}
    events += [host("Start", index=0, compacted=0), {"name": "InitState", "nid": "1", **found}]
    assert judged(tmp_path, events).decision is Decision.ACCEPTED
    events[-1]["log"] = 1
    assert ("stutter", "Len(log[n])") in why(tmp_path, events)


# ------------------------------------------------------------------------------------------------------------ a trace


def alone() -> list[Event]:
    """A server that votes alone: elected, its first entry written, committed and applied."""
    candidate = {"role": "StateCandidate", "conf": [["1"], []], "log": 0}
    leader = {"role": "StateLeader", "conf": [["1"], []]}
    own_vote = message(type="MsgVoteResp", term=1)
    own_entry = message(type="MsgAppResp", term=1, index=1)
    term, done = state(term=1, vote="1"), state(term=1, vote="1", commit=1)
    found = {"state": state(term=0), "role": "StateFollower", "log": 0}
    return [
        host("Start", index=0, compacted=0),
        {"name": "InitState", "nid": "1", **found, "conf": [[], []]},
        {"name": "ApplyConfChange", "nid": "1", **found, "conf": [[], []], "prop": {"cc": {"newconf": ["1"]}}},
        {"name": "BecomeFollower", "nid": "1", **found, "conf": [["1"], []]},
        {"name": "BecomeCandidate", "nid": "1", "state": term, **candidate},
        {"name": "SendRequestVoteResponse", "nid": "1", "state": term, **candidate, "msg": own_vote},
        {"name": "Ready", "nid": "1", "state": term, **candidate},
        host("Persist", batches=1, state=term, log=0, logTerm=0),
        {"name": "ReceiveRequestVoteResponse", "nid": "1", "state": term, **candidate, "msg": own_vote},
        {"name": "BecomeLeader", "nid": "1", "state": term, **leader, "log": 0},
        {"name": "Replicate", "nid": "1", "state": term, **leader, "log": 0, "prop": {"value": ""}},
        {"name": "SendAppendEntriesResponse", "nid": "1", "state": term, **leader, "log": 1, "msg": own_entry},
        {"name": "Ready", "nid": "1", "state": term, **leader, "log": 1},
        host("Persist", batches=1, state=term, log=1, logTerm=1),
        {"name": "ReceiveAppendEntriesResponse", "nid": "1", "state": term, **leader, "log": 1, "msg": own_entry},
        {"name": "Commit", "nid": "1", "state": done, **leader, "log": 1},
        host("Apply", index=1, term=1, value="", kind="EntryNormal"),
    ]


def host(name: str, **fields: Any) -> Event:
    return {"name": name, "nid": "1", **fields}


def state(*, term: int, vote: str = "0", commit: int = 0) -> Event:
    return {"term": term, "vote": vote, "commit": commit}


def message(**fields: Any) -> Event:
    """One to oneself."""
    rest = {"from": "1", "to": "1", "entries": 0, "logTerm": 0, "index": 0, "commit": 0, "vote": "0"}
    return rest | {"reject": False, "rejectHint": 0} | fields


def index_of(events: list[Event], name: str, number: int = 1) -> int:
    return [place for place, event in enumerate(events) if event["name"] == name][number - 1]


def judged(folder: Path, events: list[Event]) -> Verdict:
    path = folder / "trace.ndjson"
    lines = [{"tag": "config", "servers": ["1"], "voters": ["1"], "preVote": False}]
    lines += [{"tag": "trace", "event": event} for event in events]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    (verdict,) = judge([path])
    return verdict


def why(folder: Path, events: list[Event]) -> list[tuple[str, str]]:
    verdict = judged(folder, events)
    assert verdict.decision is Decision.REJECTED, verdict.reason
    return [*reasons(verdict)]
