"""Orders of events: what may come next is what comes next in some ordering of the whole trace that the clocks allow."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import pytest

from tlatrace.traces import Event, OrderKind, OrderRule, PartialOrder, TraceError, total_order


@dataclass
class MemoryLog:
    name: str
    lines: Sequence[dict[str, Any]]
    lines_read: int = 0

    def __iter__(self) -> Iterator[Event]:
        for number, fields in enumerate(self.lines, 1):
            self.lines_read = number
            yield Event(number, fields)


def log(name: str, *lines: dict[str, Any]) -> MemoryLog:
    return MemoryLog(name, lines)


def field(name: str) -> Callable[[Event], Any]:
    return lambda event: event.fields.get(name)


KEY = OrderRule(kind=OrderKind.KEY, key=field("ts"))
LAMPORT = OrderRule(kind=OrderKind.LAMPORT, process=field("p"), clock=field("c"))
VECTOR = OrderRule(kind=OrderKind.VECTOR, process=field("p"), clock=field("c"))
BOXES = OrderRule(kind=OrderKind.BOXES, process=field("p"), start=field("s"), end=field("e"))


def runs(order: PartialOrder, limit: int = 100_000) -> set[tuple[tuple[int, int], ...]]:
    """Every sequence of events (log, line) that following ``enabled`` can give."""
    found: set[tuple[tuple[int, int], ...]] = set()
    pending: list[tuple[tuple[int, ...], tuple[tuple[int, int], ...]]] = [((0,) * order.log_count, ())]
    while pending:
        at, taken = pending.pop()
        if order.is_end(at):
            found.add(taken)
            assert len(found) < limit
            continue
        for chain in order.enabled(at):
            event = order.event(chain, at[chain])
            after = (*at[:chain], at[chain] + 1, *at[chain + 1 :])
            pending.append((after, (*taken, (event.log, event.line))))
    return found


def linear_extensions(
    logs: Sequence[MemoryLog], before: Callable[[dict[str, Any], dict[str, Any]], bool]
) -> set[tuple[tuple[int, int], ...]]:
    """All orders of all events in which nothing stands before what precedes it, by trying every permutation."""
    events = [(number, line, fields) for number, one in enumerate(logs) for line, fields in enumerate(one.lines, 1)]

    def precedes(e: tuple[int, int, dict[str, Any]], f: tuple[int, int, dict[str, Any]]) -> bool:
        if e[2]["p"] == f[2]["p"]:
            return (e[0], e[1]) < (f[0], f[1])
        return before(e[2], f[2])

    return {
        tuple((number, line) for number, line, _ in order)
        for order in permutations(events)
        if not any(precedes(later, earlier) for i, earlier in enumerate(order) for later in order[i + 1 :])
    }


def vector_execution(random_: random.Random, processes: int, steps: int) -> list[MemoryLog]:
    """A run in which processes step, some steps receiving what another process knows."""
    clocks = [dict.fromkeys(map(str, range(processes)), 0) for _ in range(processes)]
    lines: list[list[dict[str, Any]]] = [[] for _ in range(processes)]
    for _ in range(steps):
        p = random_.getrandbits(16) % processes
        if random_.getrandbits(1):
            other = clocks[random_.getrandbits(16) % processes]
            clocks[p] = {name: max(clocks[p][name], other[name]) for name in clocks[p]}
        clocks[p] = {**clocks[p], str(p): clocks[p][str(p)] + 1}
        lines[p].append({"p": str(p), "c": {name: entry for name, entry in clocks[p].items() if entry}})
    return [log(f"node{p}", *lines[p]) for p in range(processes) if lines[p]]


def after_by_vector(e: dict[str, Any], f: dict[str, Any]) -> bool:
    return bool(f["c"].get(e["p"], 0) >= e["c"][e["p"]])


class TestPartialOrdersAgreeWithBruteForce:
    @pytest.mark.parametrize("seed", range(25))
    def test_vector_clocks(self, seed: int) -> None:
        logs = vector_execution(random.Random(seed), 2 + seed % 2, 6)
        assert runs(PartialOrder(VECTOR, logs)) == linear_extensions(logs, after_by_vector)

    @pytest.mark.parametrize("seed", range(10))
    def test_vector_clocks_of_one_file(self, seed: int) -> None:
        separate = vector_execution(random.Random(seed), 3, 6)
        together = log("all", *(line for one in separate for line in one.lines))
        assert runs(PartialOrder(VECTOR, [together])) == linear_extensions([together], after_by_vector)

    @pytest.mark.parametrize("seed", range(15))
    def test_lamport_clocks(self, seed: int) -> None:
        random_ = random.Random(seed)
        logs = []
        for p in "ab":
            clock, lines = 0, []
            for _ in range(3):
                clock += random_.getrandbits(2)
                lines.append({"p": p, "c": clock})
            logs.append(log(p, *lines))
        assert runs(PartialOrder(LAMPORT, logs)) == linear_extensions(logs, lambda e, f: e["c"] < f["c"])

    @pytest.mark.parametrize("seed", range(25))
    def test_boxes(self, seed: int) -> None:
        random_ = random.Random(seed)
        logs = []
        for p in "abc"[: 2 + seed % 2]:
            time, lines = 0, []
            for _ in range(2):
                start = time + random_.getrandbits(2)
                time = start + random_.getrandbits(2)
                lines.append({"p": p, "s": start, "e": time})
            logs.append(log(p, *lines))
        assert runs(PartialOrder(BOXES, logs)) == linear_extensions(logs, lambda e, f: e["e"] < f["s"])

    @pytest.mark.parametrize("seed", range(40))
    def test_boxes_without_processes_know_only_the_times(self, seed: int) -> None:
        random_ = random.Random(seed)
        boxes = [(random_.randrange(12), random_.randrange(5)) for _ in range(6)]
        lines = [{"p": str(n), "s": start, "e": start + length} for n, (start, length) in enumerate(boxes)]
        order = OrderRule(kind=OrderKind.BOXES, start=field("s"), end=field("e"))
        for logs in ([log("all", *lines)], [log("a", *lines[:2]), log("b", *lines[2:])]):
            assert runs(PartialOrder(order, logs)) == linear_extensions(logs, lambda e, f: e["e"] < f["s"])

    def test_boxes_without_processes_need_no_times_of_lines_that_are_no_events(self) -> None:
        order = OrderRule(kind=OrderKind.BOXES, start=lambda e: e.fields["s"], end=lambda e: e.fields["e"])
        logs = [log("all", {"s": 1, "e": 5}, {"note": 1}, {"s": 2, "e": 6})]
        found = runs(PartialOrder(order, logs, takes=lambda event: "s" in event.fields))
        assert found == {((0, 1), (0, 3)), ((0, 3), (0, 1))}

    def test_files_without_clocks_know_nothing_of_each_other(self) -> None:
        logs = [log("a", {"p": 1}, {"p": 1}), log("b", {"p": 2}, {"p": 2})]
        assert runs(PartialOrder(OrderRule(), logs)) == linear_extensions(logs, lambda e, f: False)

    def test_a_total_order_is_one_chain(self) -> None:
        order = PartialOrder(KEY, [log("a", {"ts": 3}, {"ts": 1}), log("b", {"ts": 2})])
        assert order.log_count == 1
        assert runs(order) == {((0, 2), (1, 1), (0, 1))}


class TestTotalOrders:
    def test_sorts_a_file_within_the_window(self) -> None:
        lines = [{"ts": ts} for ts in (2, 1, 4, 3)]
        found = total_order(OrderRule(kind=OrderKind.KEY, key=field("ts"), window=1), [log("a", *lines)])
        assert [event.fields["ts"] for event in found] == [1, 2, 3, 4]

    def test_refuses_what_is_later_than_the_window(self) -> None:
        lines = [{"ts": ts} for ts in (2, 3, 4, 1)]
        narrow = OrderRule(kind=OrderKind.KEY, key=field("ts"), window=2)
        with pytest.raises(TraceError, match=r"key is 1, but the event of line 1 with the key 2") as error:
            list(total_order(narrow, [log("a.log", *lines)]))
        assert str(error.value.location) == "a.log:4:1"
        whole = OrderRule(kind=OrderKind.KEY, key=field("ts"), window=0)
        assert [e.line for e in total_order(whole, [log("a.log", *lines)])] == [4, 1, 2, 3]

    def test_equal_keys_keep_the_order_of_the_file(self) -> None:
        found = total_order(KEY, [log("a", {"ts": 1}, {"ts": 1}), log("b", {"ts": 1})])
        assert [(event.log, event.line) for event in found] == [(0, 1), (0, 2), (1, 1)]

    def test_keys_of_two_kinds_cannot_be_sorted(self) -> None:
        with pytest.raises(TraceError, match="cannot be compared"):
            list(total_order(KEY, [log("a", {"ts": 1}, {"ts": "x"})]))

    def test_nor_can_those_of_two_files(self) -> None:
        logs = [log("a", {"ts": 1}, {"ts": 2}), log("b", {"ts": "1"})]
        with pytest.raises(TraceError, match="'1', which cannot be compared with 1 of line 1 of a") as caught:
            list(total_order(KEY, logs))
        assert str(caught.value.location).startswith("b:1")

    def test_only_taken_lines_are_events(self) -> None:
        found = total_order(KEY, [log("a", {"ts": 2}, {"ts": 1})], lambda event: event.fields["ts"] == 2)
        assert [event.line for event in found] == [1]


def follow(order: PartialOrder) -> None:
    at = (0,) * order.log_count
    while not order.is_end(at):
        chain = order.enabled(at)[0]
        at = (*at[:chain], at[chain] + 1, *at[chain + 1 :])


class TestContradictions:
    @pytest.mark.parametrize(
        ("rule", "logs", "place", "message"),
        [
            (VECTOR, [log("a", {"p": "a", "c": {"a": 1}}, {"p": "a", "c": {"a": 1}})], "a:2:1", "one that rises"),
            (
                VECTOR,
                [
                    log("a", {"p": "a", "c": {"a": 1, "b": 1}}, {"p": "a", "c": {"a": 2, "b": 0}}),
                    log("b", {"p": "b", "c": {"b": 1}}),
                ],
                "a:2:1",
                "the entry of b in the clock of a goes from 1 to 0",
            ),
            (VECTOR, [log("a", {"p": "a", "c": {"a": 1, "b": 2}}), log("b", {"p": "b", "c": {"b": 1}})], "a:1:1",
             "counts 2 of b, but no event of b has that entry (its last entry is 1)"),
            (VECTOR, [log("a", {"p": "a", "c": {"a": 1, "b": 2}}),
                      log("b", {"p": "b", "c": {"b": 1}}, {"p": "b", "c": {"b": 3}})], "a:1:1", "other entries"),
            (VECTOR, [log("a", {"p": "a", "c": {"a": 1, "z": 2}})], "a:1:1", "counts 2 of z, which has no event"),
            (VECTOR, [log("a", {"p": "a", "c": {"b": 1}})], "a:1:1", "has no entry of its own"),
            (VECTOR, [log("a", {"p": "a", "c": [1]})], "a:1:1", "expected a whole number for each process"),
            (VECTOR, [log("a", {"p": "a", "c": {"a": 1, "b": 1}}), log("b", {"p": "b", "c": {"a": 1, "b": 1}})],
             "a:1:1", "contradict each other"),
            (LAMPORT, [log("a", {"p": "a", "c": 2}, {"p": "a", "c": 1})], "a:2:1", "falls from 2 to 1"),
            (LAMPORT, [log("a", {"p": "a", "c": "2"})], "a:1:1", "expected a whole number"),
            (BOXES, [log("a", {"p": "a", "s": 2, "e": 1})], "a:1:1", "before it starts"),
            (
                OrderRule(kind=OrderKind.BOXES, start=field("s"), end=field("e")),
                [log("a", {"s": 1, "e": 1}), log("b", {"s": 2, "e": 1})],
                "b:1:1",
                "before it starts",
            ),
            (BOXES, [log("a", {"p": "a", "s": 5, "e": 6}, {"p": "a", "s": 1, "e": 2})], "a:2:1", "times allow"),
            (LAMPORT, [log("a", {"p": "a", "c": 1}, {"p": "b", "c": 2}), log("b", {"p": "b", "c": 1})], "a:2:1",
             "expected one process in a file"),
        ],
    )  # fmt: skip
    def test_are_errors_at_their_line(self, rule: OrderRule, logs: list[MemoryLog], place: str, message: str) -> None:
        with pytest.raises(TraceError) as error:
            follow(PartialOrder(rule, logs))
        assert message in error.value.message
        assert str(error.value.location) == place

    def test_unlogged_ticks_are_allowed_where_the_rule_says_so(self) -> None:
        logs = [
            log("a", {"p": "a", "c": {"a": 1, "b": 2}}),
            log("b", {"p": "b", "c": {"b": 1}}, {"p": "b", "c": {"b": 3}}),
        ]
        rule = OrderRule(kind=OrderKind.VECTOR, process=field("p"), clock=field("c"), has_unlogged=True)
        assert runs(PartialOrder(rule, logs)) == {((1, 1), (0, 1), (1, 2)), ((1, 1), (1, 2), (0, 1))}

    def test_lines_that_are_no_events_still_tick(self) -> None:
        lines = ({"p": "b", "c": {"b": 1}}, {"p": "b", "c": {"b": 2}, "skip": True}, {"p": "b", "c": {"b": 3}})
        logs = [log("a", {"p": "a", "c": {"a": 1, "b": 2}}), log("b", *lines)]
        order = PartialOrder(VECTOR, logs, takes=lambda event: "skip" not in event.fields)
        assert runs(order) == {((1, 1), (0, 1), (1, 3)), ((1, 1), (1, 3), (0, 1))}

    def test_an_event_without_a_clock_follows_its_predecessor(self) -> None:
        logs = [log("a", {"p": "a", "c": {"a": 1, "b": 1}}, {"p": "a"}), log("b", {"p": "b", "c": {"b": 1}})]
        assert runs(PartialOrder(VECTOR, logs)) == {((1, 1), (0, 1), (0, 2))}


class TestReadsNoMoreThanItNeeds:
    def test_of_each_log(self) -> None:
        logs = [
            log(p, *({"p": p, "c": {p: k, **({"a": k} if p == "b" else {})}} for k in range(1, 1001))) for p in "ab"
        ]
        order = PartialOrder(VECTOR, logs)
        at = (0, 0)
        for step in range(1000):
            assert 0 in order.enabled(at)
            at = (at[0] + 1, at[1])
            assert order.enabled(at)[-1] == 1
            at = (at[0], at[1] + 1)
            order.forget(at)
            assert max(one.lines_read for one in logs) <= step + 2
            assert order._feed.held <= 2
        assert order.is_end(at)
        assert order.enabled(at) == []

    def test_processes_that_are_known_are_not_looked_for(self) -> None:
        one = log("all", *({"p": "ab"[k % 2], "c": k} for k in range(1000)))
        rule = OrderRule(kind=OrderKind.LAMPORT, process=field("p"), clock=field("c"), processes=("a", "b"))
        order = PartialOrder(rule, [one])
        assert order.enabled((0, 0)) == [0]
        assert one.lines_read <= 4

    @pytest.mark.parametrize("processes", [None, ("a", "b")])
    @pytest.mark.parametrize("kind", [OrderKind.FILE, OrderKind.LAMPORT])
    def test_a_process_in_two_files(self, kind: OrderKind, processes: tuple[str, ...] | None) -> None:
        """Whatever the two orders of its events are, no line says which it was."""
        rule = OrderRule(kind=kind, process=field("p"), clock=field("c"), processes=processes)
        logs = [log("one", {"p": "a", "c": 1}, {"p": "b", "c": 1}), log("two", {"p": "a", "c": 1})]
        with pytest.raises(TraceError, match="of the process a, which has one in one:1") as caught:
            runs(PartialOrder(rule, logs))
        assert caught.value.location is not None
        assert (caught.value.location.file, caught.value.location.line) == ("two", 1)
        logs[1] = log("two", {"p": "c" if processes is None else "b", "c": 1})
        logs[0] = log("one", {"p": "a", "c": 1}, {"p": "a", "c": 2})
        assert len(runs(PartialOrder(rule, logs))) == (3 if kind is OrderKind.FILE else 2)

    def test_a_process_that_is_not_listed(self) -> None:
        rule = OrderRule(kind=OrderKind.LAMPORT, process=field("p"), clock=field("c"), processes=("a",))
        with pytest.raises(TraceError, match="this event is of the process b; expected one of a"):
            PartialOrder(rule, [log("all", {"p": "b", "c": 1})]).enabled((0,))
