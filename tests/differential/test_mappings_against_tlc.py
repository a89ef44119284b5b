"""What a mapping can say, in our words and in TLC's: each construct with traces that are accepted and others that are
rejected.

The mapping is compiled by us, and written as TLA+ for stock TLC; both judge the same traces of a small queue, each of
which has a foretold line. Traces of one mapping are judged in one run of TLC.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tlacheck import Toolchain
from tlaconform.checking import CheckOptions, Workbench, check_trace
from tlaconform.tlc_judge import TlcJudgeError, judge, judge_traces
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

Size(q) == Len(q)
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
  "-": Empty
"""

HEADER = {"format": "tla-conformance/trace", "version": 1, "spec": "Queue", "constants": {"Capacity": 2}}

Event = Mapping[str, Any]


def put(item: str, **more: Any) -> Event:
    return {"op": "put", "item": item, **more}


def get(item: str, **more: Any) -> Event:
    return {"op": "get", "item": item, **more}


@dataclass(frozen=True)
class Case:
    """A trace, and the number (from 1) of the event that cannot be explained, None if all can."""

    events: Sequence[Event]
    rejected: int | None = None

    @property
    def line(self) -> int | None:
        return None if self.rejected is None else self.rejected + 1


@dataclass(frozen=True)
class Workplace:
    folder: Path
    toolchain: Toolchain

    @property
    def spec(self) -> Path:
        return self.folder / "Queue.tla"

    @property
    def mapping(self) -> Path:
        return self.folder / "queue.yaml"

    def write(self, mapping: str, cases: Sequence[Case]) -> list[Path]:
        self.spec.write_text(QUEUE, encoding="utf-8")
        self.mapping.write_text(HEAD + mapping, encoding="utf-8")
        paths = []
        for number, case in enumerate(cases):
            paths.append(self.folder / f"trace{number}.ndjson")
            lines = [json.dumps(line) for line in (HEADER, *case.events)]
            paths[-1].write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return paths

    def agree(self, mapping: str, cases: Sequence[Case], config: str | None = None) -> None:
        """Both judge every case as it foretells."""
        paths = self.write(mapping, cases)
        file = None
        if config is not None:
            file = self.folder / "Queue.cfg"
            file.write_text(config, encoding="utf-8")
        bench = Workbench(CheckOptions(spec=self.spec, mapping=self.mapping, config=file))
        ours = [check_trace(path, bench) for path in paths]
        theirs = judge_traces(paths, spec=self.spec, mapping=self.mapping, config=file, toolchain=self.toolchain)

        foretold = [case.line for case in cases]
        assert [found.undecided_because for found in theirs] == ["" for _ in cases]
        assert [found.line for found in theirs] == foretold
        decisions = [Decision.ACCEPTED if line is None else Decision.REJECTED for line in foretold]
        assert [found.decision for found in ours] == decisions, [found.reason for found in ours]
        assert [found.line if found.decision is Decision.REJECTED else None for found in ours] == foretold


@pytest.fixture
def workplace(tmp_path: Path, toolchain: Toolchain) -> Workplace:
    return Workplace(tmp_path, toolchain)


def test_arguments_observations_and_translated_values(workplace: Workplace) -> None:
    mapping = """
kind: event.op
let:
  x: event.item          # also what Next calls the item
  held: Len(event.held)
before:
  Size(queue): event.before
observe:
  Len(queue): held
  last: event.last
observe_if_present:
  lost: event.more.lost
  queue: event.held
require:
  - "\\\\A k \\\\in DOMAIN queue' : queue'[k] \\\\in Item"
events:
  put: Put(x)
  get: Get(ANY)
"""
    first = put("a", before=0, held=["a"], last=None, more={"lost": 0, "time": 10**12, "share": 0.5})
    second = put("b", before=1, held=["a", "b"], last="-", more={})
    third = {"op": "get", "before": 2, "held": ["b"], "last": "a", "more": None}
    fourth = get("b", before=1, held=[], last="b")
    workplace.agree(
        mapping,
        [
            Case([first, second, third, fourth]),
            Case([put('"', before=0, held=['"'], last=None), put("x\\y", before=1, held=['"', "x\\y"], last="-")]),
            Case([first, {**second, "before": 0}], rejected=2),
            Case([first, second, {**third, "last": "b"}], rejected=3),
            Case([first, second, {**third, "held": ["a"]}], rejected=3),
            Case([{**first, "more": {"lost": 1}}], rejected=1),
            Case([{**first, "item": "z", "held": ["z"]}], rejected=1),
            Case([{**first, "item": "\u00e9\U0001f600", "held": ["\u00e9\U0001f600"]}], rejected=1),
            Case([first, second, put("c", before=2, held=["a", "b", "c"], last=None)], rejected=3),
        ],
    )


