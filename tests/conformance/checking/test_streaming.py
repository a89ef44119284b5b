"""Traces judged as they come: the verdict is that on the whole file, however it arrives and wherever it was left."""

from __future__ import annotations

import json
import pickle
import zlib
from collections.abc import Callable, Sequence
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tlaconform.checking import CheckOptions, Streaming, Workbench, check_trace
from tlatrace.engine.verdict import Decision, Verdict
from tlatrace.traces.growing import Patience

PUT, GET = {"op": "put", "item": 1, "size": 1}, {"op": "get", "item": 1, "size": 0}


def timeless(verdict: Verdict) -> str:
    found = verdict.to_json()
    del found["seconds"]
    return json.dumps(found)


def workbench(queue: Any, **options: Any) -> Workbench:
    return Workbench(CheckOptions(spec=queue.spec, mapping=queue.mapping, **options))


def open_arguments(queue: Any) -> None:
    """Leave open what was put, so that several states explain the trace."""
    text = queue.mapping.read_text(encoding="utf-8").replace("put: Put(event.item)", "put: Put(ANY)")
    queue.mapping.write_text(text, encoding="utf-8")


def written_in(pieces: Sequence[bytes], path: Path) -> Callable[[], bool]:
    """A stop that writes the next piece whenever it is asked."""
    left = iter(pieces)

    def stop() -> bool:
        piece = next(left, None)
        if piece is not None:
            with open(path, "ab") as file:
                file.write(piece)
        return piece is None

    return stop


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tlatrace.traces.growing.POLL_SECONDS", 0)


@pytest.fixture(params=["accepted", "rejected", "mismatch", "odd", "ambiguous"])
def trace(request: pytest.FixtureRequest, queue: Any, events: Any) -> Path:
    """Traces that end in every way."""
    changed = events()
    if request.param == "rejected":
        changed[3:3] = [{"op": "get", "item": 9, "size": 0}]
    elif request.param == "mismatch":
        changed[4]["size"] = 7
    elif request.param == "odd":
        changed[4] = {"op": "pop"}
    elif request.param == "ambiguous":
        open_arguments(queue)
    path: Path = queue.write_trace(changed)
    return path


class TestFollowing:
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_the_verdict_does_not_depend_on_the_pieces(self, queue: Any, trace: Path, data: st.DataObject) -> None:
        content = trace.read_bytes()
        cuts = sorted(data.draw(st.sets(st.integers(1, len(content) - 1), max_size=6)))
        grown = queue.folder / "grown.ndjson"
        bench = workbench(queue)
        found = []
        for bounds in ([0, len(content)], [0, *cuts, len(content)]):
            grown.write_bytes(b"")
            pieces = [content[a:b] for a, b in pairwise(bounds)]
            patience = Patience(stop=written_in(pieces, grown))
            found.append(timeless(check_trace(grown, bench, streaming=Streaming(patience=patience))))
        assert found[0] == found[1]
        whole = check_trace(trace, bench)
        assert json.loads(found[0])["verdict"] == whole.decision.value
        assert json.loads(found[0])["line"] == whole.line

    def test_a_rejection_is_told_without_waiting_for_more(self, queue: Any) -> None:
        path = queue.write_trace([PUT, {"op": "get", "item": 2, "size": 0}])
        asked: list[int] = []
        patience = Patience(stop=lambda: bool(asked.append(1)))
        verdict = check_trace(path, workbench(queue), streaming=Streaming(patience=patience))
        assert (verdict.decision, verdict.line, asked) == (Decision.REJECTED, 3, [])

    def test_a_line_that_is_not_complete_is_waited_for_and_told_if_it_never_is(self, queue: Any) -> None:
        path = queue.write_trace([PUT, GET])
        with open(path, "ab") as file:
            file.write(b'{"op": "pu')
        rest = written_in([b't", "item": 1, "size": 9}\n'], path)
        verdict = check_trace(path, workbench(queue), streaming=Streaming(patience=Patience(stop=rest)))
        assert (verdict.decision, verdict.line) == (Decision.REJECTED, 4)
        queue.write_trace([PUT, GET])
        with open(path, "ab") as file:
            file.write(b'{"op": "pu')
        verdict = check_trace(path, workbench(queue), streaming=Streaming(patience=Patience(stop=lambda: True)))
        assert (verdict.decision, verdict.line) == (Decision.ACCEPTED, 3)
        assert "10 bytes of a line that was not complete yet are left out" in verdict.notes

    def test_a_trace_that_is_cut_while_it_is_followed_is_invalid(self, queue: Any) -> None:
        path = queue.write_trace([PUT, GET])

        def cut() -> bool:
            path.write_bytes(b"")
            return False

        verdict = check_trace(path, workbench(queue), streaming=Streaming(patience=Patience(stop=cut)))
        assert verdict.decision is Decision.INVALID
        assert "only grows" in verdict.reason


