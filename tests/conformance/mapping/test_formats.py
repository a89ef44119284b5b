"""Traces in the formats of others, from the file to the verdict, each with a twin that must be rejected."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from tlaconform.checking import CheckOptions, Workbench, check_trace
from tlatrace.engine.verdict import Decision, Verdict

PINGS = """
---- MODULE Pings ----
EXTENDS Integers
CONSTANT N
VARIABLES sent, seen
Node == 0 .. N - 1
Init == sent = [n \\in Node |-> 0] /\\ seen = [n \\in Node |-> 0]
Send(n) == sent' = [sent EXCEPT ![n] = @ + 1] /\\ UNCHANGED seen
Receive(n, m) ==
  /\\ seen[n] < sent[m]
  /\\ seen' = [seen EXCEPT ![n] = @ + 1]
  /\\ UNCHANGED sent
Next == \\E n, m \\in Node : Send(n) \\/ Receive(n, m)
====
"""


@pytest.fixture
def pings(tmp_path: Path) -> Any:
    """The verdict on a trace of pings, given as text."""
    (tmp_path / "Pings.tla").write_text(PINGS)

    def judge(mapping: str, text: str, name: str = "t.ndjson") -> Verdict:
        (tmp_path / "pings.yaml").write_text(dedent(mapping))
        trace = tmp_path / name
        trace.write_text(text)
        return check_trace(trace, Workbench(CheckOptions(spec=tmp_path / "Pings.tla", mapping=tmp_path / "pings.yaml")))

    return judge


def decided(verdict: Verdict, decision: Decision) -> None:
    assert verdict.decision is decision, verdict.reason


def ndjson(*lines: object) -> str:
    return "".join(json.dumps(line) + "\n" for line in lines)


EWD998 = """
version: 1
constants: {N: header.N}
kind: event.event
events:
  ">": Send(event.node)
  "<": Receive(event.node, event.pkt.snd)
"""


def packet(event: str, node: int, clock: dict[str, int]) -> dict[str, Any]:
    return {"event": event, "node": node, "pkt": {"snd": 0, "rcv": 1, "vc": clock}}


def test_clocks_put_events_into_their_order(pings: Any) -> None:
    receive, send = packet("<", 1, {"0": 1, "1": 1}), packet(">", 0, {"0": 1, "1": 0})
    decided(pings(EWD998, ndjson({"N": 2}, receive, send)), Decision.ACCEPTED)
    unsent = packet("<", 1, {"1": 1})
    late = packet(">", 0, {"0": 1, "1": 1})
    decided(pings(EWD998, ndjson({"N": 2}, unsent, late)), Decision.REJECTED)


BEHAVIOR = """
version: 1
constants: {N: "2"}
kind: IF event.index = FIRST THEN "start" ELSE event.action
initial:
  events: event.index = FIRST
  state: {sent: "[n \\\\in 0 .. 1 |-> event.state.sent[n]]", seen: "[n \\\\in 0 .. 1 |-> event.state.seen[n]]"}
observe:
  sent: event.state.sent
  seen: event.state.seen
events:
  Send: Send(ANY)
  Receive: Receive(ANY, ANY)
"""


def function(*values: int) -> dict[str, Any]:
    return {"#map": [[{"#bigint": str(n)}, {"#bigint": str(value)}] for n, value in enumerate(values)]}


def test_a_behavior_of_apalache_is_a_trace(pings: Any) -> None:
    states: list[dict[str, Any]] = [
        {"sent": function(3, 0), "seen": function(0, 0)},
        {"sent": function(3, 1), "seen": function(0, 0), "mbt::actionTaken": "Send"},
        {"sent": function(3, 1), "seen": function(0, 1), "mbt::actionTaken": "Receive"},
    ]
    mapping = BEHAVIOR.replace("FIRST", "0")
    decided(pings(mapping, json.dumps({"vars": ["sent", "seen"], "states": states}, indent=2)), Decision.ACCEPTED)
    states[2]["seen"] = function(0, 2)
    rejected = pings(mapping, json.dumps({"vars": ["sent", "seen"], "states": states}, indent=2))
    decided(rejected, Decision.REJECTED)
    assert rejected.line == 3


def test_a_trace_of_tlc_is_one(pings: Any) -> None:
    # TLC writes a function on 0..1 as an object.
    mapping = """
