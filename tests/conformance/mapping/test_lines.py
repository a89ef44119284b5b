"""How a mapping finds the events in the lines of a trace: one that is accepted, and its twin with one thing broken."""

from __future__ import annotations

from typing import Any

LINES = """
version: 1
model_values: [Nil]
constants:
  Server: '{"1", "2"}'
  Nil: Nil
kind: event.name
reader: ndjson
event: line.event
where: line.tag = "trace"
ignore: [Beat*]
order: {by: key, key: line.ts}
events:
  Adopt: Adopt(event.s, event.t)
  Bear: Campaign(event.s)
observe:
  term[event.s]: event.t
"""


def line(ts: float, name: str, t: int, tag: str = "trace") -> dict[str, Any]:
    return {"tag": tag, "ts": ts, "event": {"name": name, "s": "1", "t": t}}


def test_the_event_within_a_line_sorted_and_sorted_out(judge: Any) -> None:
    lines = [line(2.5, "Bear", 6), line(1, "Adopt", 5), line(2, "Beater", 0), {"tag": "other"}]
    verdict = judge.accepts(LINES, lines)
    assert verdict.strength is not None
    assert verdict.strength.events == 2
    assert any("1 events left out by `ignore: Beat*`" in note for note in verdict.notes)
    assert any("1 lines left out by `where`" in note for note in verdict.notes)
    lines[1]["ts"] = 3
    judge.rejects(LINES, lines, 1)


def test_a_kind_that_is_not_ignored_is_still_unknown(judge: Any) -> None:
    judge.refuses(LINES, [line(1, "Boat", 1)], "unknown event 'Boat'", "under `ignore:`")


def test_a_kind_is_not_both_ignored_and_explained(judge: Any) -> None:
    judge.refuses(LINES.replace("[Beat*]", "[Bear]"), [line(1, "Adopt", 3)], "to be left out, and have a rule")


TABLE = """
reader: {name: csv, types: text}
fields:
  event.t: {read: integer}
events:
  adopt: Adopt(event.s, event.t)
observe:
  term[event.s]: event.t
"""


def test_a_reader_with_its_options(judge: Any) -> None:
    judge.accepts(TABLE, "do,s,t\nadopt,1,5\n")
    judge.rejects(TABLE, "do,s,t\nadopt,1,5\nadopt,1,4\n", 3)
    judge.refuses(TABLE, "do,s,t\nadopt,1\n", "a line of 2 cells; expected 3")


def test_the_reader_that_a_person_asks_for_comes_first(judge: Any) -> None:
    text = '{"do": "adopt", "s": "1", "t": 5}\n'
    judge.accepts(TABLE, text, reader="ndjson")
    judge.refuses(TABLE, text, "did you mean 'ndjson'?", reader="ndjsn")
    judge.refuses(TABLE.replace("types", "type"), text, "the option 'type' of the reader csv")
