"""Three judges of the same traces: ours, TLC by a module made from our mapping, TLC by a module written by hand.

A cluster is driven through an election, a partition with a truncation, and a crash; its trace is accepted. Each twin of
that trace breaks one thing, and must be rejected at the line foretold; each mutation changes something at random, and
whatever comes of it, all three must say the same. All traces are judged in a few runs of TLC, because starting it takes
longer than judging.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tlacheck import Toolchain
from tlaconform.checking import CheckOptions, Workbench, check_trace
from tlaconform.tlc_judge import TlcJudgement, judge_all_by_hand, judge_traces
from tlatrace.engine.verdict import Decision
from vraft import tracing
from vraft.emulator import Cluster

pytestmark = pytest.mark.tlc

SPEC_FOLDER = Path(__file__).parents[2] / "spec"
SPEC = SPEC_FOLDER / "Raft.tla"
MAP = SPEC_FOLDER / "maps" / "raft.yaml"

NODES = ("n1", "n2", "n3")
ROLES = ("Follower", "Candidate", "Leader")

MUTATIONS = 30
"""Random changes of the accepted trace; a fifth or so are accepted, being changes that Raft allows."""

Event = dict[str, Any]


# ------------------------------------------------------------------------------------------------ the accepted trace


def record() -> list[Event]:
    """The events of a run in which most actions occur: 100 or so, so that each twin is judged at once."""
    events: list[Event] = []
    cluster = Cluster(NODES, automatic=False, on_event=events.append)

    def deliver(messages_max: int = 60) -> None:
        for _ in range(messages_max):
            if not cluster.pending():
                return
            cluster.deliver(cluster.pending()[0].id)

    cluster.timeout("n1")
    cluster.timeout("n3")
    deliver()
    cluster.isolate("n3")
    cluster.propose("a", "n1")
    cluster.heartbeat("n1")
    deliver()
    cluster.heal()
    cluster.isolate("n1")
    cluster.propose("lost", "n1")
    cluster.timeout("n2")
    deliver()
    cluster.propose("b", "n2")
    deliver()
    cluster.heal()
    cluster.heartbeat("n2")
    deliver()
    cluster.crash("n3")
    cluster.restart("n3")
    cluster.timeout("n3")
    deliver()
    return events


def number_of(events: list[Event], action: str, after: int = 0, **wanted: Any) -> int:
    """The number of the first event of this action, from ``after`` on, that has these values."""
    for number in range(after, len(events)):
        event = events[number]
        if event["action"] == action and all(event[name] == value for name, value in wanted.items()):
            return number
    raise LookupError(f"the trace has no {action} with {wanted}")


# ------------------------------------------------------------------------------------------------ its twins


@dataclass(frozen=True)
class Twin:
    """``breaks`` changes the events in place and returns the number of the one that should be rejected."""

    name: str
    breaks: Callable[[list[Event]], int]


def wrong_term(events: list[Event]) -> int:
    number = number_of(events, "GrantVote")
    events[number]["vars"]["currentTerm"] += 1
    return number


def second_vote_in_a_term(events: list[Event]) -> int:
    number = number_of(events, "DenyVote", node="n2")
    denied = events[number]
    denied["action"] = "GrantVote"
    denied["vars"]["votedFor"] = denied["message"]["from"]
    denied["sent"][0]["granted"] = True
    return number


def lost_line(events: list[Event]) -> int:
    """An answer is handled that nobody sent: its sending is the line that was lost."""
    number = number_of(events, "AcceptEntries")
    (sent,) = events.pop(number)["sent"]
    return min(number_of(events, "AdvanceMatch", number, message=sent), next_event_of(events, sent["from"], number))


def next_event_of(events: list[Event], node: str, after: int) -> int:
    """The next event that shows the effect of the lost one: the server has a log that it should not have."""
    return next(n for n in range(after, len(events)) if events[n]["node"] == node)


def swapped_lines(events: list[Event]) -> int:
    number = number_of(events, "UpdateTerm")
    assert events[number + 1]["action"] == "GrantVote", "the vote follows the term"
    events[number], events[number + 1] = events[number + 1], events[number]
    return number


def wrong_length(events: list[Event]) -> int:
    number = number_of(events, "AcceptEntries")
    events[number]["vars"]["logLength"] += 1
    return number


def forged_message(events: list[Event]) -> int:
    number = number_of(events, "AcceptEntries")
    events[number]["message"]["leaderCommit"] += 1
    return number


def other_message_sent(events: list[Event]) -> int:
    number = number_of(events, "AppendEntries")
    events[number]["sent"][0]["prevLogTerm"] += 1
    return number


def memory_outlives_the_crash(events: list[Event]) -> int:
    """Without the line of its restart, a server's volatile state vanishes between two events."""
    number = number_of(events, "Restart")
    node = events.pop(number)["node"]
    return next_event_of(events, node, number)