version: 1
constants: {N: "2"}
kind: event.action
initial:
  events: event.index = 1
  require: ['seen[0] = event.state.seen.zero /\\ sent[0] = event.state.sent.zero']
observe:
  seen[0]: event.state.seen.zero
  sent[0]: event.state.sent.zero
events:
  Send: Send(event.parameters.n)
  Receive: Receive(event.parameters.n, event.parameters.m)
"""
    zero = {"sent": {"zero": 0}, "seen": {"zero": 0}}
    one = {"sent": {"zero": 1}, "seen": {"zero": 0}}

    def dumped(second: object) -> str:
        step = [[1, zero], {"name": "Send", "parameters": ["n"], "context": {"n": 0}, "location": {}}, [2, second]]
        return json.dumps({"counterexample": {"state": [[1, zero], [2, second]], "action": [step]}, "vars": []})

    decided(pings(mapping, dumped(one)), Decision.ACCEPTED)
    decided(pings(mapping, dumped({**one, "seen": {"zero": 1}})), Decision.REJECTED)


TABLE = """
version: 1
constants: {N: "2"}
kind: event.what
events:
  send: Send(event.from)
  receive: Receive(event.to, event.from)
observe_if_present:
  seen[event.to]: event.seen
"""


def test_a_table_is_a_trace(pings: Any) -> None:
    table = "what,from,to,seen\nsend,0,,\nreceive,0,1,1\n"
    decided(pings(TABLE, table, "t.csv"), Decision.ACCEPTED)
    decided(pings(TABLE, table.replace("1,1", "1,2"), "t.csv"), Decision.REJECTED)
    decided(pings(TABLE, table.replace(",", "\t"), "t.tsv"), Decision.ACCEPTED)


UPDATES = """
version: 1
constants: {N: "2"}
kind: event.event
events:
  send: Send(event.event_args[1])
  receive: Receive(event.event_args[1], ANY)
fields:
  event.updates.seen: {optional: true}
observe:
  seen[event.updates.seen[1].path[1]]: event.updates.seen[1].args[1]
"""


def test_updates_of_variables(pings: Any) -> None:
    update = {"clock": 2, "event": "receive", "event_args": [1], "seen": [{"op": "Update", "path": [1], "args": [1]}]}
    send = {"clock": 1, "event": "send", "event_args": [0]}
    decided(pings(UPDATES, ndjson(update, send)), Decision.ACCEPTED)
    update["seen"] = [{"op": "Update", "path": [1], "args": [2]}]
    decided(pings(UPDATES, ndjson(update, send)), Decision.REJECTED)


SECTIONS = """
version: 1
constants: {N: "2"}
kind: event.label
events:
  Node.send: Send(event.self)
  Node.receive: Receive(event.self, 1 - event.self)
observe:
  sent[event.self]: 'IF event.label = "Node.send" THEN event.writes.sent ELSE sent[event.self]'
"""


def section(node: int, label: str, clock: list[list[object]], **writes: str) -> dict[str, Any]:
    elements: list[dict[str, Any]] = [
        {"tag": "read", "name": {"prefix": "", "name": ".pc"}, "indices": [], "value": f'"Node.{label}"'}
    ]
    elements += [
        {"tag": "write", "name": {"prefix": "", "name": name}, "indices": [], "value": value}
        for name, value in writes.items()
    ]
    return {"archetypeName": "Node", "self": str(node), "csElements": elements, "clock": clock, "isAbort": False}


def test_critical_sections_of_several_nodes(pings: Any) -> None:
    mapping = SECTIONS.replace("observe:", "fields:\n  event.writes.sent: {optional: true}\nobserve:")
    receive = section(1, "receive", [[["Node", "0"], 1], [["Node", "1"], 1]])
    send = section(0, "send", [[["Node", "0"], 1]], sent="1")
    decided(pings(mapping, ndjson(receive, send)), Decision.ACCEPTED)
    decided(pings(mapping, ndjson(receive, section(0, "send", [[["Node", "0"], 1]], sent="2"))), Decision.REJECTED)
    unsent = section(1, "receive", [[["Node", "1"], 1]])
    late = section(0, "send", [[["Node", "1"], 1], [["Node", "0"], 1]], sent="1")
    decided(pings(mapping, ndjson(unsent, late)), Decision.REJECTED)
