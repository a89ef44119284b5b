"""Reading traces: lazily, with the place of whatever is wrong."""

from __future__ import annotations

import gzip
import hashlib
import io
from pathlib import Path

import pytest

from tlatrace.traces import TornTail, TraceError, TraceReader, open_trace
from tlatrace.traces.json_text import JsonMistake, parse_json

HEADER = '{"format": "tla-conformance/trace", "version": 1, "nodes": ["n1"]}\n'


def reader(text: str | bytes) -> TraceReader:
    data = text.encode() if isinstance(text, str) else text
    return TraceReader(io.BytesIO(data), "t.ndjson")  # type: ignore[arg-type]


def test_a_header_is_not_an_event() -> None:
    trace = reader(HEADER + '{"a": 1}\n{"a": 2}\n')
    assert trace.header["nodes"] == ["n1"]
    assert [(event.line, event.fields["a"]) for event in trace] == [(2, 1), (3, 2)]


def test_without_a_header_every_line_is_an_event() -> None:
    trace = reader('{"a": 1}\n{"a": 2}\n')
    assert trace.header == {}
    assert [event.line for event in trace] == [1, 2]


def test_blank_lines_count_as_lines_only() -> None:
    assert [event.line for event in reader('\n{"a": 1}\n\n  \n{"a": 2}\n')] == [2, 5]


def test_the_last_line_needs_no_end_if_it_is_whole() -> None:
    assert len(list(reader('{"a": 1}\n{"a": 2}'))) == 2


def test_a_torn_last_line_comes_after_the_events_before_it() -> None:
    trace = reader('{"a": 1}\n{"a": 2}\n{"a')
    events = iter(trace)
    assert [next(events).line, next(events).line] == [1, 2]
    with pytest.raises(TornTail) as caught:
        next(events)
    assert caught.value.location is not None
    assert caught.value.location.line == 3


def test_a_broken_line_with_an_end_is_not_torn() -> None:
    with pytest.raises(TraceError, match="not JSON") as caught:
        list(reader('{"a": 1}\n{"a\n'))
    assert not isinstance(caught.value, TornTail)


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_an_empty_trace(text: str) -> None:
    with pytest.raises(TraceError, match="the trace is empty"):
        reader(text)


def test_another_format_is_refused() -> None:
    with pytest.raises(TraceError, match="format"):
        reader('{"format": "tla-conformance/scenario", "version": 1}\n')


def test_a_foreign_format_field_is_an_event() -> None:
    assert len(list(reader('{"format": "pdf"}\n'))) == 1


def test_not_a_number_is_not_json() -> None:
    with pytest.raises(TraceError, match="NaN"):
        list(reader('{"a": 1}\n{"a": NaN}\n'))


def test_a_line_without_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tlatrace.traces.reader.LINE_BYTES_MAX", 20)
    with pytest.raises(TraceError, match="more than 20 bytes"):
        list(reader('{"a": 1}\n{"a": "' + "x" * 30 + '"}\n'))


def test_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "t.ndjson"
    path.write_text(HEADER + '{"a": 1}\n')
    with open_trace(path) as trace:
        list(trace)
        assert trace.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_gzip_is_read_as_it_is_and_damage_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "t.ndjson.gz"
    packed = gzip.compress((HEADER + '{"a": 1}\n' * 1000).encode())
    path.write_bytes(packed)
    with open_trace(path) as trace:
        assert len(list(trace)) == 1000
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(TraceError), open_trace(path) as trace:
        list(trace)


def test_standard_input_may_be_gzipped(monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BufferedReader(io.BytesIO(gzip.compress(b'{"a": 1}\n{"a": 2}\n')))  # type: ignore[arg-type]

    monkeypatch.setattr("sys.stdin", Input)
    with open_trace("-") as trace:
        assert len(list(trace)) == 2


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="cannot be opened"):
        open_trace(tmp_path / "none.ndjson")


@pytest.mark.parametrize("line", ['{"a": 1, "b": 2, "a": 1}', '{"v": [{"a": 1, "a": 2}]}'])
def test_a_key_that_stands_twice_is_an_error_even_on_the_last_line(line: str) -> None:
    with pytest.raises(TraceError, match="the key 'a' stands twice") as caught:
        list(reader('{"a": 1}\n' + line))
    assert not isinstance(caught.value, TornTail)
    assert caught.value.location is not None
    assert caught.value.location.line == 2


def test_half_of_a_character_is_an_error_and_a_whole_one_is_not() -> None:
    assert [event.fields["a"] for event in reader('{"a": "\\ud83d\\ude00"}\n')] == ["\N{GRINNING FACE}"]
    with pytest.raises(TraceError, match="surrogate"):
        reader('{"a": "\\ud83d"}\n')


def test_nesting_has_a_bound_and_brackets_in_strings_do_not_count() -> None:
    wide = '{"a": [' + ",".join(["[]"] * 1000) + "]}\n"
    text = '{"a": "' + "[" * 1000 + '\\""}\n'
    assert len(list(reader(wide + text))) == 2
    with pytest.raises(TraceError, match="more than 200 arrays and objects") as caught:
        reader('{"a": ' + "[" * 5000 + "]" * 5000 + "}\n")
    assert caught.value.location is not None
    assert caught.value.location.column == 206


def test_a_byte_order_mark_is_allowed_where_it_may_stand() -> None:
    assert len(list(reader(b'\xef\xbb\xbf{"a": 1}\n'))) == 1
    with pytest.raises(TraceError, match="not JSON"):
        list(reader(b'{"a": 1}\n\xef\xbb\xbf{"a": 1}\n'))


def test_there_is_no_digest_of_a_part(tmp_path: Path) -> None:
    path = tmp_path / "t.ndjson"
    path.write_text('{"a": 1}\n' * 100)
    with open_trace(path) as trace:
        next(iter(trace))
        assert trace.sha256 is None
        trace.read_to_end()
        assert trace.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_rest_of_standard_input_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BufferedReader(io.BytesIO(b'{"a": 1}\n{"a": 2}\n')))  # type: ignore[type-var]
    monkeypatch.setattr("sys.stdin", stdin)
    with open_trace("-") as trace:
        next(iter(trace))
        trace.read_to_end()
        assert trace.sha256 is None
        assert [event.line for event in trace] == [2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.0", 1),
        ("1e3", 1000),
        ("-2.50e1", -25),
        ("0.0", 0),
        ("9007199254740993.0", 9007199254740993),
        ("1.5", 1.5),
        ("0.99999999999999999999", 1.0),
        ("1e-999999999", 0.0),
        ("1e400", 10**400),
        ("-12.5e400", -125 * 10**399),
    ],
)
def test_whole_numbers_are_whole_however_they_are_written(text: str, expected: object) -> None:
    found = parse_json(text.encode())
    assert (found, type(found)) == (expected, type(expected))


def test_a_number_that_is_too_long_is_told_in_plain_words() -> None:
    with pytest.raises(JsonMistake, match=r"more than 4,300 digits"):
        parse_json(b"1" * 5000)
    for text in (b"1e5000", b"-1e99999999999999999999"):
        with pytest.raises(JsonMistake, match=r"more than 4,300 digits"):
            parse_json(text)