def test_alternatives_stuttering_and_any_action(workplace: Workplace) -> None:
    mapping = """
kind: 'IF event.op = "put" THEN "put" ELSE event.op'
observe:
  Len(queue): event.size
events:
  put: Put(event.item)
  drop:
    - Get(event.item)
    - Lose
  tick: stutter
  something: Next
  perhaps:
    actions: [stutter, Put(ANY)]
    observe:
      lost: event.lost
    inherit: false
"""
    start = [put("a", size=1), {"op": "tick", "size": 1}, put("b", size=2)]
    workplace.agree(
        mapping,
        [
            Case([*start, {"op": "drop", "item": "a", "size": 1}, {"op": "drop", "item": "a", "size": 0}]),
            Case(
                [*start, {"op": "something", "size": 1}, {"op": "perhaps", "lost": 1}, {"op": "something", "size": 2}]
            ),
            Case([*start, {"op": "perhaps", "lost": 0}, {"op": "something", "size": 2}], rejected=5),
            Case([*start, {"op": "perhaps", "lost": 1}], rejected=4),
            Case([put("a", size=1), {"op": "tick", "size": 2}], rejected=2),
            Case([put("a", size=1), {"op": "something", "size": 1}], rejected=2),
        ],
    )


def test_compositions(workplace: Workplace) -> None:
    mapping = r"""
kind: event.op
before:
  Len(queue): event.before
observe:
  queue: event.held
require:
  - Len(queue') <= 2
events:
  put: Put(event.item)
  exchange:
    - Get(event.out) \cdot Put(event.item)
    - Lose \cdot Put(event.item) \cdot Put(event.item)
"""
    start = put("a", before=0, held=["a"])
    workplace.agree(
        mapping,
        [
            Case([start, {"op": "exchange", "out": "a", "item": "b", "before": 1, "held": ["b"]}]),
            Case(
                [
                    start,
                    {"op": "exchange", "out": "z", "item": "b", "before": 1, "held": ["b", "b"]},
                    put("c", before=2, held=[]),
                ],
                3,
            ),
            Case([start, {"op": "exchange", "out": "z", "item": "b", "before": 1, "held": ["b"]}], rejected=2),
            Case([start, {"op": "exchange", "out": "a", "item": "b", "before": 0, "held": ["b"]}], rejected=2),
            Case([start, {"op": "exchange", "out": "a", "item": "z", "before": 1, "held": ["z"]}], rejected=2),
        ],
    )


def test_silent_steps_within_their_bound(workplace: Workplace) -> None:
    mapping = r"""
kind: event.op
observe:
  queue: event.held
events:
  put: Put(event.item)
silent:
  - action: Lose
    at_most: 1
    when: event.item /= "c"
"""
    first, second = put("a", held=["a"]), put("b", held=["a", "b"])
    workplace.agree(
        mapping,
        [
            Case([first, second, put("a", held=["b", "a"]), put("b", held=["a", "b"])]),
            Case([first, put("b", held=["b"])]),
            Case([first, second, put("a", held=["a"])], rejected=3),
            Case([first, put("c", held=["c"])], rejected=2),
        ],
    )


