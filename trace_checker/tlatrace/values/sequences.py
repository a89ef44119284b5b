"""Sequences and tuples: functions with domain 1..n.

A sequence of at most :data:`SHORT_LENGTH_MAX` elements is a :class:`SequenceValue` around one Python tuple. A longer
one is a :class:`LongSequence`: full chunks that versions share, and a short tail. Appending, cutting the end,
replacing an element and concatenating something short cost about one chunk, whatever the length, and the hash
follows. The class depends on the length alone, so that equal sequences are always of the same class.

Python's indexing, ``s[0]``, counts from 0; every method named after TLA+ counts from 1.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from operator import is_
from typing import Any
from weakref import WeakValueDictionary

from tlatrace.values.base import FUNCTION, Compound, Value, same, shown
from tlatrace.values.errors import EvaluationError
from tlatrace.values.hashing import BASE, PRIME, extend_hash, join_hashes, replaced_hash, tuple_hash
from tlatrace.values.intervals import IntervalSet
from tlatrace.values.order import LazyKey, extend_key

SHORT_LENGTH_MAX = 32

# Chunks of 64: a log of 20,000 entries has some 300, so that replacing an element copies 64 + 300 references.
CHUNK_LENGTH = 64

_DOMAINS = tuple(IntervalSet(1, length) for length in range(SHORT_LENGTH_MAX + 1))
_CHUNK_STEP = pow(BASE, CHUNK_LENGTH, PRIME)


class SequenceValue(Compound):
    """``<<a, b, c>>``. Make one with :func:`make_sequence`, which chooses the class."""

    __slots__ = ("_items",)

    kind = FUNCTION
    family = "sequence"
    _items: tuple[Value, ...]

    def __init__(self, items: tuple[Value, ...]) -> None:
        """For at most ``SHORT_LENGTH_MAX`` items; not checked."""
        self._items = items
        self._hash = None

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Value]:
        return iter(self._items)

    def __getitem__(self, index: int) -> Value:
        return self._items[index]

    def items(self) -> tuple[Value, ...]:
        """The elements as a Python tuple."""
        return self._items

    def __hash__(self) -> int:
        known = self._hash
        if known is None:
            known = self._hash = tuple_hash(self._items)
        return known

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(other) is not SequenceValue:
            return NotImplemented
        mine, theirs = self._hash, other._hash
        if (hash(self) if mine is None else mine) != (hash(other) if theirs is None else theirs):
            return False
        return self._items == other._items

    def __reduce__(self) -> tuple[Any, ...]:
        return make_sequence, (self.items(),)

    def first_items(self, length: int) -> tuple[Value, ...]:
        """The first ``length`` elements as a Python tuple; at most ``SHORT_LENGTH_MAX``, and not more than it has."""
        return self._items[:length]

    def apply(self, index: Value) -> Value:
        """``s[index]``"""
        if type(index) is int and index > 0:
            try:
                return self[index - 1]
            except IndexError:
                pass
        raise outside_domain(self, index)

    def has(self, index: Value) -> bool:
        """``index \\in DOMAIN s``"""
        return type(index) is int and 0 < index <= len(self)

    def domain(self) -> IntervalSet:
        """``DOMAIN s``"""
        length = len(self)
        return _DOMAINS[length] if length <= SHORT_LENGTH_MAX else IntervalSet(1, length)

    def append(self, item: Value) -> SequenceValue:
        """``Append(s, item)``"""
        items = self._items
        if len(items) < SHORT_LENGTH_MAX:
            return SequenceValue((*items, item))
        return _long((*items, item))

    def concat(self, other: SequenceValue) -> SequenceValue:
        """``s \\o other``"""
        if not len(other):
            return self
        if not len(self):
            return other
        return make_sequence(self._items + other.items())

    def prefix(self, length: int) -> SequenceValue:
        """The first ``length`` elements; ``length`` is within 0..Len(s)."""
        if length == len(self._items):
            return self
        return SequenceValue(self._items[:length])

    def slice(self, start: int, stop: int) -> SequenceValue:
        """The elements with Python indices start..stop-1, as ``s[start:stop]`` takes them."""
        return make_sequence(self._items[start:stop])

    def replace(self, index: Value, value: Value) -> SequenceValue:
        """``[s EXCEPT ![index] = value]``; the same sequence when the index is outside its domain."""
        items = self._items
        if type(index) is not int or not 0 < index <= len(items) or items[index - 1] is value:
            return self
        return SequenceValue((*items[: index - 1], value, *items[index:]))

    def order_key(self, out: list[Any]) -> None:
        out += (FUNCTION, len(self._items), 0)
        for item in self._items:
            extend_key(item, out)


class _Chunk:
    """``CHUNK_LENGTH`` elements and their polynomial hash. Equal chunks are one object while somebody holds it, so that
    sequences that were made separately are compared chunk by chunk, by identity."""

    __slots__ = ("__weakref__", "hash", "items")

    def __init__(self, items: tuple[Value, ...], known_hash: int) -> None:
        self.items = items
        self.hash = known_hash

    def __hash__(self) -> int:
        return self.hash

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, _Chunk) and self.hash == other.hash and self.items == other.items)


class LongSequence(SequenceValue):
    """More than ``SHORT_LENGTH_MAX`` elements: ``_chunks`` are full, ``_items`` holds the 1..CHUNK_LENGTH last ones.

    What is left of a sequence without its first elements is cut into chunks of its own only when they are needed:
    until then it is a place in ``_whole``, so that a recursion over ``Tail`` does not copy the sequence at each step.
    """

    __slots__ = ("_chunks", "_length", "_skipped", "_whole")

    _whole: LongSequence | None
    _skipped: int

    def __init__(self, chunks: tuple[_Chunk, ...], tail: tuple[Value, ...], known_hash: int | None) -> None:
        self._chunks = chunks
        self._items = tail
        self._length = len(chunks) * CHUNK_LENGTH + len(tail)
        self._hash = known_hash
        self._whole = None

    @classmethod
    def _rest_of(cls, whole: LongSequence, skipped: int) -> LongSequence:
        """``whole`` without its first ``skipped`` elements; what remains is long."""
        rest = cls.__new__(cls)
        rest._whole, rest._skipped = whole, skipped
        rest._length = whole._length - skipped
        rest._hash = None
        return rest

    def __getattr__(self, name: str) -> Any:
        """The chunks and the tail of a rest, when they are asked for; Python comes here for what has no value yet."""
        if name not in ("_chunks", "_items") or self._whole is None:
            raise AttributeError(name)
        cut = _long(self._whole._items_from(self._skipped))
        self._chunks, self._items, self._whole = cut._chunks, cut._items, None
        return getattr(self, name)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Value]:
        for chunk in self._chunks:
            yield from chunk.items
        yield from self._items

    def __getitem__(self, index: int) -> Value:
        if index < 0:
            index += self._length
        if self._whole is not None:
            if not 0 <= index < self._length:
                raise IndexError(index)
            return self._whole[index + self._skipped]
        chunk, rest = divmod(index, CHUNK_LENGTH)
        if 0 <= chunk < len(self._chunks):
            return self._chunks[chunk].items[rest]
        if chunk == len(self._chunks):
            return self._items[rest]
        raise IndexError(index)

    def items(self) -> tuple[Value, ...]:
        return tuple(self)

    def first_items(self, length: int) -> tuple[Value, ...]:
        return self._items_before(length)

    def chunk_items(self, number: int) -> tuple[Value, ...]:
        """The elements of a chunk; behind the last full one stand those of the tail."""
        chunks = self._chunks
        return chunks[number].items if number < len(chunks) else self._items

    def __hash__(self) -> int:
        known = self._hash
        if known is None:
            known = self._hash = self._whole_hash()
        return known

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(other) is not LongSequence:
            return NotImplemented
        if self._length != other._length:
            return False
        mine, theirs = self._hash, other._hash
        if mine is not None and theirs is not None and mine != theirs:
            return False
        return _same_items(self._items, other._items) and self._chunks == other._chunks

    def append(self, item: Value) -> SequenceValue:
        known = None if self._hash is None else extend_hash(self._hash, (item,))
        if len(self._items) < CHUNK_LENGTH:
            return LongSequence(self._chunks, (*self._items, item), known)
        return LongSequence((*self._chunks, _chunk(self._items)), (item,), known)

    def concat(self, other: SequenceValue) -> SequenceValue:
        if not len(other):
            return self
        known = None
        if self._hash is not None:
            if type(other) is LongSequence:
                known = join_hashes(self._hash, hash(other), len(other))
            else:
                known = extend_hash(self._hash, other._items)
        return _long(self._items + other.items(), self._chunks, known)

    def prefix(self, length: int) -> SequenceValue:
        if length == self._length:
            return self
        if length <= SHORT_LENGTH_MAX:
            return SequenceValue(self._items_before(length))
        chunk_count, rest = divmod(length, CHUNK_LENGTH)
        if rest == 0:
            chunk_count, rest = chunk_count - 1, CHUNK_LENGTH
        tail = self._items if chunk_count == len(self._chunks) else self._chunks[chunk_count].items
        # Its hash is folded from those of the chunks by whoever needs it: a committed prefix is mostly compared.
        return LongSequence(self._chunks[:chunk_count], tail[:rest], None)

    def slice(self, start: int, stop: int) -> SequenceValue:
        if start == 0:
            return self.prefix(stop)
        if stop - start <= SHORT_LENGTH_MAX:
            return SequenceValue(tuple(self[index] for index in range(start, stop)))
        if stop == self._length:
            return (
                self._rest_of(self, start) if self._whole is None else self._rest_of(self._whole, self._skipped + start)
            )
        return make_sequence(self._items_from(start)[: stop - start])

    def replace(self, index: Value, value: Value) -> SequenceValue:
        if type(index) is not int or not 0 < index <= self._length:
            return self
        position = index - 1
        old = self[position]
        if old is value:
            return self
        known = None
        if self._hash is not None:
            known = replaced_hash(self._hash, old, value, self._length - position - 1)
        at, rest = divmod(position, CHUNK_LENGTH)
        chunks, tail = self._chunks, self._items
        if at == len(chunks):
            return LongSequence(chunks, (*tail[:rest], value, *tail[rest + 1 :]), known)
        items = chunks[at].items
        chunk_hash = replaced_hash(chunks[at].hash, old, value, CHUNK_LENGTH - rest - 1)
        chunk = _shared(_Chunk((*items[:rest], value, *items[rest + 1 :]), chunk_hash))
        return LongSequence((*chunks[:at], chunk, *chunks[at + 1 :]), tail, known)

    def order_key(self, out: list[Any]) -> None:
        out += (FUNCTION, self._length, 0, LazyKey(self))

    def first_difference(self, other: LongSequence) -> int | None:
        """The first Python index where two sequences of one length differ; skips what they share."""
        shared = self.shared_length(other)
        if shared < len(self._chunks) * CHUNK_LENGTH:
            number = shared // CHUNK_LENGTH
            return shared + _first_difference(self._chunks[number].items, other._chunks[number].items)
        if not _same_items(self._items, other._items):
            return shared + _first_difference(self._items, other._items)
        return None

    def shared_length(self, other: LongSequence) -> int:
        """How many first elements stand in equal whole chunks."""
        return _shared_chunks(self._chunks, other._chunks) * CHUNK_LENGTH

    @property
    def first_chunk(self) -> Hashable:
        """What a version shares with those that it was made from, as long as their first elements are the same."""
        return self._chunks[0] if self._chunks else None

    def _whole_hash(self) -> int:
        known = 0
        for chunk in self._chunks:
            known = (known * _CHUNK_STEP + chunk.hash) % PRIME
        return extend_hash(known, self._items)

    def _items_before(self, length: int) -> tuple[Value, ...]:
        return tuple(self[index] for index in range(length))

    def _items_from(self, start: int) -> tuple[Value, ...]:
        chunk_count, rest = divmod(start, CHUNK_LENGTH)
        if chunk_count == len(self._chunks):
            return self._items[rest:]
        items = list(self._chunks[chunk_count].items[rest:])
        for chunk in self._chunks[chunk_count + 1 :]:
            items += chunk.items
        items += self._items
        return tuple(items)


def make_sequence(items: Iterable[Value]) -> SequenceValue:
    """The sequence of these elements, in order."""
    fixed = tuple(items)
    if not fixed:
        return EMPTY_SEQUENCE
    return SequenceValue(fixed) if len(fixed) <= SHORT_LENGTH_MAX else _long(fixed)


def common_length(left: SequenceValue, right: SequenceValue) -> int:
    """How many first elements the sequences have in common. Costs a chunk, not the length."""
    if left is right:
        return len(left)
    length = min(len(left), len(right))
    if isinstance(left, LongSequence) and isinstance(right, LongSequence):
        shared = left.shared_length(right)
        if shared >= length:
            return length
        number = shared // CHUNK_LENGTH
        return shared + _common(left.chunk_items(number), right.chunk_items(number))
    return _common(left.first_items(length), right.first_items(length))


def differing_indices(left: SequenceValue, right: SequenceValue) -> list[int]:
    """The TLA+ indices at which two sequences differ, or only one has an element; skips chunks that they share."""
    shorter, longer = sorted((len(left), len(right)))
    found: list[int] = []
    at = common_length(left, right)
    is_long = isinstance(left, LongSequence) and isinstance(right, LongSequence)
    while at < shorter:
        if is_long and at % CHUNK_LENGTH == 0:
            number = at // CHUNK_LENGTH
            if left.chunk_items(number) is right.chunk_items(number):  # type: ignore[attr-defined]
                at += CHUNK_LENGTH
                continue
        if not same(left[at], right[at]):
            found.append(at + 1)
        at += 1
    found += range(shorter + 1, longer + 1)
    return found


def outside_domain(function: Value, argument: Value) -> EvaluationError:
    """The error of applying a function outside its domain."""
    return EvaluationError(
        f"the argument {shown(argument)} is not in the domain of {shown(function)}; "
        f"the domain is {shown(function.domain())}"  # type: ignore[union-attr]
    )


def _long(items: tuple[Value, ...], chunks: tuple[_Chunk, ...] = (), known_hash: int | None = None) -> LongSequence:
    """``chunks`` and then ``items``, at least one; the last chunk's worth stays in the tail."""
    full = (len(items) - 1) // CHUNK_LENGTH
    if full:
        more = (_chunk(items[at : at + CHUNK_LENGTH]) for at in range(0, full * CHUNK_LENGTH, CHUNK_LENGTH))
        chunks = (*chunks, *more)
    return LongSequence(chunks, items[full * CHUNK_LENGTH :], known_hash)


