"""What an event says is used before anything is enumerated: domains without end, or of millions, are no obstacle.

Each case is an event that determines a hidden choice, its broken twin that contradicts the action, and sometimes one
that leaves the choice open, which must be an error and no verdict.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tlaconform.checking import CheckOptions, Workbench, check_trace
from tlatrace.engine import Decision, Verdict

SPEC = r"""
---- MODULE Huge ----
EXTENDS Naturals, Sequences, FiniteSets
VARIABLES log, msgs, n, f, s
Init == log = << >> /\ msgs = {[t |-> 1, v |-> "a"]} /\ n = 0 /\ f = [i \in 1 .. 25 |-> 0] /\ s = {}
Rest(x) == UNCHANGED x
Put(x) == log' = Append(log, x) /\ UNCHANGED <<msgs, n, f, s>>
Name == \E v \in STRING : log' = Append(log, v) /\ UNCHANGED <<msgs, n, f, s>>
Sub == \E q \in SUBSET (1 .. 25) : Cardinality(q) < 3 /\ s' = q /\ UNCHANGED <<msgs, n, f, log>>
Fun == f' \in [1 .. 25 -> 0 .. 3] /\ UNCHANGED <<msgs, n, s, log>>
Add == \E x \in Nat : x # 5 /\ n' = n + x /\ UNCHANGED <<msgs, log, s, f>>
Send == \E t \in Nat, v \in STRING : msgs' = msgs \cup {[t |-> t, v |-> v]} /\ UNCHANGED <<n, log, s, f>>
Receive == \E m \in msgs : m.t = n + 1 /\ n' = m.t /\ msgs' = msgs \ {m} /\ UNCHANGED <<log, s, f>>
Either ==
    \E x \in Nat :
        /\ \/ n' = x /\ Rest(log)
           \/ n' = 0 /\ log' = <<x>>
        /\ UNCHANGED <<msgs, s, f>>
Chosen == LET g(x) == x * 1 IN \E x \in Nat : IF s = {} THEN n' = x /\ UNCHANGED log ELSE n' = 0 /\ log' = <<x>>
Let == Chosen /\ UNCHANGED <<msgs, s, f>>
Update == \E i \in 1 .. 25, v \in Nat : f' = [f EXCEPT ![i] = v] /\ UNCHANGED <<msgs, n, s, log>>
Next == (\E x \in Nat : Put(x)) \/ Name \/ Sub \/ Fun \/ Add \/ Send \/ Receive \/ Either \/ Let \/ Update
====
"""

MAPPING = r"""
version: 1
spec: Huge
kind: event.e
observe_if_present:
  log: event.log
  n: event.n
  s: "{event.s[k] : k \\in DOMAIN event.s}"
  f: event.f
  f[event.i]: event.fi
  msgs: "{event.msgs[k] : k \\in DOMAIN event.msgs}"
events: {Put: Put(ANY), Name: Name, Sub: Sub, Fun: Fun, Add: Add, Send: Send, Receive: Receive, Either: Either,
         Let: Let, Update: Update}
"""

FIRST = {"t": 1, "v": "a"}

ACCEPTED: list[dict[str, Any]] = [
    {"e": "Put", "log": [700_000]},
    {"e": "Name", "log": ["x"]},
    {"e": "Sub", "s": [3, 9]},
    {"e": "Fun", "f": [0] * 24 + [2]},
    {"e": "Add", "n": 123_456_789},
    {"e": "Send", "msgs": [FIRST, {"t": 13, "v": "k"}]},
    {"e": "Receive", "n": 1},
    {"e": "Receive", "msgs": []},
    {"e": "Either", "n": 500_000},
    {"e": "Either", "n": 0, "log": [99]},
    {"e": "Let", "n": 4_000},
    {"e": "Update", "f": [0] * 7 + [8_000_000] + [0] * 17},
]

REJECTED: list[dict[str, Any]] = [
    {"e": "Put", "log": [1, 2]},
    {"e": "Name", "log": []},
    {"e": "Sub", "s": [3, 9, 11]},
    {"e": "Sub", "s": [26]},
    {"e": "Fun", "f": [0] * 24 + [4]},
    {"e": "Add", "n": 5},
    {"e": "Send", "msgs": [{"t": 13, "v": "k"}]},
    {"e": "Receive", "n": 2},
    {"e": "Receive", "msgs": [FIRST]},
    {"e": "Either", "n": 7, "log": [99]},
    {"e": "Let", "n": 4_000, "log": [1]},
    {"e": "Update", "f": [1] * 7 + [8] + [0] * 17},
]

OPEN: list[dict[str, Any]] = [
    {"e": "Put", "n": 0},
    {"e": "Sub", "n": 0},
    {"e": "Fun", "n": 0},
    {"e": "Let", "log": []},
]


def check(folder: Path, *events: dict[str, Any]) -> Verdict:
    (folder / "Huge.tla").write_text(SPEC, encoding="utf-8")
    (folder / "Huge.yaml").write_text(MAPPING, encoding="utf-8")
    trace = folder / "trace.ndjson"
    trace.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    options = CheckOptions(spec=folder / "Huge.tla", mapping=folder / "Huge.yaml", time_limit=20)
    return check_trace(trace, Workbench(options))


@pytest.mark.parametrize("event", ACCEPTED, ids=json.dumps)
def test_a_choice_that_the_event_determines_is_found(tmp_path: Path, event: dict[str, Any]) -> None:
    assert check(tmp_path, event).decision is Decision.ACCEPTED


@pytest.mark.parametrize("event", REJECTED, ids=json.dumps)
def test_an_event_that_no_choice_explains_is_rejected(tmp_path: Path, event: dict[str, Any]) -> None:
    assert check(tmp_path, event).decision is Decision.REJECTED


@pytest.mark.parametrize("event", OPEN, ids=json.dumps)
def test_a_choice_among_too_many_is_an_error_that_says_so(tmp_path: Path, event: dict[str, Any]) -> None:
    verdict = check(tmp_path, event)
    assert verdict.decision is Decision.INVALID
    assert (
        "cannot enumerate the infinite set Nat" in verdict.reason or "the event does not tell which" in verdict.reason
    )


def test_a_value_of_another_kind_is_an_error_and_no_rejection(tmp_path: Path) -> None:
    verdict = check(tmp_path, {"e": "Add", "n": "twelve"})
    assert verdict.decision is Decision.INVALID


def test_a_long_trace_of_messages_that_are_looked_up(tmp_path: Path) -> None:
    sent = [{"e": "Send", "msgs": [FIRST] + [{"t": t, "v": "k"} for t in range(2, end + 1)]} for end in range(2, 80)]
    received = [{"e": "Receive", "n": n} for n in range(1, 80)]
    assert check(tmp_path, *sent, *received).decision is Decision.ACCEPTED
    assert check(tmp_path, *sent, *received[:40], *received[41:]).decision is Decision.REJECTED
