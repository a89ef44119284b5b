"""Exported traces: stock TLC, given nothing but the exported folder, says what we say, of accepted traces and of broken
ones, for each thing that a mapping can say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tlaconform.checking import CheckOptions, Workbench, check_trace
from tlaconform.export import export_trace, judge_exported
from tlatrace.engine.verdict import Decision

pytestmark = pytest.mark.tlc

QUEUE = r"""
------------------------------ MODULE Queue ------------------------------
EXTENDS Naturals, Sequences
CONSTANTS Capacity, Item, Empty
VARIABLES queue, lost, last
vars == <<queue, lost, last>>

Init == queue = << >> /\ lost = 0 /\ last = Empty

Put(x) ==
    /\ x \in Item
    /\ Len(queue) < Capacity
    /\ queue' = Append(queue, x)
    /\ UNCHANGED <<lost, last>>

Get(x) ==
    /\ queue # << >>
    /\ x = Head(queue)
    /\ queue' = Tail(queue)
    /\ last' = x
    /\ UNCHANGED lost

Lose ==
    /\ queue # << >>
    /\ queue' = Tail(queue)
    /\ lost' = lost + 1
    /\ UNCHANGED last

Next == (\E x \in Item : Put(x)) \/ (\E x \in Item : Get(x)) \/ Lose
Spec == Init /\ [][Next]_vars

