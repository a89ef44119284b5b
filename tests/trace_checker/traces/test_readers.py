"""Formats of traces: a small sample of each, how it is recognised, and what is wrong with its broken twins."""

from __future__ import annotations

import copy
import gzip
import io
import json
import random
import struct
from collections.abc import Iterator
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
    if isinstance(value, float):
        return struct.pack(">Bd", 0xCB, value)
    if isinstance(value, str):
        return struct.pack(">BI", 0xDB, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return struct.pack(">BH", 0xDC, len(value)) + b"".join(map(packed, value))
    assert isinstance(value, dict)
    head = bytes([0x80 | len(value)]) if len(value) < 16 else struct.pack(">BI", 0xDF, len(value))
    return head + b"".join(packed(key) + packed(item) for key, item in value.items())


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
        ("<<1, {2}>>", "9" * 5_000, "a number of 5000 digits is too long"),
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


# ----------------------------------------------------------------------------------------------------- odd contents

ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 2**40, "", "x", "é", "{", "9" * 5_000, "<<", "1 .. 9", '"a" :> 1', "(1 :> 2 @@ 3 :> 4)",
    " @@ ".join(f"{n} :> {n}" for n in range(2_000)), [], [1], [[]], [1, "a"], ["a", 1], [["a", 1], 2], {}, {"a": 1},
    {"#map": []}, [{"op": 1}], {"name": {}}, [[1, {}]],
)  # fmt: skip
"""What nobody expects of a field: every type of JSON, texts that nearly are something, and shapes of other formats."""

ODD_BYTES = (b"\xff", b"\x00", b"\r", b'"', b"{", b"[", b"\n", b"\xc1", b'"tag":"\xff"')
OBJECTS: dict[str, list[Any]] = {
    "ndjson": [{"format": "tla-conformance/trace", "version": 1}, {"a": {"b": [1]}}],
    "etcd": [
        {"tag": "config", "nodes": ["a"]},
        {"tag": "trace", "ts": 10, "event": {"name": "A"}},
        {"tag": "trace", "ts": "2", "event": {"name": "B"}},
    ],
    "ccf": [
        {"tag": "raft_trace", "h_ts": str(10 - n), "msg": {"function": "f", "committable_indices": [2], "state": {}}}
        for n in range(3)
    ],
    "ccf-consistency": [{"action": "a", "type": "t", "tx": 0}] * 2,
    "tv": [
        {"clock": 2, "event": "Commit", "event_args": ["rm1"]},
        {"clock": 1, "state": [{"op": "Update", "path": ["rm1"], "args": ["prepared"]}]},
    ],
    "ewd998": [json.loads(line) for line in EWD998.splitlines()],
    "pgo": [SECTION, {**SECTION, "clock": [[["AServer", "1"], 3]]}],
    "itf": [json.loads(ITF)],
    "tlc-json": [json.loads(TLC)],
    "csv": [["op", "vars.size"], ["put", "1"], ["get", "[1]"]],
    "tsv": [["op", "vars.size"], ["put", "1"], ["get", "[1]"]],
    "omnilink": [
        {"operation_name": "Put", "operation": {"key": {"k": 1}, "_op_start": n, "_op_end": n + 4}} for n in range(3)
    ],
}


