"""Random executions, judged by the specification, the referees and the clients; and broken cores found out by each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from tlaconform.checking import Workbench
from tlaconform.cli.app import run
from tlaconform.cli.commands.soak import SHOWN_MAX, faults_told, status_of
from tlaconform.cli.status import Status
from tlaconform.drivers import mutant_named, soaking
from tlaconform.drivers.soaking import Execution, HistoryVerdict, Soak, execute, judge_history, soak
from tlaconform.linearizability import TooManyStates
from tlatrace.engine.verdict import Decision, Verdict
from vraft.core import RaftCore, ReadReady
from vraft.emulator.wandering import ClientOperation, wander


def operation(kind: str, call: int, end: int | None, result: object, value: str = "x") -> ClientOperation:
    return ClientOperation(client="c1", kind=kind, value=value, call_us=call, end_us=end, result=result)  # type: ignore[arg-type]


def test_an_execution_passes_all_three_judges(whole_workbench: Workbench) -> None:
    execution = execute(2, whole_workbench, events_min=200)
    assert execution.problems == ()
    total = Soak()
    total.add(execution)
    assert total.events == execution.verdict.events >= 200
    assert total.actions["AppendEntries"] > 0
    assert total.commits == total.faults.total() >= 5
    assert total.operations > total.reads > 0


def test_a_broken_core_is_rejected_by_the_specification(whole_workbench: Workbench) -> None:
    mutant = mutant_named("match-moves-back")
    executions = (execute(seed, whole_workbench, mutant=mutant, events_min=200) for seed in range(5))
    execution = next(each for each in executions if each.problems)
    assert execution.verdict.decision is Decision.REJECTED
    assert execution.problems[0].startswith("the trace is rejected at event ")


class ReadsStale(RaftCore):
    """Answers a read at once with what it happens to know, leader or not."""

    def read(self, r: str) -> None:
        self._reads.append(ReadReady(r, self.commit_index))


def test_stale_reads_are_found_in_what_clients_saw() -> None:
    assert judge_history(wander(3).history) == HistoryVerdict(decision=Decision.ACCEPTED)
    found = [
        judge_history(wander(seed, node_class=ReadsStale, assertions=False, referees=False).history)
        for seed in range(3, 12)
    ]
    rejected = [verdict.why for verdict in found if verdict.decision is Decision.REJECTED]
    assert rejected
    assert all(why.startswith("what clients saw is not linearizable: after ") for why in rejected)


def test_what_was_never_answered_may_have_happened_or_not() -> None:
    lost = operation("append", 0, None, None)
    for seen in ((), ("x",)):
        assert judge_history([lost, operation("read", 10, 20, seen)]).decision is Decision.ACCEPTED
    told = operation("append", 0, 5, 1)
    found = judge_history([told, operation("read", 10, 20, ())])
    assert found.decision is Decision.REJECTED
    assert found.why.endswith("c1: read -> ()  (10 .. 20)")


def judged(decision: Decision, history: Decision = Decision.ACCEPTED, **more: Any) -> Execution:
    return Execution(
        seed=0, verdict=Verdict(decision=decision, trace="t"), history=HistoryVerdict(decision=history), **more
    )


@pytest.mark.parametrize(
    ("execution", "decision"),
    [
        (judged(Decision.ACCEPTED), Decision.ACCEPTED),
        (judged(Decision.ACCEPTED, Decision.UNDECIDED), Decision.UNDECIDED),
        (judged(Decision.UNDECIDED, Decision.REJECTED), Decision.REJECTED),
        (judged(Decision.ACCEPTED, Decision.UNDECIDED, crash="it fell over"), Decision.REJECTED),
        (judged(Decision.INVALID, Decision.REJECTED), Decision.INVALID),
    ],
)
def test_the_gravest_decides(execution: Execution, decision: Decision) -> None:
    assert execution.decision is decision


@pytest.mark.parametrize(
    ("decisions", "never", "status"),
    [
        ([], 0, Status.CONFORMS),
        ([], 1, Status.DOES_NOT_CONFORM),
        ([Decision.UNDECIDED], 0, Status.UNDECIDED),
        ([Decision.UNDECIDED], 1, Status.DOES_NOT_CONFORM),
        ([Decision.UNDECIDED, Decision.REJECTED], 0, Status.DOES_NOT_CONFORM),
        ([Decision.REJECTED, Decision.INVALID], 0, Status.WRONG_INPUT),
    ],
)
def test_the_status(decisions: list[Decision], never: int, status: Status) -> None:
    total = Soak(not_accepted=[judged(each) for each in decisions], actions=Counter({"Timeout": 1 - never}))
    assert status_of(total, all_actions=True) is status


def test_what_failed_is_told_before_what_is_undecided(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def executions(*_: object, **__: object) -> Iterator[Execution]:
        for seed in range(SHOWN_MAX):
            yield replace(judged(Decision.ACCEPTED, Decision.UNDECIDED), seed=seed)
        yield replace(judged(Decision.ACCEPTED, crash="it fell over"), seed=99)

    monkeypatch.setattr(soaking, "soak", executions)
    assert run(["soak", "--runs", "6"]) == Status.DOES_NOT_CONFORM
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "FAILED  seed 99"
    assert told[-2:] == [
        "  failed:     99; to see one again: conformance soak --runs 1 --seed 99",
        "  undecided:  0, 1, 2, 3, 4; to see one again: conformance soak --runs 1 --seed 0",
    ]


def test_a_search_that_comes_to_its_limit_decides_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def endless(*_: object) -> None:
        raise TooManyStates(1)

    monkeypatch.setattr("tlaconform.drivers.soaking.search", endless)
    found = judge_history([operation("append", 0, 5, 1)])
    assert found.decision is Decision.UNDECIDED
    assert found.why.startswith("what clients saw was not judged: ")
    assert run(["soak", "--runs", "1", "--seed", "2", "--events", "60"]) == Status.UNDECIDED
    assert capsys.readouterr().out.startswith("UNDECIDED  seed 2\n  what clients saw was not judged: ")


@pytest.mark.slow
def test_seeds_come_in_their_order_whatever_the_number_of_jobs() -> None:
    alone = [(each.seed, each.verdict.events) for each in soak(range(2), events_min=60)]
    assert [(each.seed, each.verdict.events) for each in soak(range(2), jobs=2, events_min=60)] == alone


@pytest.mark.slow
def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["soak", "--runs", "1", "--seed", "2", "--events", "150"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("1 of 1 executions passed: ")
    assert run(["soak", "--runs", "2", "--seed", "0", "--events", "150", "--mutant", "match-moves-back"]) == 1
    out = capsys.readouterr().out
    assert "REJECTED" in out
    assert "to see one again: conformance soak --runs 1 --seed " in out
    assert out.rstrip().endswith(" --events 150 --mutant match-moves-back")


@pytest.mark.parametrize(
    ("total", "text"),
    [
        (Soak(), "none"),
        (Soak(faults=Counter(crash=1200, cut=34), commits=1234), "1,234, each followed by a commit"),
        (
            Soak(faults=Counter(crash=5), commits=5, mended=2),
            "5, each followed by a commit (2 of them only when all was mended)",
        ),
        (
            Soak(faults=Counter(crash=5), commits=3, mended=1),
            "5: 3 followed by a commit (1 of them only when all was mended), 2 not",
        ),
    ],
)
def test_faults_are_told_with_what_came_of_them(total: Soak, text: str) -> None:
    assert faults_told(total) == text


@pytest.mark.parametrize("command", ["soak", "check", "parse", "explore"])
def test_no_command_starts_processes_without_end(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    for jobs in ("0", "257", "100000", "x"):
        assert run([command, "--jobs", jobs]) == 2
        error = capsys.readouterr().err
        assert f"argument --jobs: expected a whole number from 1 to 256, found '{jobs}'" in error


def test_executions_are_handed_out_as_they_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are asked for: the first comes before the last is thought of."""

    class Pool:
        def __init__(self, *_: object, **__: object) -> None: ...

        def submit(self, _: object, seed: int) -> Future[int]:
            done: Future[int] = Future()
            done.set_result(seed)
            return done

        def shutdown(self, **_: object) -> None: ...

    monkeypatch.setattr(soaking, "ProcessPoolExecutor", Pool)
    drawn = count()
    executions = soak(drawn, jobs=2)
    assert [next(executions) for _ in range(3)] == [0, 1, 2]
    assert next(drawn) < 20
    executions.close()  # type: ignore[attr-defined]
    assert list(soak(range(5), jobs=2)) == list(range(5))


def test_a_process_that_was_ended_loses_no_result(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], whole_workbench: Workbench
) -> None:
    first = execute(2, whole_workbench, events_min=60)

    class Pool:
        def __init__(self, *_: object, **__: object) -> None:
            self.submitted = 0

        def submit(self, *_: object) -> Future[object]:
            self.submitted += 1
            done: Future[object] = Future()
            if self.submitted == 1:
                done.set_result(first)
            else:
                done.set_exception(BrokenProcessPool())
            return done

        def shutdown(self, **_: object) -> None: ...

    monkeypatch.setattr(soaking, "ProcessPoolExecutor", Pool)
    assert run(["soak", "--runs", "3", "--jobs", "2"]) == 2
    told = capsys.readouterr()
    assert told.out.startswith("1 of 1 executions passed: ")
    assert "  not run:    2; to go on: conformance soak --runs 2 --seed 1\n" in told.out
    assert "a process that ran executions was ended from outside (is there too little memory?)" in told.err


def test_a_trace_is_of_one_execution(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["soak", "--runs", "2", "--trace", "never.ndjson"]) == 2
    assert "--trace is for one execution: add --runs 1" in capsys.readouterr().err