def leader_without_quorum(events: list[Event]) -> int:
    number = number_of(events, "CountVote")
    del events[number]
    return number_of(events, "BecomeLeader", number)


def commit_before_quorum(events: list[Event]) -> int:
    number = number_of(events, "AdvanceCommit")
    commit = events.pop(number)
    earlier = number_of(events, "AdvanceMatch")
    commit["vars"]["matchIndex"] = dict(events[earlier - 1]["vars"].get("matchIndex") or dict.fromkeys(NODES, 0))
    events.insert(earlier, commit)
    return earlier


def unknown_peer(events: list[Event]) -> int:
    number = number_of(events, "RequestVote")
    events[number]["args"]["j"] = "n9"
    return number


def unknown_node(events: list[Event]) -> int:
    events[0]["node"] = "n9"
    return 0


def wrong_next_index(events: list[Event]) -> int:
    number = number_of(events, "BecomeLeader")
    events[number]["vars"]["nextIndex"]["n2"] += 1
    return number


def term_adopted_twice(events: list[Event]) -> int:
    number = number_of(events, "UpdateTerm")
    events.insert(number + 1, copy.deepcopy(events[number]))
    return number + 1


def value_swapped_for_another(events: list[Event]) -> int:
    """The log's values are not logged: what was appended shows when it is sent."""
    number = number_of(events, "ClientRequest", args={"v": "a"})
    events[number]["args"]["v"] = "z"
    return next(n for n in range(number, len(events)) if sends(events[n], "a"))


def sends(event: Event, value: str) -> bool:
    return any(entry["value"] == value for message in event["sent"] for entry in message.get("entries", ()))


def vote_counted_that_nobody_gave(events: list[Event]) -> int:
    number = number_of(events, "Timeout")
    events[number]["vars"]["votesGranted"] = ["n1", "n2"]
    return number


def truncation_left_out(events: list[Event]) -> int:
    """The deposed leader keeps the entry that the new one does not have, and has one more than it should."""
    number = next(
        n
        for n, event in enumerate(events)
        if event["action"] == "AcceptEntries" and event["node"] == "n1" and event["message"]["prevLogIndex"] > 0
    )
    events[number]["vars"]["logLength"] += 1
    return number


TWINS = tuple(
    Twin(breaks.__name__, breaks)
    for breaks in (
        wrong_term,
        second_vote_in_a_term,
        lost_line,
        swapped_lines,
        wrong_length,
        forged_message,
        other_message_sent,
        memory_outlives_the_crash,
        leader_without_quorum,
        commit_before_quorum,
        unknown_peer,
        unknown_node,
        wrong_next_index,
        term_adopted_twice,
        value_swapped_for_another,
        vote_counted_that_nobody_gave,
        truncation_left_out,
    )
)


# ------------------------------------------------------------------------------------------------ random changes


def mutate(events: list[Event], source: random.Random) -> str:
    """Change one thing, and say what; the types stay, because a value of another type is an error and no judgement."""
    kind = source.randrange(8)
    number = source.randrange(len(events) - 1)
    if kind == 0:
        return f"event {number} left out: {events.pop(number)['action']}"
    if kind == 1:
        events.insert(number, copy.deepcopy(events[number]))
        return f"event {number} twice: {events[number]['action']}"
    if kind == 2:
        events[number], events[number + 1] = events[number + 1], events[number]
        return f"events {number} and {number + 1} swapped"
    event = events[number]
    places = list(leaves({name: item for name, item in event.items() if name not in ("seq", "time", "action", "node")}))
    holder, key = source.choice([(event, "node"), *places])
    old = holder[key]
    new = holder[key] = another(old, source)
    return f"event {number}, {event['action']}: {key} from {old!r} to {new!r}"