def written(reader: str, objects: list[Any]) -> bytes:
    """The objects as a file of that format."""
    if reader == "omnilink":
        return b"".join(map(packed, objects))
    if reader in ("csv", "tsv"):
        cells = [map(str, row) if isinstance(row, list) else [str(row)] for row in objects]
        return "".join(("," if reader == "csv" else "\t").join(row) + "\n" for row in cells).encode()
    return lines(*objects).encode()


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Everything within ``value``, as what holds it and under which key."""
    for key, item in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key
        if isinstance(item, dict | list):
            yield from places(item)


def spoilt(objects: list[Any], random_: random.Random) -> list[Any]:
    """A copy in which one thing, or two, are missing or odd."""
    objects = copy.deepcopy(objects)
    for _ in range(random_.randint(1, 2)):
        if not objects:
            break
        holder, key = random_.choice(list(places(objects)))
        if random_.random() < 0.25:
            del holder[key]
        elif random_.random() < 0.2 and isinstance(holder, dict):
            holder[random_.choice(["event", "vc", "#map", "loop"])] = copy.deepcopy(random_.choice(ODD))
        else:
            holder[key] = copy.deepcopy(random_.choice(ODD))
    return objects


def spoilt_bytes(data: bytes, random_: random.Random) -> bytes:
    start = random_.randrange(len(data) + 1)
    return data[:start] + random_.choice(ODD_BYTES) + data[start + random_.randrange(3) :]


def take_all(*logs: TraceReader) -> int:
    """How many events there are, in the order that the format knows."""
    rule = logs[0].order
    if rule is None:
        return sum(1 for log in logs for _ in log)
    if rule.is_total:
        return sum(1 for _ in total_order(rule, logs))
    order = PartialOrder(rule, logs)
    at, count = (0,) * order.log_count, 0
    while not order.is_end(at):
        chain = order.enabled(at)[0]
        at = (*at[:chain], at[chain] + 1, *at[chain + 1 :])
        count += 1
        order.forget(at)
    return count


@pytest.mark.parametrize("name", [*READERS])
def test_whatever_a_file_holds_only_our_errors_come_out(name: str) -> None:
    assert take_all(read(written(name, OBJECTS[name]), reader=name)) > 0
    random_ = random.Random(name)
    refused = 0
    for number in range(300):
        data = written(name, spoilt(OBJECTS[name], random_))
        if number % 3 == 2:
            data = spoilt_bytes(data, random_)
        for named in (name, None):
            try:
                take_all(read(data, reader=named))
            except TlatraceError:
                refused += 1
    assert refused > 0


@pytest.mark.parametrize("name", [name for name in READERS if name != "ndjson"])
def test_nor_from_two_files_that_do_not_go_together(name: str) -> None:
    random_ = random.Random(name)
    for _ in range(60):
        try:
            take_all(*(read(written(name, spoilt(OBJECTS[name], random_)), reader=name) for _ in range(2)))
        except TlatraceError:
            continue


@pytest.mark.parametrize("line", ['{"foo":1}', '{"pkt":[1],"node":0}', '{"event":"<","node":0,"pkt":3}'])
def test_a_line_of_ewd998_that_is_no_event(line: str) -> None:
    with pytest.raises(TraceError, match="without `node` and `pkt`") as caught:
        take_all(read(f"{EWD998}{line}\n"))
    assert caught.value.location is not None
    assert caught.value.location.line == 4


def test_an_operation_that_is_a_text_has_no_time() -> None:
    trace = read(OMNILINK + packed({"operation_name": "Get", "operation": "x"}))
    with pytest.raises(TraceError, match="'x' is no operation"):
        take_all(trace)


def test_keys_in_message_pack_are_told_apart_by_type_and_found_fast() -> None:
    def map_of(*keys: object) -> bytes:
        return struct.pack(">BI", 0xDF, len(keys)) + b"".join(packed(key) + b"\x01" for key in keys)

    (event,) = read(b"\x81" + packed("a") + map_of(1, True, "1", 1.0, [1], [True]), reader="omnilink")
    assert len(event.fields["a"]["#map"]) == 6
    for twice in (1, True, "1", [1, {"a": 2, "b": 1}]):
        with pytest.raises(TraceError, match="a key stands twice"):
            read(b"\x81" + packed("a") + map_of(twice, 3, twice), reader="omnilink")
    (event,) = read(b"\x81" + packed("a") + map_of(*range(60_000)), reader="omnilink")
    assert len(event.fields["a"]["#map"]) == 60_000


def test_a_packed_file_that_is_damaged(tmp_path: Path) -> None:
    data = bytearray(gzip.compress("".join(lines({"a": n, "b": n * 7919 % 1013}) for n in range(5_000)).encode()))
    path = tmp_path / "t.ndjson.gz"
    for start in range(12, 200, 20):
        path.write_bytes(bytes(data[:start]) + bytes(20) + bytes(data[start + 20 :]))
        with pytest.raises(TraceError), open_log(path) as trace:
            list(trace)
