"""What a batch holds, as bytes and back: the items of its body, and the entries of a log.

A body is a sequence of *items*, each a kind byte and what that kind has; an entry is a kind byte, its term and what
that kind has.  Integers are little-endian, texts UTF-8 after their length.  A kind that this program does not know is
an error that says so, never skipped: it may be what a vote was recorded in.

A new field of :class:`~vraft.core.Entry` is a new kind of entry here, and old files stay readable.  An entry with
fields that no kind has is refused when it is written; nothing of an entry is dropped in silence.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeAlias

from vraft.core import Configuration, Entry, HardState, InputError, LogWrite
from vraft.core.types import Index, Term
from vraft.storage.errors import BatchError


class DecodeError(ValueError):
    """A body that passed its checksum cannot be understood; ``offset`` counts from the body's start."""

    def __init__(self, offset: int, *, found: str, expected: str) -> None:
        self.offset = offset
        self.found = found
        self.expected = expected
        super().__init__(f"offset {offset}: found {found}; expected {expected}")


@dataclass(frozen=True, slots=True)
class SnapshotMark:
    """From here on, what lies up to ``index`` is in the snapshot of that index and term.

    With ``reset``, the log disagreed with the snapshot, or did not reach it, and is empty after ``index`` now (thesis,
    section 5.3); without, what lies after ``index`` stays.
    """

    index: Index
    term: Term
    reset: bool = False


Item: TypeAlias = HardState | LogWrite | SnapshotMark

# Kinds of items.  0 is none, so that zeros are no item.
HARD_STATE = 1
LOG_WRITE = 2
SNAPSHOT_MARK = 3
RUN = 4
"""A log write of entries that have one term and a value, no more: by columns, for it is most of any log."""

# Kinds of entries.
VALUE = 1
"""A term and a value, which is all that an entry has to have."""
CONFIGURATION = 2
"""A configuration too: after the value, the names of its voters, outgoing voters and learners."""

_HARD_STATE = struct.Struct("<BQBH")  # kind, term, whether there is a vote, length of its name
_LOG_WRITE = struct.Struct("<BQI")  # kind, first, number of entries
_SNAPSHOT_MARK = struct.Struct("<BQQB")  # kind, index, term, reset
_RUN = struct.Struct("<BQIQ")  # kind, first, number of entries, term; then their lengths (4 each), then the values
_COUNT = struct.Struct("<H")  # how many names, and how long one is
_ENTRY = struct.Struct("<BQI")  # kind, term, length of the value

NAME_BYTES_MAX = 1024
"""The longest name of a server, encoded: names are short, and a damaged length should not pass for one."""

INTEGER_MAX = (1 << 64) - 1
"""Terms and indexes have 64 bits: at a million steps a second that lasts half a million years."""

VALUE_BYTES_MAX = 1 << 26
"""The longest value, encoded: 64 MiB, far beyond what should go through a replicated log as one entry."""

TEXT_ERRORS = "surrogatepass"
"""A value may be any string of Python's; half of a surrogate pair must come back as it went in."""


# Entries --------------------------------------------------------------------------------------------------------------


def encode_entry(entry: Entry) -> bytes:
    """One entry, in the smallest kind that holds all it has.

    >>> decode_entry(encode_entry(Entry(3, "x")), 0)
    (Entry(term=3, value='x', config=None), 14)
    """
    value = entry.value.encode("utf-8", TEXT_ERRORS)
    if len(value) > VALUE_BYTES_MAX:
        raise BatchError(f"a value has {len(value)} bytes, expected at most {VALUE_BYTES_MAX}")
    if entry[2:] == _NOTHING_MORE:
        return _ENTRY.pack(VALUE, entry.term, len(value)) + value
    odd = [name for name in list(entry._fields)[3:] if getattr(entry, name) is not None]
    if odd:
        raise BatchError(
            f"an entry with {', '.join(odd)} cannot be stored: no kind of entry in vraft.storage.codec has room for it"
        )
    if entry.config is None:
        return _ENTRY.pack(VALUE, entry.term, len(value)) + value
    config = entry.config
    names = b"".join(map(_encode_names, (config.voters, config.outgoing, config.learners)))
    return _ENTRY.pack(CONFIGURATION, entry.term, len(value)) + value + names


_NOTHING_MORE = (None,) * (len(Entry._fields) - 2)
"""The rest of an entry that has a term and a value only."""


def _encode_names(names: frozenset[str]) -> bytes:
    parts = [_COUNT.pack(len(names))]
    for name in sorted(names):
        data = name.encode("utf-8", TEXT_ERRORS)
        if len(data) > NAME_BYTES_MAX:
            raise BatchError(f"a server's name has {len(data)} bytes, expected at most {NAME_BYTES_MAX}")
        parts += [_COUNT.pack(len(data)), data]
    return b"".join(parts)


