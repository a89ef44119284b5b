"""Raft.tla once more, in the plainest Python: every event of a trace must be a step of it.

This is the slow and stupid twin of the checker, transcribed by hand from the specification, action by action; it shares
nothing with the core.  Each run must be accepted, and traces that were tampered with must not be.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from vraft.core import RAFT_ACTIONS, AppendEntries, RaftCore, RequestVote
from vraft.emulator import Runner, builtin_names, load_scenario, read_scenario

Record = dict[str, Any]


class Forbidden(Exception):
    """A step that the specification does not allow; says which conjunct."""


def need(holds: bool, conjunct: str) -> None:
    if not holds:
        raise Forbidden(conjunct)


class Twin:
    """The state of the specification."""

    def __init__(self, servers: list[str]) -> None:
        self.servers = servers
        self.term = dict.fromkeys(servers, 0)
        self.vote: dict[str, str | None] = dict.fromkeys(servers)
        self.log: dict[str, list[Record]] = {i: [] for i in servers}
        self.role = dict.fromkeys(servers, "Follower")
        self.commit = dict.fromkeys(servers, 0)
        self.votes: dict[str, set[str]] = {i: set() for i in servers}
        self.next = {i: dict.fromkeys(servers, 1) for i in servers}
        self.match = {i: dict.fromkeys(servers, 0) for i in servers}
        self.messages: set[str] = set()

    # Operators

    def term_at(self, i: str, k: int) -> int:
        return 0 if k == 0 else int(self.log[i][k - 1]["term"])

    def last_term(self, i: str) -> int:
        return self.term_at(i, len(self.log[i]))

    def quorum(self, members: set[str]) -> bool:
        return 2 * len(members) > len(self.servers)

    def last_not_after(self, i: str, k: int, term: int) -> int:
        return k if k == 0 or self.term_at(i, k) <= term else self.last_not_after(i, k - 1, term)

    def up_to_date(self, m: Record, i: str) -> bool:
        last = self.last_term(i)
        return m["lastLogTerm"] > last or (m["lastLogTerm"] == last and m["lastLogIndex"] >= len(self.log[i]))

    def log_matches(self, i: str, m: Record) -> bool:
        return m["prevLogIndex"] <= len(self.log[i]) and m["prevLogTerm"] == self.term_at(i, m["prevLogIndex"])

    def leave_office(self, i: str) -> None:
        self.role[i] = "Follower"
        self.votes[i] = set()
        self.next[i] = dict.fromkeys(self.servers, 1)
        self.match[i] = dict.fromkeys(self.servers, 0)

    # A step

    def take(self, event: Record) -> None:
        i, m = event["node"], event.get("message")
        if m is not None:
            need(json.dumps(m) in self.messages, "m \\in messages")
            need(m["to"] == i, "m.to = i")
        action: Callable[..., list[Record]] = getattr(self, "do_" + event["action"])
        sent = action(i, **event["args"]) if m is None else action(i, m, **event["args"])
        need(event["sent"] == sent, f"sent: {sent}")
        self.messages.update(json.dumps(one) for one in sent)
        for name, value in self.variables(i).items():
            need(event["vars"].get(name) == value, f"{name}' = {value!r}, found {event['vars'].get(name)!r}")

    def variables(self, i: str) -> Record:
        values: Record = {
            "currentTerm": self.term[i],
            "votedFor": self.vote[i],
            "role": self.role[i],
            "commitIndex": self.commit[i],
            "logLength": len(self.log[i]),
            "lastLogTerm": self.last_term(i),
            "votesGranted": sorted(self.votes[i]) if self.role[i] == "Candidate" else None,
            "nextIndex": self.next[i] if self.role[i] == "Leader" else None,
            "matchIndex": self.match[i] if self.role[i] == "Leader" else None,
        }
        need(self.role[i] == "Candidate" or not self.votes[i], "votesGranted of a candidate only")
        return values

    # Actions

    def do_Timeout(self, i: str) -> list[Record]:
        need(self.role[i] in ("Follower", "Candidate"), "role[i] \\in {Follower, Candidate}")
        self.term[i] += 1
        self.vote[i] = i
        self.role[i] = "Candidate"
        self.votes[i] = {i}
        return []

    def do_RequestVote(self, i: str, j: str) -> list[Record]:
        need(self.role[i] == "Candidate", "role[i] = Candidate")
        need(j != i, "j # i")
        return [
            {
                "type": "RequestVote",
                "from": i,
                "to": j,
                "term": self.term[i],
                "lastLogIndex": len(self.log[i]),
                "lastLogTerm": self.last_term(i),
            }
        ]

    def vote_response(self, i: str, m: Record, granted: bool) -> list[Record]:
        return [{"type": "RequestVoteResponse", "from": i, "to": m["from"], "term": self.term[i], "granted": granted}]

    def do_GrantVote(self, i: str, m: Record) -> list[Record]:
        need(m["type"] == "RequestVote", "m.type")
        need(m["term"] == self.term[i], "m.term = currentTerm[i]")
        need(self.vote[i] in (None, m["from"]), "votedFor[i] \\in {Nil, m.from}")
        need(self.up_to_date(m, i), "UpToDate")
        self.vote[i] = m["from"]
        return self.vote_response(i, m, True)

    def do_DenyVote(self, i: str, m: Record) -> list[Record]:
        need(m["type"] == "RequestVote", "m.type")
        need(m["term"] <= self.term[i], "m.term <= currentTerm[i]")
        taken = self.vote[i] not in (None, m["from"])
        need(m["term"] < self.term[i] or taken or not self.up_to_date(m, i), "a reason to deny")
        return self.vote_response(i, m, False)

    def do_CountVote(self, i: str, m: Record) -> list[Record]:
        need(m["type"] == "RequestVoteResponse", "m.type")
        need(self.role[i] == "Candidate", "role[i] = Candidate")
        need(m["term"] == self.term[i], "m.term = currentTerm[i]")
        need(m["granted"], "m.granted")
        self.votes[i].add(m["from"])
        return []

    def do_BecomeLeader(self, i: str) -> list[Record]:
        need(self.role[i] == "Candidate", "role[i] = Candidate")
        need(self.quorum(self.votes[i]), "votesGranted[i] \\in Quorum")
        self.role[i] = "Leader"
        self.votes[i] = set()
        self.next[i] = dict.fromkeys(self.servers, len(self.log[i]) + 1)
        self.match[i] = dict.fromkeys(self.servers, 0)
        return []

    def do_ClientRequest(self, i: str, v: str) -> list[Record]:
        need(self.role[i] == "Leader", "role[i] = Leader")
        self.log[i].append({"term": self.term[i], "value": v})
        return []

    def do_AppendEntries(self, i: str, j: str, n: int) -> list[Record]:
        need(self.role[i] == "Leader", "role[i] = Leader")
        need(j != i, "j # i")
        need(0 <= n <= len(self.log[i]) - self.next[i][j] + 1, "n \\in 0 .. Len(log[i]) - nextIndex[i][j] + 1")
        previous = self.next[i][j] - 1
        return [
            {
                "type": "AppendEntries",
                "from": i,
                "to": j,
                "term": self.term[i],
                "prevLogIndex": previous,
                "prevLogTerm": self.term_at(i, previous),
                "entries": self.log[i][previous : previous + n],
                "leaderCommit": self.commit[i],
            }
        ]

    def do_ReturnToFollower(self, i: str, m: Record) -> list[Record]:
        need(m["type"] == "AppendEntries", "m.type")
        need(self.role[i] == "Candidate", "role[i] = Candidate")
        need(m["term"] == self.term[i], "m.term = currentTerm[i]")
        self.leave_office(i)
        return []

    def append_response(self, i: str, m: Record, success: bool, index: int, hint_term: int) -> list[Record]:
        return [
            {
                "type": "AppendEntriesResponse",
                "from": i,
                "to": m["from"],
                "term": self.term[i],
                "success": success,
                "index": index,
                "hintTerm": hint_term,
            }
        ]

    def do_AcceptEntries(self, i: str, m: Record) -> list[Record]:
        need(m["type"] == "AppendEntries", "m.type")
        need(m["term"] == self.term[i], "m.term = currentTerm[i]")
        need(self.role[i] == "Follower", "role[i] = Follower")
        need(self.log_matches(i, m), "LogMatches(i, m)")
        previous, new, log = m["prevLogIndex"], m["entries"], self.log[i]
        last = previous + len(new)
        conflict = any(
            previous + k < len(log) and log[previous + k]["term"] != entry["term"] for k, entry in enumerate(new)
        )
        if conflict or last > len(log):
            self.log[i] = log[:previous] + new
        self.commit[i] = max(self.commit[i], min(m["leaderCommit"], last))
        return self.append_response(i, m, True, last, 0)

    def do_RejectEntries(self, i: str, m: Record) -> list[Record]:
        need(m["type"] == "AppendEntries", "m.type")
        old = m["term"] < self.term[i]
        unfit = m["term"] == self.term[i] and self.role[i] == "Follower" and not self.log_matches(i, m)
        need(old or unfit, "a reason to reject")
        limit = min(m["prevLogIndex"] - 1, len(self.log[i]))
        hint = 0 if old else self.last_not_after(i, limit, m["prevLogTerm"])
        return self.append_response(i, m, False, hint, self.term_at(i, hint))

    def do_AdvanceMatch(self, i: str, m: Record) -> list[Record]:
        need(m["type"] == "AppendEntriesResponse", "m.type")
        need(self.role[i] == "Leader", "role[i] = Leader")
        need(m["term"] == self.term[i], "m.term = currentTerm[i]")
        need(m["success"], "m.success")
        j = m["from"]
        self.match[i][j] = max(self.match[i][j], m["index"])
        self.next[i][j] = max(self.next[i][j], m["index"] + 1)
        return []

    def do_BacktrackNext(self, i: str, m: Record) -> list[Record]:
        need(m["type"] == "AppendEntriesResponse", "m.type")
        need(self.role[i] == "Leader", "role[i] = Leader")
        need(m["term"] == self.term[i], "m.term = currentTerm[i]")
        need(not m["success"], "~m.success")
        agreed = self.last_not_after(i, min(m["index"], len(self.log[i])), m["hintTerm"])
        self.next[i][m["from"]] = max(self.match[i][m["from"]], agreed) + 1
        return []

    def do_AdvanceCommit(self, i: str, k: int) -> list[Record]:
        need(self.role[i] == "Leader", "role[i] = Leader")
        need(self.commit[i] < k <= len(self.log[i]), "k > commitIndex[i] and k <= Len(log[i])")
        need(self.quorum({i} | {j for j in self.servers if self.match[i][j] >= k}), "a quorum")
        need(self.term_at(i, k) == self.term[i], "log[i][k].term = currentTerm[i]")
        self.commit[i] = k
        return []

    def do_UpdateTerm(self, i: str, m: Record) -> list[Record]:
        need(m["term"] > self.term[i], "m.term > currentTerm[i]")
        self.term[i] = m["term"]
        self.vote[i] = None
        self.leave_office(i)
        return []

    def do_Restart(self, i: str) -> list[Record]:
        self.leave_office(i)
        self.commit[i] = 0
        return []


def accept(events: list[Record], servers: list[str]) -> None:
    twin = Twin(servers)
    for event in events:
        try:
            twin.take(event)
        except Forbidden as forbidden:
            raise Forbidden(f"event {event['seq']}, {event['action']} of {event['node']}: {forbidden}") from None


def run(name: str, **options: Any) -> tuple[list[Record], list[str]]:
    events: list[Record] = []
    scenario = load_scenario(name)
    Runner(scenario, on_event=events.append, **options).run()
    return json.loads(json.dumps(events)), list(scenario.nodes)


BASIC = [name for name in builtin_names() if load_scenario(name).is_basic]
"""The others take actions that are not in Raft.tla; tests/conformance/drivers has the checker judge them."""


@pytest.mark.parametrize("name", BASIC)
def test_built_in_scenarios_are_behaviors_of_the_specification(name: str) -> None:
    events, servers = run(name)
    accept(events, servers)


def test_together_they_take_every_action() -> None:
    taken = {event["action"] for name in ("chaos3", "chaos5", "restart") for event in run(name)[0]}
    assert taken == set(RAFT_ACTIONS) - {"StepDown"}  # That takes a leader that looks for its quorum.


RANDOM = """
nodes: {nodes}
seed: {seed}
until: 6s
max_entries: 2
network: {{delay_ms: [0, 60], loss: 0.1, duplicate: 0.1, reorder: 0.2}}
disk: {{sync_ms: [0, 30]}}
timing: {{rates: {{n1: 3/2}}, tick_ms: 20, election_ticks: [5, 12]}}
events:
  - {{at: 0s, load: {{every: 20ms, count: 100}}}}
  - {{at: 1s, random_faults: {{every: 200ms, for: 4s}}}}
