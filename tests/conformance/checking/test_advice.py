"""Advice on real mappings: entries of functions, lengths, and arguments that are open."""

from __future__ import annotations

from typing import Any

from tlaconform.checking import CheckOptions, LiveCheck, Workbench
from tlatrace.engine import Status
from tlatrace.engine.advice import advise
from tlatrace.engine.findings import Advice
from tlatrace.traces import Event


def test_the_length_and_the_content_of_a_queue(queue: Any) -> None:
    text = queue.mapping.read_text(encoding="utf-8").replace("observe:\n  Len(queue): event.size\n", "")
    queue.mapping.write_text(text.replace("Put(event.item)", "Put(ANY)"), encoding="utf-8")
    found = advice_on(queue, [{"op": "put"}, {"op": "put"}, {"op": "get", "item": 4}])
    texts = [item.expression for item in found.suggestions]
    assert texts[0] == "queue"
    assert "x of Put" in texts
    assert "Len(queue)" not in texts, "it is the same in all states"


def test_a_length_is_worth_logging_where_it_varies(queue: Any) -> None:
    text = queue.mapping.read_text(encoding="utf-8").replace("observe:\n  Len(queue): event.size\n", "")
    queue.mapping.write_text(text + "silent:\n  - action: Lose\n    at_most: 1\n", encoding="utf-8")
    found = advice_on(queue, [{"op": "put", "item": 1}, {"op": "put", "item": 2}])
    by_text = {item.expression: item for item in found.suggestions}
    assert by_text["Len(queue)"].removes == 1
    assert by_text["lost"].removes == 1


def advice_on(queue: Any, events: list[dict[str, Any]]) -> Advice:
    options = CheckOptions(spec=queue.spec, mapping=queue.mapping)
    live = LiveCheck(Workbench(options), {"constants": {"Capacity": 2}})
    for line, fields in enumerate(events, 2):
        event = Event(line, fields)
        assert live.matcher.advance(event) is Status.MATCHED
        live.trail.note(event, live.matcher)
    return advise(live.trail, live.loaded.spec)