ShortInv == Len(queue) <= 1
NothingIsLostProp == [][lost' = lost]_vars
==========================================================================
"""

HEAD = """
version: 1
spec: Queue
model_values: [Empty]
constants:
  Capacity: header.constants.Capacity
  Item: '{"a", "b", "c", "\\"", "x\\\\y"}'
  Empty: Empty
values:
  null: Empty
kind: event.op
"""

EVENTS = "events: {put: Put(event.item), get: Get(event.item), lose: Lose, look: stutter}\n"
OBSERVED = "observe_if_present: {Len(queue): event.size, last: event.last}\n"
HEADER = {"format": "tla-conformance/trace", "version": 1, "spec": "Queue", "constants": {"Capacity": 2}}

Event = Mapping[str, Any]
Events = Sequence[Event]


def put(item: str, **more: Any) -> Event:
    return {"op": "put", "item": item, **more}


def get(item: str, **more: Any) -> Event:
    return {"op": "get", "item": item, **more}


@dataclass(frozen=True)
class Case:
    """A mapping with a trace that is accepted and one, with something broken, that is not. ``logs`` are events of
    several logs instead."""

    name: str
    mapping: str
    accepted: Events | Sequence[Events]
    broken: Events | Sequence[Events]
    config: str = ""
    broken_is: Decision = Decision.REJECTED
    is_merged: bool = False
    header: Mapping[str, Any] = field(default_factory=lambda: HEADER)


CASES = [
    Case("plain", EVENTS + OBSERVED, [put("a", size=1), put("b"), get("a", last="a")], [put("a"), get("b")]),
    Case("an observation", EVENTS + OBSERVED, [put("a", size=1)], [put("a", size=2)]),
    Case("null and odd strings", EVENTS + OBSERVED, [put('"', last=None), put("x\\y")], [put('"', last="a")]),
    Case(
        "left open",
        "events: {put: Put(ANY), get: Get(event.item)}\n",
        [put("a"), put("a"), get("c"), get("b")],
        [put("a"), get("a"), get("a")],
    ),
    Case(
        "several candidates",
        "events: {put: [Put(event.item), Lose], get: Get(event.item)}\n",
        [put("a"), put("b"), put("b"), get("b")],
        [put("a"), put("b"), put("b"), get("a")],
    ),
    Case(
        "guards of candidates",
        "events:\n  put:\n    - {action: Put(event.item), when: event.ok}\n    - {action: stutter, when: ~event.ok}\n"
        "  get: Get(event.item)\n",
        [put("a", ok=True), put("b", ok=False), get("a")],
        [put("a", ok=False), get("a")],
    ),
    Case(
        "compositions",
        "events: {put: 'Put(event.item) \\cdot Get(event.item)', get: Get(event.item), "
        "move: 'Lose? \\cdot Put(event.item)'}\n" + OBSERVED,
        [put("a", size=0, last="a"), {"op": "move", "item": "b"}, {"op": "move", "item": "c", "size": 1}, get("c")],
        [put("a", size=0, last="a"), {"op": "move", "item": "b"}, {"op": "move", "item": "c", "size": 1}, get("b")],
    ),
    Case(
        "silent steps",
        EVENTS + "silent:\n  - {action: Lose, at_most: 1}\n",
        [put("a"), put("b"), get("b")],
        [put("a"), put("b"), get("c")],
    ),
    Case(
        "silent steps with guards on the event and on the state",
        EVENTS
        + 'silent:\n  - {action: Lose, at_most: 2, when: event.op = "get"}\n'
        + "  - {action: Put(ANY), at_most: 1, when: 'queue = << >>'}\n",
        [get("c"), put("a"), put("b"), get("b")],
        [put("a"), put("b"), put("c"), get("c")],
    ),
    Case(
        "a bound of the search",
        EVENTS + 'silent:\n  - {action: Lose, search_limit: 1, when: event.op = "get"}\n',
        [put("a"), put("b"), get("b")],
        [put("a"), put("b"), get("c")],
        broken_is=Decision.UNDECIDED,
    ),
    Case(
        "an invariant",
        EVENTS,
        [put("a"), get("a"), put("b")],
        [put("a"), put("b")],
        config="SPECIFICATION Spec\nINVARIANT ShortInv\n",
    ),
    Case(
        "a step property",
        EVENTS,
        [put("a"), get("a")],
        [put("a"), {"op": "lose"}],
        config="SPECIFICATION Spec\nPROPERTY NothingIsLostProp\n",
    ),
    Case(
        "before and in the step",
        EVENTS + 'before: {Len(queue): event.had}\nrequire:\n  - Len(queue\') /= Len(queue) \\/ event.op = "look"\n',
        [put("a", had=0), {"op": "look", "had": 1}],
        [put("a", had=1)],
    ),
    Case(
        "fields that are converted",
        "fields:\n  event.size: {read: integer}\n  event.item: {values: {one: '\"a\"', two: '\"b\"'}}\n"
        + EVENTS
        + "observe: {Len(queue): event.size}\n",
        [put("one", size="1"), put("two", size="2")],
        [put("one", size="1"), {"op": "get", "item": "two", "size": "0"}],
    ),
    Case(
        "initial states by the first event",
        'initial:\n  events: event.op = "start"\n  state: {queue: event.queue}\n' + EVENTS,
        [{"op": "start", "queue": ["b", "a"]}, get("b"), put("c"), get("a")],
        [{"op": "start", "queue": ["b", "a"]}, get("a")],
    ),
    Case(
        "an order by a key, lines that are no events, and kinds that are left out",
        "where: PRESENT(event.op)\nignore: [beat]\norder: {by: key, key: event.ts}\n" + EVENTS,
        [get("a", ts=2), {"ts": 0}, put("a", ts=1), {"op": "beat", "ts": 3}],
        [get("a", ts=1), {"ts": 0}, put("a", ts=2), {"op": "beat", "ts": 3}],
    ),
    Case(
        "logs without clocks",
        EVENTS,
        [[put("a"), put("b"), put("c")], [get("a"), get("b")]],
        [[put("a"), put("b"), put("c")], [get("b"), get("a")]],
        is_merged=True,
    ),
    Case(
        "vector clocks and silent steps",
        "order: {by: vector, process: event.who, clock: event.vc}\n"
        + EVENTS
        + "silent:\n  - {action: Lose, at_most: 1}\n",
        [
            [put("a", who="p", vc={"p": 1}), put("b", who="p", vc={"p": 2})],
            [get("b", who="q", vc={"q": 1, "p": 2}), get("c", who="q", vc={"q": 2, "p": 2})][:1],
        ],
        [
            [put("a", who="p", vc={"p": 1}), put("b", who="p", vc={"p": 2, "q": 1})],
            [get("b", who="q", vc={"q": 1, "p": 1})],
        ],
        is_merged=True,
    ),
    Case(
        "logs with compositions",
        "events: {put: 'Put(event.item) \\cdot Get(event.item)', get: Put(event.item)}\n",
        [[put("a"), put("b")], [get("c")]],
        [[put("a"), put("b")], [get("c"), get("c")][:1], [get("c")], [get("c")]],
        is_merged=True,
    ),
]


def written(folder: Path, header: Mapping[str, Any], logs: Sequence[Events]) -> list[Path]:
    paths = []
    for number, events in enumerate(logs):
        path = folder / f"log{number}.ndjson"
        path.write_text("".join(json.dumps(line) + "\n" for line in (header, *events)), encoding="utf-8")
        paths.append(path)
    return paths


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_tlc_says_what_we_say(case: Case, tmp_path: Path) -> None:
    spec, mapping, config = (tmp_path / name for name in ("Queue.tla", "queue.yaml", "Queue.cfg"))
    spec.write_text(QUEUE, encoding="utf-8")
    mapping.write_text(HEAD + case.mapping, encoding="utf-8")
    config.write_text(case.config, encoding="utf-8")
    bench = Workbench(CheckOptions(spec=spec, mapping=mapping, config=config if case.config else None))
    for trace, expected in ((case.accepted, Decision.ACCEPTED), (case.broken, case.broken_is)):
        logs: Any = trace if case.is_merged else [trace]
        paths = written(tmp_path, case.header, logs)
        ours = check_trace(paths, bench)
        assert ours.decision is expected, ours.reason
        exported = export_trace(paths, bench, tmp_path / "out")
        theirs = judge_exported(exported, "trace")
        assert theirs.accepted is (expected is Decision.ACCEPTED)
        assert theirs.is_decided is (expected is not Decision.UNDECIDED)
        if expected is Decision.REJECTED and not case.is_merged:
            assert theirs.line == ours.line