"""


@pytest.mark.parametrize("seed", range(20))
def test_random_runs_are_behaviors_of_the_specification(seed: int) -> None:
    scenario = read_scenario(RANDOM.format(nodes=2 + seed % 4, seed=seed), "random")
    events: list[Record] = []
    result = Runner(scenario, on_event=events.append).run()
    assert result.ok, result.failures
    accept(json.loads(json.dumps(events)), list(scenario.nodes))


@pytest.mark.parametrize(
    ("action", "field", "value"),
    [
        ("GrantVote", "votedFor", "n9"),
        ("AcceptEntries", "logLength", 99),
        ("AdvanceCommit", "commitIndex", 99),
        ("Restart", "votedFor", "n9"),
        ("UpdateTerm", "currentTerm", 99),
    ],
)
def test_a_trace_that_was_tampered_with_is_not(action: str, field: str, value: object) -> None:
    events, servers = run("elect2")
    tampered = copy.deepcopy(events)
    next(event for event in tampered if event["action"] == action)["vars"][field] = value
    with pytest.raises(Forbidden, match=rf"{action} of n\d: {field}'"):
        accept(tampered, servers)


class VotesTwice(RaftCore):
    def vote_is_free(self, m: RequestVote) -> bool:
        return True


class TakesAnything(RaftCore):
    def log_matches(self, m: AppendEntries) -> bool:
        return True


class ForgetsVote(RaftCore):
    def persist_vote(self) -> None:
        pass


@pytest.mark.parametrize(
    ("kind", "conjunct"),
    [
        (VotesTwice, r"GrantVote of n\d: votedFor"),
        (TakesAnything, r"AcceptEntries of n\d: LogMatches"),
        (ForgetsVote, r"Restart of n\d: votedFor'"),
    ],
)
def test_a_core_that_is_wrong_is_not(kind: type[RaftCore], conjunct: str) -> None:
    with pytest.raises(Forbidden, match=conjunct):
        accept(*run("chaos5", node_class=kind, assertions=False, referees=False))
