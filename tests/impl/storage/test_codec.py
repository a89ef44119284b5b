"""Batches as bytes and back, and what is refused on either way."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from vraft.core import Configuration, Entry, HardState, LogWrite
from vraft.storage import BatchError
from vraft.storage.codec import (
    LOG_WRITE,
    NAME_BYTES_MAX,
    RUN,
    DecodeError,
    SnapshotMark,
    decode_body,
    decode_entry,
    encode_body,
    encode_entry,
)

JOINT = Configuration.of(["n1", "n\N{SNOWMAN}"], outgoing=["n1", "n3"], learners=["n4"])

ITEMS = [
    HardState(7, None),
    HardState(7, ""),
    HardState(2**64 - 1, "n\N{SNOWMAN}"),
    SnapshotMark(5, 3),
    SnapshotMark(5, 3, reset=True),
    LogWrite(1, ()),
    LogWrite(9, (Entry(5, "", JOINT), Entry(5, "x"), Entry(6, "y", Configuration.of(["n1"])))),
    LogWrite(3, (Entry(5, "same"), Entry(5, ""), Entry(5, "term"))),
    LogWrite(3, (Entry(5, "s\N{SNOWMAN}me"), Entry(5, "\ud83d"), Entry(5, "\ude00"))),
    LogWrite(3, (Entry(5, "x" * 9),) * 300),
    LogWrite(4, (Entry(1, ""), Entry(2, "noop:2"), Entry(3, "\ud800 half a pair"), Entry(3, "\0" * 5000))),
]


@pytest.mark.parametrize("item", ITEMS)
def test_an_item_comes_back_as_it_went_in(item: object) -> None:
    body = encode_body(
        item if isinstance(item, HardState) else None,
        item if isinstance(item, LogWrite) else None,
        item if isinstance(item, SnapshotMark) else None,
    )
    assert decode_body(body) == [item]


def test_entries_of_one_term_are_written_by_columns() -> None:
    one_by_one = encode_body(None, LogWrite(1, (Entry(5, "a"), Entry(5, "b"), Entry(6, "c"))), None)
    by_columns = encode_body(None, LogWrite(1, (Entry(5, "a"), Entry(5, "b"), Entry(5, "c"))), None)
    assert (one_by_one[0], by_columns[0]) == (LOG_WRITE, RUN)
    assert encode_body(None, LogWrite(1, (Entry(5, "", JOINT), Entry(5, "b"))), None)[0] == LOG_WRITE


def test_a_value_beyond_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vraft.storage.codec.VALUE_BYTES_MAX", 3)
    for entries in ((Entry(1, "four"),), (Entry(1, "a"), Entry(1, "four")), (Entry(1, "a"), Entry(2, "four"))):
        with pytest.raises(BatchError, match="a value has 4 bytes, expected at most 3"):
            encode_body(None, LogWrite(1, entries), None)


def test_terms_that_fall_are_refused() -> None:
    with pytest.raises(BatchError, match=r"have the terms \[5, 4, 5\], expected none less than before"):
        encode_body(None, LogWrite(1, (Entry(5, "a"), Entry(4, "b"), Entry(5, "c"))), None)


def test_a_batch_may_have_all_of_them_or_none() -> None:
    hard_state, mark, entries = HardState(1, "n1"), SnapshotMark(5, 1, reset=True), LogWrite(6, (Entry(1, "x"),))
    assert decode_body(encode_body(hard_state, entries, mark)) == [hard_state, mark, entries]
    assert decode_body(b"") == []


def test_random_batches_come_back(disk: SimpleNamespace) -> None:
    rng = random.Random(3)
    state = disk.State()
    for _ in range(300):
        batch = disk.random_batch(rng, state)
        items = decode_body(encode_body(batch.hard_state, batch.entries, None))
        assert items == [item for item in (batch.hard_state, batch.entries) if item is not None]
        state = state.after(batch)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"\x00", "offset 0: found an item of kind 0; expected one of the kinds [1, 2, 3, 4]"),
        (encode_body(HardState(1, "n1"), None, None) + b"\x09", "offset 14: found an item of kind 9"),
        (encode_body(HardState(1, "n1"), None, None)[:-1], "found a vote flag 1 and 2 bytes"),
        (encode_body(HardState(1, "n1"), None, None)[:5], "found the end of the batch; expected a whole item"),
        (b"\x01" + bytes(8) + b"\x02\x00\x00", "found a vote flag 2"),
        (b"\x01" + bytes(8) + b"\x01\x01\x00\xff", "text that is not UTF-8"),
        (encode_body(None, LogWrite(1, (Entry(1, "abc"),)), None)[:-1], "offset 13: found a value of 3 bytes"),
        (b"\x02" + bytes(8) + b"\xff\xff\xff\xff", "found 4294967295 entries"),
        (b"\x04" + bytes(8) + b"\xff\xff\xff\xff" + bytes(8), "found 4294967295 entries"),
        (b"\x04" + bytes(8) + b"\x01\x00\x00\x00" + bytes(8) + b"\x03\x00\x00\x00xy", "found values of 3 bytes"),
        (b"\x04" + bytes(8) + b"\x01\x00\x00\x00" + bytes(8) + b"\x01\x00\x00\x00\xff", "that is not UTF-8"),
        (
            b"\x02" + bytes(8) + b"\x01\x00\x00\x00" + b"\x07" + bytes(12),
            "an entry of kind 7; expected one of",
        ),
        (b"\x02" + bytes(8) + b"\x01\x00\x00\x00" + b"\x02" + bytes(12) + bytes(6), "at least one voter"),
        (
            encode_body(None, LogWrite(1, (Entry(1, "", JOINT),)), None)[:-1],
            "found a name of 2 bytes; expected at most 1",
        ),
        (encode_body(None, LogWrite(1, (Entry(1, "", JOINT),)), None)[:-3], "found the end of the batch"),
        (encode_body(None, None, SnapshotMark(1, 1))[:-1] + b"\x02", "a reset flag 2"),
    ],
)
def test_what_is_unknown_or_not_whole_is_refused(body: bytes, complaint: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode_body(body)
    assert complaint in str(caught.value)


def test_no_prefix_of_a_body_passes_for_another(disk: SimpleNamespace) -> None:
    body = encode_body(HardState(1, "n1"), LogWrite(1, (Entry(1, "ab"), Entry(1, "c"))), None)
    for end in range(1, len(body)):
        try:
            items = decode_body(body[:end])
        except DecodeError:
            continue
        assert items == [HardState(1, "n1")]


class Wider(NamedTuple):
    """An entry of a later version."""

    term: int
    value: str
    config: Configuration | None = None
    session: object = None


def test_an_entry_that_no_kind_has_room_for_is_refused() -> None:
    assert decode_entry(encode_entry(Wider(1, "x")), 0)[0] == Entry(1, "x")  # type: ignore[arg-type]
    for config in (None, JOINT):
        with pytest.raises(BatchError, match="an entry with session cannot be stored"):
            encode_entry(Wider(1, "x", config, "s1"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "items",
    [
        (HardState(1, "n" * (NAME_BYTES_MAX + 1)), None, None),
        (HardState(-1, None), None, None),
        (HardState(2**64, None), None, None),
        (None, LogWrite(1, (Entry(-1, "x"),)), None),
        (None, LogWrite(-1, ()), None),
    ],
)
def test_what_does_not_fit_is_refused(items: tuple[HardState | None, LogWrite | None, None]) -> None:
    with pytest.raises(BatchError):
        encode_body(*items)