def _decode_value(data: bytes, offset: int) -> tuple[Entry, int]:
    _, term, length = _ENTRY.unpack_from(data, offset)
    start = offset + _ENTRY.size
    end = start + length
    if end > len(data):
        raise DecodeError(offset, found=f"a value of {length} bytes", expected=f"at most {len(data) - start}")
    return Entry(term, data[start:end].decode("utf-8", TEXT_ERRORS)), end


def _decode_configuration(data: bytes, offset: int) -> tuple[Entry, int]:
    entry, at = _decode_value(data, offset)
    sets: list[list[str]] = []
    for _ in range(3):
        (count,) = _COUNT.unpack_from(data, at)
        at += _COUNT.size
        names: list[str] = []
        for _ in range(count):
            (length,) = _COUNT.unpack_from(data, at)
            at += _COUNT.size
            if at + length > len(data):
                raise DecodeError(at, found=f"a name of {length} bytes", expected=f"at most {len(data) - at}")
            names.append(data[at : at + length].decode("utf-8", TEXT_ERRORS))
            at += length
        sets.append(names)
    voters, outgoing, learners = sets
    try:
        return entry._replace(config=Configuration.of(voters, outgoing=outgoing, learners=learners)), at
    except InputError as error:
        raise DecodeError(offset, found=f"a configuration of which {error}", expected="a possible one") from None


_ENTRY_DECODERS: Mapping[int, Callable[[bytes, int], tuple[Entry, int]]] = {
    VALUE: _decode_value,
    CONFIGURATION: _decode_configuration,
}
"""How an entry of each kind is read: (the whole body, where the kind byte stands) → the entry, and where it ends."""


def decode_entry(data: bytes, offset: int) -> tuple[Entry, int]:
    """The entry that begins at ``offset``, and where it ends."""
    if offset >= len(data):
        raise DecodeError(offset, found="the end", expected="an entry")
    decoder = _ENTRY_DECODERS.get(data[offset])
    if decoder is None:
        raise DecodeError(
            offset, found=f"an entry of kind {data[offset]}", expected=f"one of the kinds {sorted(_ENTRY_DECODERS)}"
        )
    return decoder(data, offset)


# Items ----------------------------------------------------------------------------------------------------------------


def encode_body(hard_state: HardState | None, entries: LogWrite | None, mark: SnapshotMark | None) -> bytes:
    """What one batch has to make durable, in the order in which it takes effect.

    A snapshot comes before the entries: where a batch has both, the entries follow upon the snapshot.

    Raises:
        BatchError: a term or index is no integer of 64 bits, or a text is too long.
    """
    try:
        return _encode_body(hard_state, entries, mark)
    except struct.error as error:
        raise BatchError(f"a term or an index is not from 0 to {INTEGER_MAX}: {error}") from None


def _encode_body(hard_state: HardState | None, entries: LogWrite | None, mark: SnapshotMark | None) -> bytes:
    parts: list[bytes] = []
    if hard_state is not None:
        name = b"" if hard_state.vote is None else hard_state.vote.encode("utf-8", TEXT_ERRORS)
        if len(name) > NAME_BYTES_MAX:
            raise BatchError(f"a server's name has {len(name)} bytes, expected at most {NAME_BYTES_MAX}")
        parts.append(_HARD_STATE.pack(HARD_STATE, hard_state.term, hard_state.vote is not None, len(name)))
        parts.append(name)
    if mark is not None:
        parts.append(_SNAPSHOT_MARK.pack(SNAPSHOT_MARK, mark.index, mark.term, mark.reset))
    if entries is not None:
        parts.append(_encode_log_write(entries))
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _encode_log_write(item: LogWrite) -> bytes:
    """As a run, if it is one; as entries one by one otherwise."""
    entries = item.entries
    count = len(entries)
    if count > 1:
        terms, values, configurations = zip(*entries, strict=True)
        if terms.count(terms[0]) == count == configurations.count(None):
            return _encode_run(item.first, terms[0], values)
        if list(terms) != sorted(terms):
            found = f"entries from {item.first} on have the terms {list(terms)}"
            raise BatchError(f"{found}, expected none less than before")
    head = _LOG_WRITE.pack(LOG_WRITE, item.first, count)
    return head + encode_entry(entries[0]) if count == 1 else b"".join((head, *map(encode_entry, entries)))


