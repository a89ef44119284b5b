"""Formats of traces: a small sample of each, how it is recognised, and what is wrong with its broken twins."""

from __future__ import annotations

import gzip
import io
import json
import struct
from pathlib import Path
from typing import Any

import pytest

from tlatrace.errors import TlatraceError
from tlatrace.traces import OrderKind, PartialOrder, TornTail, TraceError, TraceReader, total_order
from tlatrace.traces.readers import READERS, open_log, read_log


def read(text: str | bytes, name: str = "t", reader: str | None = None, **options: Any) -> TraceReader:
    data = text.encode() if isinstance(text, str) else text
    return read_log(io.BytesIO(data), name, reader, options)


def lines(*objects: object) -> str:
    return "".join(json.dumps(item) + "\n" for item in objects)


def packed(value: object) -> bytes:
    """MessagePack, as far as the tests need it."""
    if value is None or isinstance(value, bool):
        return {None: b"\xc0", False: b"\xc2", True: b"\xc3"}[value]
    if isinstance(value, int):
        return struct.pack(">Bq", 0xD3, value)
    if isinstance(value, str):
        return struct.pack(">BH", 0xDA, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return struct.pack(">BH", 0xDC, len(value)) + b"".join(map(packed, value))
    assert isinstance(value, dict)
    return bytes([0x80 | len(value)]) + b"".join(packed(key) + packed(item) for key, item in value.items())


ETCD = (
    "=== RUN   TestElection\n"
    + '    trace.go:12: {"level":"debug","ts":20,"tag":"trace","event":{"name":"BecomeLeader","nid":"1"}}\n'
    + lines({"tag": "trace", "ts": 10, "event": {"name": "InitState", "nid": "1", "state": {"term": 0}}})
    + "ok\n"
)
SPECULA = lines(
    {"tag": "config", "nodes": ["a", "b"]},
    {"tag": "trace", "ts": 1, "event": {"name": "Start", "nid": "a"}},
)
CCF = lines(
    {"tag": "raft_trace", "cmd": "start_node,0"},
    {"tag": "raft_trace", "h_ts": "10", "msg": {"function": "become_leader", "state": {"node_id": "0"}}},
    {
        "tag": "raft_trace",
        "h_ts": "9",
        "msg": {"function": "bootstrap", "committable_indices": [2], "state": {"node_id": "0"}},
    },
)
CONSISTENCY = lines({"action": "RwTxRequestAction", "type": "RwTxRequest", "tx": 0})
TV = lines(
    {"clock": 2, "event": "Commit", "event_args": ["rm1"], "logger": "rm1"},
    {"clock": 1, "state": [{"op": "Update", "path": ["rm1"], "args": ["prepared"]}], "desc": "d"},
)
EWD998 = lines(
    {"N": 2},
    {"event": ">", "node": 0, "pkt": {"snd": 0, "rcv": 1, "msg": {"type": "tok"}, "vc": {"0": 1, "1": 0}}},
    {"event": "<", "node": 1, "pkt": {"snd": 0, "rcv": 1, "msg": {"type": "tok"}, "vc": {"0": 1, "1": 1}}},
)
SECTION: dict[str, Any] = {
    "archetypeName": "AServer",
    "self": "1",
    "csElements": [
        {"tag": "read", "name": {"prefix": "", "name": ".pc", "self": "1"}, "indices": [], "value": '"AServer.loop"'},
        {"tag": "read", "name": {"prefix": "AServer", "name": "x", "self": "1"}, "indices": [], "value": "1"},
        {"tag": "write", "name": {"prefix": "AServer", "name": "x", "self": "1"}, "indices": [], "value": "<<1, {2}>>"},
        {"tag": "write", "name": {"prefix": "", "name": "net", "self": "1"}, "indices": ["2"], "value": "[a |-> -1]"},
        {"tag": "write", "name": {"prefix": "", "name": ".pc", "self": "1"}, "indices": [], "value": '"AServer.done"'},
    ],
    "clock": [[["AServer", "1"], 2]],
    "startTime": 1,
    "endTime": 5,
    "isAbort": False,
}
PGO = lines({**SECTION, "isAbort": True, "clock": [[["AServer", "1"], 1]]}, SECTION)
ITF = json.dumps(
    {
        "#meta": {"format": "ITF"},
        "vars": ["x"],
        "states": [
            {"#meta": {"index": 0}, "x": {"#bigint": "1"}},
            {"x": {"#set": []}, "mbt::actionTaken": "Step", "mbt::nondetPicks": {"n": 3}},
        ],
        "loop": 0,
    },
    indent=1,
)
TLC = json.dumps(
    {
        "counterexample": {
            "state": [[1, {"x": 0}], [2, {"x": 3}]],
            "action": [
                [
                    [1, {"x": 0}],
                    {"name": "Add", "parameters": ["n"], "context": {"n": 3}, "location": {}},
                    [2, {"x": 3}],
                ],
                [[2, {"x": 3}], {"name": "Reset", "parameters": [], "context": {}, "location": {}}, [1, {"x": 0}]],
            ],
        },
        "vars": ["x"],
    }
)
CSV = 'op,item,vars.size,vars.on\nput,5,1,true\n"a, b",,"[1, 2]",x\n'
TSV = "op\titem\nput\t5\n"
OMNILINK = packed({"operation_name": "Put", "operation": {"key": "k", "_op_start": 1, "_op_end": 4}}) + packed(
    {"operation_name": "Get", "operation": {"key": None, "_op_start": 5, "_op_end": 6, "_meta": {1: ["x", True]}}}
)

SAMPLES: dict[str, str | bytes] = {
    "etcd": ETCD,
    "ccf": CCF,
    "ccf-consistency": CONSISTENCY,
    "tv": TV,
    "ewd998": EWD998,
    "pgo": PGO,
    "itf": ITF,
    "tlc-json": TLC,
    "csv": CSV,
    "tsv": TSV,
    "omnilink": OMNILINK,
}


@pytest.mark.parametrize("name", [*SAMPLES])
def test_a_format_is_recognised_by_its_first_lines(name: str) -> None:
    sample = SAMPLES[name]
    recognised, named = read(sample), read(sample, reader=name)
    assert type(recognised) is type(named)
    assert list(recognised) == list(named)


@pytest.mark.parametrize("name", [*SAMPLES])
def test_the_digest_is_that_of_the_whole_file(name: str) -> None:
    import hashlib

    trace = read(SAMPLES[name])
    list(trace)
    data = SAMPLES[name]
    assert trace.sha256 == hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def test_what_is_not_recognised_is_a_list_of_objects() -> None:
    assert [event.fields for event in read('{"tag": "x"}\n{"a": 1}\n')] == [{"tag": "x"}, {"a": 1}]
    with pytest.raises(TraceError, match="this line is not JSON"):
        read("hello\n")


def test_packed_files_and_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.log.gz"
    path.write_bytes(gzip.compress(ETCD.encode()))
    with open_log(path) as trace:
        assert len(list(trace)) == 2

    class Input:
        buffer = io.BufferedReader(io.BytesIO(CCF.encode()))

    monkeypatch.setattr("sys.stdin", Input)
    with open_log("-") as trace:
        assert len(list(trace)) == 2


def test_unknown_readers_and_options() -> None:
    with pytest.raises(TlatraceError, match="no reader 'ectd'") as caught:
        read("", reader="ectd")
    assert caught.value.hint == "did you mean 'etcd'?"
    with pytest.raises(TlatraceError, match="the reader etcd has no option 'types'"):
        read(ETCD, reader="etcd", types="text")


def test_every_reader_says_what_its_events_are() -> None:
    for reader in READERS.values():
        assert reader.summary


# -------------------------------------------------------------------------------------------------------- etcd, CCF


def test_etcd_is_sorted_and_what_has_no_tag_is_counted() -> None:
    trace = read(ETCD)
    assert trace.order is not None
    events = list(total_order(trace.order, [trace]))
    assert [event.fields["event"]["name"] for event in events] == ["InitState", "BecomeLeader"]
    assert [event.line for event in events] == [3, 2]
    assert trace.notes == ('t: 2 lines left out (without "tag": "trace")',)


def test_a_tagged_line_that_is_cut_is_an_error() -> None:
    broken = ETCD.replace('"nid":"1"}}', '"nid":"1"')
    with pytest.raises(TraceError, match="not JSON") as caught:
        list(read(broken))
    assert not isinstance(caught.value, TornTail)
    assert caught.value.location is not None
    assert (caught.value.location.line, caught.value.location.column) == (2, 97)


def test_a_tail_of_etcd_may_be_torn() -> None:
    with pytest.raises(TornTail):
        list(read(ETCD + '  x.go: {"tag":"trace","ts":30,"ev'))


def test_a_tagged_line_without_an_event_is_an_error() -> None:
    with pytest.raises(TraceError, match="a traced line without `event`"):
        list(read(ETCD + '{"tag":"trace","ts":3}\n'))


def test_a_time_that_is_missing_is_an_error() -> None:
    trace = read(ETCD + '{"tag":"trace","event":{"name":"x"}}\n')
    assert trace.order is not None
    with pytest.raises(TraceError, match="None for ts, by which this format is sorted"):
        list(total_order(trace.order, [trace]))


def test_the_config_lines_of_specula_are_the_header() -> None:
    trace = read(SPECULA)
    assert trace.header == {"nodes": ["a", "b"]}
    assert len(list(trace)) == 1
    with pytest.raises(TraceError, match="tagged 'config' after the first event"):
        list(read(SPECULA + '{"tag":"config","nodes":["c"]}\n'))


def test_ccf_is_sorted_and_brought_to_one_shape() -> None:
    trace = read(CCF)
    assert trace.order is not None
    first, second = total_order(trace.order, [trace])
    assert first.fields["msg"] == {"function": "bootstrap", "state": {"node_id": "0", "committable_indices": [2]}}
    assert second.line == 2
    assert trace.notes == ("t: 1 line left out (a command of the test driver)",)


def test_ccf_without_a_state_is_an_error() -> None:
    with pytest.raises(TraceError, match="without function and state"):
        list(read(CCF + '{"tag":"raft_trace","h_ts":"1","msg":{"function":"x"}}\n'))


def test_consistency_needs_an_action() -> None:
    with pytest.raises(TraceError, match="a line without `action`"):
        list(read(CONSISTENCY + '{"type":"x"}\n'))


# ------------------------------------------------------------------------------------------------- TV, EWD998, PGo


def test_the_updates_of_variables_are_gathered() -> None:
    trace = read(TV)
    assert trace.order is not None
    first, second = total_order(trace.order, [trace])
    assert first.fields == {
        "clock": 1,
        "event": "",
        "desc": "d",
        "updates": {"state": [{"op": "Update", "path": ["rm1"], "args": ["prepared"]}]},
    }
    assert second.fields["event_args"] == ["rm1"]
    assert second.fields["updates"] == {}


def test_a_run_that_failed_voids_its_trace() -> None:
    with pytest.raises(TraceError, match="the run that wrote this trace failed"):
        list(read(TV + '{"clock":3,"__exception":"boom"}\n'))


def test_ewd998_is_ordered_by_its_clocks() -> None:
    trace = read(EWD998)
    assert trace.header == {"N": 2}
    assert trace.order is not None
    order = PartialOrder(trace.order, [trace])
    assert order.names == ("0", "1")
    assert list(order.enabled((0, 0))) == [0]
    assert list(order.enabled((1, 0))) == [1]
    with pytest.raises(TraceError, match="the first line does not say how many nodes"):
        read(EWD998.split("\n", 1)[1], reader="ewd998")
    with pytest.raises(TraceError, match="without `node` and `pkt`"):
        list(read(EWD998 + '{"event":"<"}\n'))


def test_critical_sections_of_pgo() -> None:
    trace = read(PGO)
    (event,) = trace
    assert event.line == 2
    fields = event.fields
    assert (fields["archetype"], fields["self"], fields["label"], fields["next"]) == (
        "AServer",
        1,
        "AServer.loop",
        "AServer.done",
    )
    assert fields["reads"] == {"AServer.x": 1}
    assert fields["writes"] == {"AServer.x": [1, {"#set": [2]}], "net": [{"indices": [2], "value": {"a": -1}}]}
    assert fields["clock"] == {"AServer(1)": 2}
    assert trace.notes == ("t: 1 line left out (aborted)",)
    assert trace.order is not None
    assert trace.order.kind is OrderKind.VECTOR


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<<1, {2}>>", "<<1, {2}", "where a value of TLA. should stand"),
        ("<<1, {2}>>", "x + 1", "no value written out"),
        ('"write"', '"rite"', "the element"),
        ('"csElements"', '"elements"', "no critical section"),
    ],
)
def test_sections_that_cannot_be_read(old: str, new: str, message: str) -> None:
    with pytest.raises(TraceError, match=message):
        list(read(lines(SECTION).replace(old, new), reader="pgo"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(1 :> TRUE @@ 2 :> FALSE)", {"#map": [[1, True], [2, False]]}),
        ('("a" :> 1)', {"a": 1}),
        ("1 .. 3", {"#set": [1, 2, 3]}),
        ("defaultInitValue", "defaultInitValue"),
        ("[x |-> <<>>]", {"x": []}),
    ],
)
def test_values_written_as_tla(text: str, value: object) -> None:
    section = {**SECTION, "csElements": [{"tag": "write", "name": {"name": "v"}, "indices": [], "value": text}]}
    (event,) = read(lines(section))
    assert event.fields["writes"] == {"v": value}