def test_a_bound_of_the_search_makes_a_rejection_undecided(workplace: Workplace) -> None:
    mapping = r"""
kind: event.op
observe:
  queue: event.held
events:
  put: Put(event.item)
silent:
  - action: Lose
    search_limit: 1
"""
    start = [put("a", held=["a"]), put("b", held=["a", "b"])]
    cut, rejected, accepted = workplace.write(
        mapping,
        [
            Case([*start, put("c", held=["c"])]),
            Case([put("a", held=["a"]), put("b", held=["a"])]),
            Case([*start, put("c", held=["b", "c"])]),
        ],
    )

    judgements = judge_traces(
        [cut, rejected, accepted], spec=workplace.spec, mapping=workplace.mapping, toolchain=workplace.toolchain
    )

    assert [judgement.line for judgement in judgements] == [4, 3, None]
    assert judgements[0].undecided_because == "a search_limit of the mapping was reached"
    assert [judgement.is_decided for judgement in judgements] == [False, True, True]
    bench = Workbench(CheckOptions(spec=workplace.spec, mapping=workplace.mapping))
    decisions = [check_trace(path, bench).decision for path in (cut, rejected, accepted)]
    assert decisions == [Decision.UNDECIDED, Decision.REJECTED, Decision.ACCEPTED]


def test_properties_of_the_configuration_are_asked_on_the_way(workplace: Workplace) -> None:
    mapping = r"""
kind: event.op
events:
  put: Put(event.item)
  gone: Next
  exchange: Put(event.item) \cdot Lose
"""
    config = "SPECIFICATION Spec\nINVARIANT ShortInv\nPROPERTY NothingIsLostProp\n"
    workplace.agree(
        mapping,
        [
            Case([put("a"), {"op": "gone"}, put("b")]),
            Case([put("a"), put("b")], rejected=2),
            Case([put("a"), {"op": "gone"}, {"op": "gone"}, {"op": "gone"}]),
            Case([put("a"), {"op": "exchange", "item": "b"}], rejected=2),
        ],
        config,
    )


def test_a_comparison_of_both_states_cannot_be_said_of_a_composition(workplace: Workplace) -> None:
    mapping = r"""
kind: event.op
require:
  - Len(queue') = Len(queue)
events:
  exchange: Get(ANY) \cdot Put(ANY)
"""
    (path,) = workplace.write(mapping, [Case([{"op": "exchange"}])])

    with pytest.raises(TlcJudgeError, match=r"Len\(queue'\) = Len\(queue\)` cannot be said to stock TLC.*exchange"):
        judge(path, spec=workplace.spec, mapping=workplace.mapping, toolchain=workplace.toolchain)


def test_an_expression_that_tlc_cannot_evaluate_is_an_error_at_its_event(workplace: Workplace) -> None:
    mapping = """
kind: event.op
observe:
  Len(queue): event.size
events:
  put: Put(event.item)
"""
    wrong, right = workplace.write(mapping, [Case([put("a", size=1), put("b", size="two")]), Case([put("a", size=1)])])

    with pytest.raises(TlcJudgeError, match=r"TLC .* stopped with evaluation error: .*two") as caught:
        judge_traces([right, wrong], spec=workplace.spec, mapping=workplace.mapping, toolchain=workplace.toolchain)

    assert caught.value.location is not None
    assert (caught.value.location.file, caught.value.location.line) == (str(wrong), 3)


def test_an_event_that_only_tlc_can_tell_the_kind_of_is_still_an_error_when_unknown(workplace: Workplace) -> None:
    mapping = """
kind: 'IF event.item = "a" THEN "put" ELSE "surprise"'
events:
  put: Put(event.item)
"""
    (path,) = workplace.write(mapping, [Case([put("a"), put("b")])])

    with pytest.raises(TlcJudgeError, match="unknown event") as caught:
        judge(path, spec=workplace.spec, mapping=workplace.mapping, toolchain=workplace.toolchain)

    assert caught.value.location is not None
    assert caught.value.location.line == 3


def test_a_time_limit_leaves_a_trace_undecided(workplace: Workplace) -> None:
    mapping = """
kind: event.op
events:
  put: Put(event.item)
"""
    (path,) = workplace.write(mapping, [Case([put("a")])])

    judgement = judge(
        path, spec=workplace.spec, mapping=workplace.mapping, toolchain=workplace.toolchain, time_limit=0.01
    )

    assert not judgement.accepted
    assert judgement.undecided_because == "the time limit of 0.01 s was reached"