class TestCheckpoints:
    def test_a_check_that_is_resumed_anywhere_gives_the_verdict_of_one_that_is_not(
        self, queue: Any, trace: Path
    ) -> None:
        # What is asked afterwards rests on what was kept on the way, which a checkpoint has, too.
        asked = {"blame": True, "sensitivity": 5, "keep_witness": True}
        straight = check_trace(trace, workbench(queue, **asked))
        for stop_after in range(1, straight.strength.events + 1):
            path = queue.folder / f"checkpoint{stop_after}"
            left = iter([False] * (stop_after - 1))
            first = check_trace(
                trace,
                workbench(queue, **asked),
                streaming=Streaming(checkpoint=path, stop=lambda left=left: next(left, True)),
            )
            assert first.decision is Decision.UNDECIDED
            assert "interrupted" in first.reason
            told: list[tuple[int, int | None]] = []
            again = Streaming(checkpoint=path, resumed=lambda *place, told=told: told.append(place))
            assert timeless(check_trace(trace, workbench(queue, **asked), streaming=again)) == timeless(straight)
            assert told == [(stop_after, stop_after + 1)]

    def test_a_trace_that_grew_is_judged_from_where_it_ended(self, queue: Any) -> None:
        checkpoint = queue.folder / "checkpoint"
        path = queue.write_trace([PUT])
        assert (
            check_trace(path, workbench(queue), streaming=Streaming(checkpoint=checkpoint)).decision
            is Decision.ACCEPTED
        )
        with open(path, "a") as file:
            file.write(json.dumps(GET) + "\n" + json.dumps(GET) + "\n")
        told: list[int] = []
        streaming = Streaming(checkpoint=checkpoint, resumed=lambda events, line: told.append(events))
        resumed = check_trace(path, workbench(queue), streaming=streaming)
        assert (resumed.decision, resumed.line, told) == (Decision.REJECTED, 4, [1])
        assert timeless(resumed) == timeless(check_trace(path, workbench(queue)))

    def test_events_that_are_held_back_to_be_put_in_order(self, queue: Any, events: Any) -> None:
        text = queue.mapping.read_text(encoding="utf-8")
        queue.mapping.write_text(text + "order: {by: key, key: event.ts, window: 2}\n", encoding="utf-8")
        numbered = [{**event, "ts": number} for number, event in enumerate(events())]
        numbered[1:3] = reversed(numbered[1:3])
        trace = queue.write_trace(numbered)
        straight = check_trace(trace, workbench(queue))
        assert straight.decision is Decision.ACCEPTED
        for stop_after in range(1, 6):
            path = queue.folder / f"checkpoint{stop_after}"
            left = iter([False] * (stop_after - 1))
            stopping = Streaming(checkpoint=path, stop=lambda left=left: next(left, True))
            assert check_trace(trace, workbench(queue), streaming=stopping).decision is Decision.UNDECIDED
            resumed = check_trace(trace, workbench(queue), streaming=Streaming(checkpoint=path))
            assert timeless(resumed) == timeless(straight)
        # Followed to its end it is the same, in whatever pieces it comes.
        grown = queue.folder / "grown.ndjson"
        grown.write_bytes(b"")
        content = trace.read_bytes()
        patience = Patience(stop=written_in([content[:150], content[150:]], grown))
        followed = check_trace(grown, workbench(queue), streaming=Streaming(patience=patience))
        assert (followed.decision, followed.line) == (Decision.ACCEPTED, straight.line)

    def test_it_is_written_as_often_as_was_asked_for(self, queue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        from tlaconform.checking import run

        saved: list[int] = []
        write = run.write_checkpoint

        def noted(path: Path, checkpoint: Any, provenance: Any) -> None:
            saved.append(checkpoint.position.events)
            write(path, checkpoint, provenance)

        monkeypatch.setattr(run, "write_checkpoint", noted)
        path = queue.write_trace([PUT, GET] * 5)
        streaming = Streaming(checkpoint=queue.folder / "c", checkpoint_events=4)
        check_trace(path, workbench(queue), streaming=streaming)
        assert saved == [4, 8, 10]
        clock = iter(range(0, 1000, 10))
        saved.clear()
        streaming = Streaming(checkpoint=queue.folder / "d", checkpoint_seconds=35, clock=lambda: next(clock))
        check_trace(path, workbench(queue), streaming=streaming)
        assert saved[-1] == 10
        assert 1 < len(saved) < 10

    def test_its_first_line_obeys_its_schema(self, queue: Any) -> None:
        checkpoint = queue.folder / "checkpoint"
        check_trace(queue.trace, workbench(queue), streaming=Streaming(checkpoint=checkpoint))
        head = json.loads(checkpoint.read_bytes().split(b"\n")[0])
        folder = resources.files("tlaconform.checking")
        schema = json.loads((folder / "checkpoint.schema.json").read_text(encoding="utf-8"))
        jsonschema.validate(head, schema)
        del head["state"]
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(head, schema)


class TestCheckpointsThatDoNotFit:
    @pytest.fixture
    def checkpoint(self, queue: Any) -> Path:
        path: Path = queue.folder / "checkpoint"
        queue.write_trace([PUT, GET])
        check_trace(queue.trace, workbench(queue), streaming=Streaming(checkpoint=path))
        return path

    def again(self, queue: Any, checkpoint: Path) -> Verdict:
        return check_trace(queue.trace, workbench(queue), streaming=Streaming(checkpoint=checkpoint))

    def test_as_it_is_it_fits(self, queue: Any, checkpoint: Path) -> None:
        assert self.again(queue, checkpoint).decision is Decision.ACCEPTED

    def test_another_specification(self, queue: Any, checkpoint: Path) -> None:
        queue.spec.write_text(queue.spec.read_text() + "\n", encoding="utf-8")
        verdict = self.again(queue, checkpoint)
        assert verdict.decision is Decision.INVALID
        assert "another specification (Queue.tla)" in verdict.reason
        assert "remove this file" in verdict.hint
        assert str(verdict.error_location) == str(checkpoint)

    def test_another_mapping(self, queue: Any, checkpoint: Path) -> None:
        queue.mapping.write_text(queue.mapping.read_text() + "\n", encoding="utf-8")
        assert "another mapping" in self.again(queue, checkpoint).reason

    def test_another_trace(self, queue: Any, checkpoint: Path) -> None:
        queue.write_trace([PUT, {**GET, "note": "other"}])
        assert "began differently" in self.again(queue, checkpoint).reason

    def test_a_trace_that_is_shorter(self, queue: Any, checkpoint: Path) -> None:
        queue.write_trace([PUT])
        assert "began differently" in self.again(queue, checkpoint).reason

    def test_what_is_no_checkpoint(self, queue: Any, checkpoint: Path) -> None:
        checkpoint.write_text("{}\n")
        assert "this is no checkpoint" in self.again(queue, checkpoint).reason

    def test_one_that_is_damaged(self, queue: Any, checkpoint: Path) -> None:
        checkpoint.write_bytes(checkpoint.read_bytes()[:-1])
        assert "damaged" in self.again(queue, checkpoint).reason

    def test_one_that_would_run_something(self, queue: Any, checkpoint: Path, tmp_path: Path) -> None:
        import hashlib

        class Runs:
            def __reduce__(self) -> tuple[Any, ...]:
                return Path.touch, (tmp_path / "touched",)

        payload = zlib.compress(pickle.dumps(Runs()))
        head = json.loads(checkpoint.read_bytes().split(b"\n")[0])
        head["state"] = {"sha256": hashlib.sha256(payload).hexdigest(), "bytes": len(payload)}
        checkpoint.write_bytes(json.dumps(head).encode() + b"\n" + payload)
        assert "which no state consists of" in self.again(queue, checkpoint).reason
        assert not (tmp_path / "touched").exists()
