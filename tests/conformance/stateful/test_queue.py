"""The stateful test for a system of one's own: a queue that obeys its specification, and twins that do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from tlaconform.checking import CheckOptions, Workbench
from tlaconform.stateful import Cause, ConformanceMachine, HuntOptions, NonConformance, cause_of, hunt
from tlatrace.errors import TlatraceError

CAPACITY = 3


class Queue:
    """A bounded queue that reports what it does."""

    def __init__(self, on_event: Callable[[Mapping[str, Any]], None]) -> None:
        self.items: list[int] = []
        self.on_event = on_event

    def put(self, item: int) -> None:
        if len(self.items) < CAPACITY:
            self.items.append(item)
            self.tell("put", item)

    def get(self) -> None:
        if self.items:
            self.tell("get", self.items.pop(0))

    def tell(self, operation: str, item: int) -> None:
        self.on_event({"op": operation, "item": item, "size": len(self.items)})


class OneTooMany(Queue):
    def put(self, item: int) -> None:
        if len(self.items) <= CAPACITY:
            self.items.append(item)
            self.tell("put", item)


class Stack(Queue):
    def get(self) -> None:
        if self.items:
            self.tell("get", self.items.pop())


class FallsOver(Queue):
    def get(self) -> None:
        self.tell("get", self.items.pop(0))


class SpeaksOtherwise(Queue):
    def tell(self, operation: str, item: int) -> None:
        self.on_event({"op": operation, "element": item, "size": len(self.items)})


class Moody(Queue):
    """Does what it may not do, but never twice."""

    has_been_bad = False

    def put(self, item: int) -> None:
        super().put(item)
        if len(self.items) == CAPACITY and not Moody.has_been_bad:
            Moody.has_been_bad = True
            self.tell("put", item)


@pytest.fixture
def machine(queue: Any) -> Callable[[type[Queue]], type[ConformanceMachine]]:
    """A state machine for a kind of queue."""

    def make(kind: type[Queue]) -> type[ConformanceMachine]:
        class QueueMachine(ConformanceMachine):
            workbench = Workbench(CheckOptions(spec=queue.spec, mapping=queue.mapping))
            header: Mapping[str, Any] = {"constants": {"Capacity": CAPACITY}}

            def __init__(self) -> None:
                super().__init__()
                self.queue = kind(self.report)

            @rule(item=st.integers(0, 9))
            def put(self, item: int) -> None:
                self.queue.put(item)

            @precondition(lambda self: self.queue.items or kind is FallsOver)
            @rule()
            def get(self) -> None:
                self.act(self.queue.get)

        return QueueMachine

    return make


Make = Callable[[type[Queue]], type[ConformanceMachine]]


def test_a_queue_that_obeys_is_accepted(machine: Make) -> None:
    found = hunt(machine(Queue), HuntOptions(examples=50, steps=30))
    assert found.verdict is None
    assert found.machine is None
    assert found.executions == 50
    assert found.actions["Put"] > 0
    assert found.actions["Get"] > 0
    assert found.actions["Lose"] == 0
    assert not found.time_was_up


def test_one_entry_too_many_is_found_and_made_short(machine: Make) -> None:
    found = hunt(machine(OneTooMany), HuntOptions(examples=200, steps=30))
    assert found.verdict is not None
    assert cause_of(found.verdict) == Cause("Put", "Len(queue) < Capacity")
    assert found.machine is not None
    assert found.machine.events == [{"op": "put", "item": 0, "size": size} for size in range(1, CAPACITY + 2)]


def test_the_wrong_end_is_found_and_made_short(machine: Make) -> None:
    found = hunt(machine(Stack), HuntOptions(seed=1, examples=200, steps=30))
    assert found.verdict is not None
    assert cause_of(found.verdict) == Cause("Get", "x = Head(queue)")
    assert found.machine is not None
    assert [event["op"] for event in found.machine.events] == ["put", "put", "get"]


def test_without_shrinking_the_first_find_is_kept(machine: Make) -> None:
    short = hunt(machine(Stack), HuntOptions(seed=4, examples=200, steps=30))
    whole = hunt(machine(Stack), HuntOptions(seed=4, examples=200, steps=30, shrink=False))
    assert whole.machine is not None
    assert short.machine is not None
    assert len(whole.machine.events) >= len(short.machine.events)
    assert [event["item"] for event in whole.machine.events] > [event["item"] for event in short.machine.events]
    assert whole.executions == short.executions


def test_as_a_test_of_hypothesis_it_fails_with_the_explanation(machine: Make) -> None:
    chosen = settings(max_examples=200, database=None, deadline=None, phases=[Phase.generate, Phase.shrink])
    with pytest.raises(NonConformance) as raised:
        run_state_machine_as_test(machine(OneTooMany), settings=chosen)
    text = str(raised.value)
    assert "REJECTED" in text
    assert "Len(queue) < Capacity" in text
    run_state_machine_as_test(machine(Queue), settings=chosen)


def test_a_system_that_falls_over(machine: Make) -> None:
    found = hunt(machine(FallsOver), HuntOptions(examples=50, steps=30))
    assert found.verdict is None
    assert found.crash is not None
    assert found.crash.startswith("IndexError: pop from empty list (test_queue.py:")
    assert found.machine is not None
    assert found.machine.events == []


def test_a_system_that_may_fall_over(machine: Make) -> None:
    kind = machine(FallsOver)
    kind.crashes_fail = False
    found = hunt(kind, HuntOptions(examples=50, steps=30))
    assert found.machine is None
    assert found.executions == 50
    assert 0 < found.crashes <= 50


def test_an_event_that_the_mapping_cannot_read_is_an_error_and_no_finding(machine: Make) -> None:
    with pytest.raises(TlatraceError, match=r"no field event\.item"):
        hunt(machine(SpeaksOtherwise), HuntOptions(examples=50, steps=30))


def test_what_a_system_did_once_counts_though_it_does_not_repeat_itself(machine: Make) -> None:
    Moody.has_been_bad = False
    found = hunt(machine(Moody), HuntOptions(examples=200, steps=30))
    assert found.verdict is not None
    assert cause_of(found.verdict) == Cause("Put", "Len(queue) < Capacity")


def test_the_time_limit_ends_a_hunt(machine: Make) -> None:
    found = hunt(machine(Queue), HuntOptions(examples=1_000_000, steps=30, time_limit=0.2))
    assert found.verdict is None
    assert found.time_was_up
    assert found.executions < 1_000_000


def test_progress_is_told(machine: Make) -> None:
    told: list[tuple[int, int, float]] = []
    found = hunt(machine(Queue), HuntOptions(examples=5, steps=10), lambda *numbers: told.append(numbers))
    assert [executions for executions, _, _ in told] == [1, 2, 3, 4, 5]
    assert told[-1][1] == found.events