# By hash; a chunk whose hash another one has is not shared.
_chunks: WeakValueDictionary[int, _Chunk] = WeakValueDictionary()


def _chunk(items: tuple[Value, ...]) -> _Chunk:
    return _shared(_Chunk(items, extend_hash(0, items)))


def _shared(chunk: _Chunk) -> _Chunk:
    """The object that stands for all chunks that are equal to this one."""
    known = _chunks.setdefault(chunk.hash, chunk)
    return known if known.items == chunk.items else chunk


def _shared_chunks(left: tuple[_Chunk, ...], right: tuple[_Chunk, ...]) -> int:
    """How many first chunks are equal. Tuples are compared at the speed of C, so that halving beats a loop."""
    low, high = 0, min(len(left), len(right))
    if left[:high] == right[:high]:
        return high
    while low + 1 < high:
        middle = (low + high) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _same_items(left: tuple[Value, ...], right: tuple[Value, ...]) -> bool:
    """Equality of short tuples that tells TRUE from 1."""
    if left is right:
        return True
    if left != right:
        return False
    has_booleans = bool in map(type, left) or bool in map(type, right)
    return not has_booleans or tuple_hash(left) == tuple_hash(right)


def _common(left: tuple[Value, ...], right: tuple[Value, ...]) -> int:
    if all(map(is_, left, right)):
        return min(len(left), len(right))
    shared = 0
    for mine, theirs in zip(left, right, strict=False):
        if mine is not theirs and not same(mine, theirs):
            break
        shared += 1
    return shared


def _first_difference(left: tuple[Value, ...], right: tuple[Value, ...]) -> int:
    return next(at for at, (mine, theirs) in enumerate(zip(left, right, strict=True)) if not same(mine, theirs))


EMPTY_SEQUENCE = SequenceValue(())