# --------------------------------------------------------------------------------------------- documents and tables


def test_the_states_of_itf() -> None:
    trace = read(ITF)
    assert trace.header["vars"] == ["x"]
    first, second = trace
    assert first.fields == {"index": 0, "state": {"x": {"#bigint": "1"}}}
    assert second.fields == {
        "index": 1,
        "state": {"x": {"#set": []}},
        "action": "Step",
        "picks": {"n": 3},
        "loop": 0,
    }


def test_a_document_that_is_cut_is_an_error_at_its_place() -> None:
    with pytest.raises(TraceError, match="this file is not JSON") as caught:
        read(ITF[:-20], name="t.itf.json")
    assert caught.value.location is not None
    assert caught.value.location.line > 10
    with pytest.raises(TraceError, match="no list `states`"):
        read('{"vars": []}', reader="itf")
    with pytest.raises(TraceError, match="no state"):
        read('{"vars": [], "states": []}', reader="itf")


def test_the_states_of_tlc_and_the_step_that_closes_a_lasso() -> None:
    first, second, back = read(TLC)
    assert first.fields == {"index": 1, "state": {"x": 0}}
    assert second.fields["action"] == "Add"
    assert second.fields["parameters"] == {"n": 3}
    assert (back.fields["action"], back.fields["loop"], back.fields["state"]) == ("Reset", 1, {"x": 0})