def _encode_run(first: Index, term: Term, values: Sequence[str]) -> bytes:
    text = "".join(values)
    data = text.encode("utf-8", TEXT_ERRORS)
    parts: Sequence[str | bytes] = values
    if len(data) != len(text):  # Else there is a byte for each character, and the lengths are those of the texts.
        parts = [value.encode("utf-8", TEXT_ERRORS) for value in values]
    if len(data) > VALUE_BYTES_MAX and (longest := max(map(len, parts))) > VALUE_BYTES_MAX:
        raise BatchError(f"a value has {longest} bytes, expected at most {VALUE_BYTES_MAX}")
    return b"".join((_RUN.pack(RUN, first, len(parts), term), struct.pack(f"<{len(parts)}I", *map(len, parts)), data))


def decode_body(data: bytes) -> list[Item]:
    """The items of a body.

    Raises:
        DecodeError: a kind that is unknown, or an item that is not whole.  The checksum was right, so a program wrote
            this that knows more than this one, or a bug did.
    """
    items: list[Item] = []
    offset = 0
    while offset < len(data):
        decoder = _ITEM_DECODERS.get(data[offset])
        if decoder is None:
            raise DecodeError(
                offset, found=f"an item of kind {data[offset]}", expected=f"one of the kinds {sorted(_ITEM_DECODERS)}"
            )
        try:
            item, offset = decoder(data, offset)
        except struct.error:
            raise DecodeError(offset, found="the end of the batch", expected="a whole item") from None
        except UnicodeDecodeError as error:
            raise DecodeError(offset, found=f"text that is not UTF-8 ({error.reason})", expected="UTF-8") from None
        items.append(item)
    return items


def _decode_hard_state(data: bytes, offset: int) -> tuple[Item, int]:
    _, term, has_vote, length = _HARD_STATE.unpack_from(data, offset)
    start = offset + _HARD_STATE.size
    end = start + length
    if end > len(data) or length > NAME_BYTES_MAX or has_vote > 1 or (length and not has_vote):
        raise DecodeError(offset, found=f"a vote flag {has_vote} and {length} bytes", expected="a whole name, or none")
    return HardState(term, data[start:end].decode("utf-8", TEXT_ERRORS) if has_vote else None), end


def _decode_log_write(data: bytes, offset: int) -> tuple[Item, int]:
    _, first, count = _LOG_WRITE.unpack_from(data, offset)
    at = offset + _LOG_WRITE.size
    if count > (len(data) - at) // _ENTRY.size:
        raise DecodeError(offset, found=f"{count} entries", expected=f"no more than {len(data) - at} bytes hold")
    entries: list[Entry] = []
    for _ in range(count):
        entry, at = decode_entry(data, at)
        entries.append(entry)
    return LogWrite(first, tuple(entries)), at


def _decode_run(data: bytes, offset: int) -> tuple[Item, int]:
    _, first, count, term = _RUN.unpack_from(data, offset)
    start = offset + _RUN.size
    if count > (len(data) - start) // 4:
        raise DecodeError(offset, found=f"{count} entries", expected=f"no more than {len(data) - start} bytes hold")
    lengths = struct.unpack_from(f"<{count}I", data, start)
    start += 4 * count
    ends = list(accumulate(lengths))
    end = start + (ends[-1] if ends else 0)
    if end > len(data):
        raise DecodeError(offset, found=f"values of {end - start} bytes", expected=f"at most {len(data) - start}")
    values = data[start:end]
    text = values.decode("utf-8", TEXT_ERRORS)
    begins = [0, *ends]
    if len(text) == len(values):
        texts = [text[begin:stop] for begin, stop in zip(begins, ends, strict=False)]
    else:
        texts = [values[begin:stop].decode("utf-8", TEXT_ERRORS) for begin, stop in zip(begins, ends, strict=False)]
    new, nothing_more = tuple.__new__, _NOTHING_MORE  # What Entry() does, at half of what it costs.
    return LogWrite(first, tuple([new(Entry, (term, each, *nothing_more)) for each in texts])), end


def _decode_snapshot_mark(data: bytes, offset: int) -> tuple[Item, int]:
    _, index, term, reset = _SNAPSHOT_MARK.unpack_from(data, offset)
    if reset > 1:
        raise DecodeError(offset, found=f"a reset flag {reset}", expected="0 or 1")
    return SnapshotMark(index, term, bool(reset)), offset + _SNAPSHOT_MARK.size


_ITEM_DECODERS: Mapping[int, Callable[[bytes, int], tuple[Item, int]]] = {
    HARD_STATE: _decode_hard_state,
    LOG_WRITE: _decode_log_write,
    SNAPSHOT_MARK: _decode_snapshot_mark,
    RUN: _decode_run,
}