def leaves(data: Any) -> Iterator[tuple[Any, Any]]:
    """Where the scalars of an event are, each as its holder and its key."""
    for key, item in data.items() if isinstance(data, dict) else enumerate(data):
        if isinstance(item, dict | list):
            yield from leaves(item)
        else:
            yield data, key


def another(value: Any, source: random.Random) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + source.choice((-1, 1))
    if value is None:
        return source.choice(NODES)
    family = NODES if value in NODES else ROLES if value in ROLES else (value + "x",)
    return source.choice([other for other in family if other != value])


# ------------------------------------------------------------------------------------------------ the judges


@dataclass(frozen=True)
class Judged:
    """What the three said of one trace, each as the line that was rejected, None for an accepted trace."""

    about: str
    ours: int | None
    generated: int | None
    by_hand: int | None

    @property
    def agrees(self) -> bool:
        return self.ours == self.generated == self.by_hand


class Court:
    """Judges many traces at once."""

    def __init__(self, folder: Path, toolchain: Toolchain) -> None:
        self._folder = folder
        self._toolchain = toolchain

    def judge(self, traces: dict[str, list[Event]]) -> dict[str, Judged]:
        paths = [self._write(number, events) for number, events in enumerate(traces.values())]
        bench = Workbench(CheckOptions(spec=SPEC, mapping=MAP))
        ours = [self._checked(path, bench) for path in paths]
        generated = judge_traces(paths, spec=SPEC, mapping=MAP, toolchain=self._toolchain)
        by_hand = judge_all_by_hand(paths, toolchain=self._toolchain)
        return {
            name: Judged(name, mine, _line(first), _line(second))
            for name, mine, first, second in zip(traces, ours, generated, by_hand, strict=True)
        }

    def _write(self, number: int, events: list[Event]) -> Path:
        path = self._folder / f"trace{number}.ndjson"
        lines = [tracing.header(NODES, scenario="judged", seed=0, version="0"), *events]
        path.write_text("".join(f"{tracing.line(line)}\n" for line in lines), encoding="utf-8")
        return path

    def _checked(self, path: Path, bench: Workbench) -> int | None:
        verdict = check_trace(path, bench)
        assert verdict.decision in (Decision.ACCEPTED, Decision.REJECTED), verdict.reason
        return verdict.line if verdict.decision is Decision.REJECTED else None


def _line(judgement: TlcJudgement) -> int | None:
    assert judgement.is_decided
    return judgement.line


ACCEPTED = "as it was recorded"


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain) -> dict[str, Judged]:
    """The accepted trace and its twins, judged."""
    traces = {ACCEPTED: record()}
    for twin in TWINS:
        events = record()
        twin.breaks(events)
        traces[twin.name] = events
    return Court(tmp_path_factory.mktemp("twins"), toolchain).judge(traces)


def test_the_trace_exercises_the_actions() -> None:
    events = record()

    taken = {event["action"] for event in events}

    assert len(events) < 200, json.dumps([event["action"] for event in events])
    assert taken >= {
        *("Timeout", "RequestVote", "GrantVote", "DenyVote", "CountVote", "BecomeLeader", "ClientRequest"),
        *("AppendEntries", "AcceptEntries", "RejectEntries", "AdvanceMatch", "BacktrackNext", "AdvanceCommit"),
        *("UpdateTerm", "Restart"),
    }


def test_the_recorded_trace_is_accepted_by_all_three(judged: dict[str, Judged]) -> None:
    assert judged[ACCEPTED] == Judged(ACCEPTED, None, None, None)


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.name)
def test_a_broken_twin_is_rejected_by_all_three_at_the_same_line(twin: Twin, judged: dict[str, Judged]) -> None:
    line = twin.breaks(record()) + 2  # lines count from 1, and the first is the header

    assert judged[twin.name] == Judged(twin.name, line, line, line)


def test_the_three_agree_on_random_changes(tmp_path: Path, toolchain: Toolchain) -> None:
    traces = {}
    for seed in range(MUTATIONS):
        events = record()
        traces[f"mutation {seed}: {mutate(events, random.Random(seed))}"] = events

    judged = Court(tmp_path, toolchain).judge(traces)

    assert [found for found in judged.values() if not found.agrees] == []
    rejected = [found for found in judged.values() if found.ours is not None]
    assert 0 < len(rejected) < len(judged), "both accepted and rejected traces are needed to show anything"