def test_tlc_states_without_their_actions_are_an_error() -> None:
    with pytest.raises(TraceError, match="do not fit together"):
        read('{"counterexample": {"state": [[1, {}], [2, {}]], "action": []}}')


def test_tables() -> None:
    first, second = read(CSV)
    assert first.fields == {"op": "put", "item": 5, "vars": {"size": 1, "on": True}}
    assert second.fields == {"op": "a, b", "vars": {"size": [1, 2], "on": "x"}}
    (text, _) = read(CSV, reader="csv", types="text")
    assert text.fields["item"] == "5"
    assert [event.fields for event in read(TSV)] == [{"op": "put", "item": 5}]
    assert [event.line for event in read('a,b\n"x\ny",1\n\nz,2\n')] == [3, 5]


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("a,b\n1\n", "a line of 1 cells; expected 2", 2),
        ("a,a\n1,2\n", "the column 'a' stands twice", 1),
        ("a,\n1,2\n", "column 2 has no name", 1),
        ('a,b\n1,"2\n', "a cell whose quotes do not end", 2),
        ("a,b\n1,[2\n", "this cell is not JSON", 2),
        ("a,a.b\n1,2\n", "within a column that holds a value", 2),
    ],
)
def test_tables_that_cannot_be_read(text: str, message: str, line: int) -> None:
    with pytest.raises(TraceError, match=message) as caught:
        list(read(text, reader="csv"))
    assert caught.value.location is not None
    assert caught.value.location.line == line


@pytest.mark.parametrize("options", [{"types": "guess"}, {"delimiter": "ab"}])
def test_options_of_tables_are_checked(options: dict[str, Any]) -> None:
    with pytest.raises(TraceError, match="of a table"):
        read(CSV, reader="csv", **options)


# ------------------------------------------------------------------------------------------------------ MessagePack


def test_operations_in_message_pack() -> None:
    trace = read(OMNILINK)
    first, second = trace
    assert first.fields["operation"] == {"key": "k", "_op_start": 1, "_op_end": 4}
    assert second.fields["operation"]["_meta"] == {"#map": [[1, ["x", True]]]}
    assert trace.order is not None
    assert trace.order.kind is OrderKind.BOXES


def test_message_pack_that_is_cut_or_holds_bytes() -> None:
    trace = iter(read(OMNILINK[:-3]))
    assert next(trace).line == 1
    with pytest.raises(TornTail):
        next(trace)
    with pytest.raises(TraceError, match="the byte 0xc4"):
        list(read(b"\x81" + packed("a") + b"\xc4\x01x"))
    with pytest.raises(TraceError, match="a key stands twice"):
        list(read(b"\x82" + (packed("a") + packed(1)) * 2))
