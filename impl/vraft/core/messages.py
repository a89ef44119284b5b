"""The messages, with exactly the fields that the specification gives them.

The specification's ``from`` and ``to`` are ``sender`` and ``receiver`` here, since ``from`` is a word of Python's; the
other names are the same in snake case.  :func:`to_record` and :func:`from_record` translate to and from the
specification's own names, which is the form that traces use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeAlias, get_args

from vraft.core.configuration import Configuration, configuration_from_record
from vraft.core.errors import InputError
from vraft.core.types import Entry, Index, Server, Term, config_entry


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """What every message has."""

    type: ClassVar[str]
    sender: Server
    receiver: Server
    term: Term


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestVote(_Sent):
    """A candidate asks for a vote (thesis, figure 3.1)."""

    type: ClassVar[str] = "RequestVote"
    last_log_index: Index
    last_log_term: Term
    urgent: bool = False
    """The candidate's leader has asked it to take over; a field of the record only where that is so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestVoteResponse(_Sent):
    """The answer to :class:`RequestVote`."""

    type: ClassVar[str] = "RequestVoteResponse"
    granted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendEntries(_Sent):
    """A leader sends entries, or none: then it is a heartbeat.

    ``history`` is the checksum over the entries up to ``history_index`` that a quorum has (0 if nothing is compared).
    """

    type: ClassVar[str] = "AppendEntries"
    prev_log_index: Index
    prev_log_term: Term
    entries: tuple[Entry, ...]
    leader_commit: Index
    history_index: Index = 0
    history: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendEntriesResponse(_Sent):
    """The answer to :class:`AppendEntries`.

    With ``success``, ``index`` is the last index that is known to match.  Without, ``index`` and ``hint_term`` say
    where the two logs may still agree.  ``history`` is the checksum over the entries up to ``history_index`` that the
    server has.
    """

    type: ClassVar[str] = "AppendEntriesResponse"
    success: bool
    index: Index
    hint_term: Term
    history_index: Index = 0
    history: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPreVote(_Sent):
    """A pre-candidate asks whether it would get a vote in the term after ``term``, its own (thesis, section 9.6)."""

    type: ClassVar[str] = "RequestPreVote"
    last_log_index: Index
    last_log_term: Term


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPreVoteResponse(_Sent):
    """The answer to the :class:`RequestPreVote` of term ``for_term``; ``term`` is that of the server that answers."""

    type: ClassVar[str] = "RequestPreVoteResponse"
    for_term: Term
    granted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeoutNow(_Sent):
    """A leader tells its heir to campaign at once (thesis, section 3.10)."""

    type: ClassVar[str] = "TimeoutNow"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallSnapshot(_Sent):
    """A leader sends what stands for the entries up to ``last_index``, which it no longer has (thesis, figure 5.3).

    It is answered as entries are.  ``data`` is the ``state`` of the specification, to which the configuration and the
    checksum belong; they are fields of their own here, since the core knows nothing of what the application keeps.
    """

    type: ClassVar[str] = "InstallSnapshot"
    last_index: Index
    last_term: Term
    data: bytes
    config: Configuration
    config_index: Index
    history: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmLeader(_Sent):
    """A leader asks whether it still leads (thesis, section 6.4); ``sent_at`` is by its own clock."""

    type: ClassVar[str] = "ConfirmLeader"
    round: int
    sent_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmLeaderResponse(_Sent):
    """It does; ``round`` and ``sent_at`` are those of the question."""

    type: ClassVar[str] = "ConfirmLeaderResponse"
    round: int
    sent_at: int


Message: TypeAlias = (
    RequestVote
    | RequestVoteResponse
    | AppendEntries
    | AppendEntriesResponse
    | RequestPreVote
    | RequestPreVoteResponse
    | TimeoutNow
    | ConfirmLeader
    | ConfirmLeaderResponse
    | InstallSnapshot
)

MESSAGE_TYPES: Mapping[str, type[Message]] = {kind.type: kind for kind in get_args(Message)}

ONLY_IF_TRUE = frozenset({"urgent", "historyIndex", "history"})
"""Fields that a record has only where they are true, or not 0."""

_BEYOND: Mapping[type[Message], frozenset[str]] = {
    # What a message carries besides, of which the specification knows nothing (or which is part of something there).
    AppendEntries: frozenset({"history_index", "history"}),
    AppendEntriesResponse: frozenset({"history_index", "history"}),
    InstallSnapshot: frozenset({"config", "config_index", "history"}),
}

_NAMES_IN_SPEC = {"sender": "from", "receiver": "to", "data": "state"}


def _named(kind: type[Message], *, beyond: bool) -> tuple[tuple[str, str], ...]:
    """(name in the specification, name in Python) of the fields that are in the specification, or beyond it."""
    besides = _BEYOND.get(kind, frozenset())
    return tuple((_in_spec(each.name), each.name) for each in fields(kind) if (each.name in besides) is beyond)


def _in_spec(name: str) -> str:
    """``last_log_index`` as ``lastLogIndex``, but for the names that are others there."""
    first, *words = name.split("_")
    return _NAMES_IN_SPEC.get(name) or first + "".join(word.capitalize() for word in words)


FIELDS: Mapping[type[Message], tuple[tuple[str, str], ...]] = {
    kind: _named(kind, beyond=False) for kind in MESSAGE_TYPES.values()
}
"""(name in the specification, name in Python), in the order in which the specification declares them."""

BEYOND: Mapping[type[Message], tuple[tuple[str, str], ...]] = {
    kind: _named(kind, beyond=True) for kind in MESSAGE_TYPES.values()
}
"""The same for what a message carries beyond the specification."""


def to_record(message: Message, *, beyond: bool = False) -> dict[str, object]:
    """A message as the record that the specification has for it: its type first, then its fields in order.

    With ``beyond`` it also has what the specification does not know, so that :func:`from_record` can make it again.
    """
    kind = type(message)
    names = (*FIELDS[kind], *BEYOND[kind]) if beyond else FIELDS[kind]
    record: dict[str, object] = {"type": message.type}
    for spec_name, name in names:
        value = getattr(message, name)
        if value or spec_name not in ONLY_IF_TRUE:
            record[spec_name] = _to_plain(value)
    return record


def _to_plain(value: object) -> object:
    """One field's value."""
    if type(value) is tuple:
        return [entry_to_record(entry) for entry in value]
    if type(value) is bytes:
        return value.decode("latin-1")
    return value.to_record() if isinstance(value, Configuration) else value


def entry_to_record(entry: Entry) -> dict[str, object]:
    """An entry as the specification has it: with a value or a configuration."""
    if entry.config is not None:
        return {"term": entry.term, "config": entry.config.to_record()}
    return {"term": entry.term, "value": entry.value}


def entry_from_record(item: object) -> Entry:
    """The inverse of :func:`entry_to_record`; raises :class:`~vraft.core.errors.InputError`."""
    if not isinstance(item, Mapping) or set(item) not in ({"term", "value"}, {"term", "config"}):
        raise InputError(f"an entry is a record with a term, and a value or a config, found {item!r}")
    if type(item["term"]) is not int or type(item.get("value", "")) is not str:
        raise InputError(f"an entry has an integer term and a string value, found {item!r}")
    if "config" in item:
        return config_entry(item["term"], configuration_from_record(item["config"]))
    return Entry(item["term"], item["value"])


def from_record(record: Mapping[str, object]) -> Message:
    """The message that a record stands for; the inverse of :func:`to_record`, with all that is beyond.

    Raises :class:`~vraft.core.errors.InputError` naming the type or field that is wrong.
    """
    kind = MESSAGE_TYPES.get(str(record.get("type")))
    if kind is None:
        raise InputError(f"unknown message type {record.get('type')!r}, expected one of {', '.join(MESSAGE_TYPES)}")
    names = (*FIELDS[kind], *BEYOND[kind])
    expected = {"type", *(spec_name for spec_name, _ in names)}
    if not expected - ONLY_IF_TRUE <= set(record) <= expected:
        odd = sorted((set(record) ^ expected) - ONLY_IF_TRUE)
        raise InputError(f"{kind.type} has the fields {sorted(expected)}; missing or unknown here: {odd}")
    arguments: dict[str, Any] = {
        name: _plain(kind, spec_name, record[spec_name]) for spec_name, name in names if spec_name in record
    }
    return kind(**arguments)


_STRINGS = frozenset({"from", "to"})
_BOOLEANS = frozenset({"granted", "success", "urgent"})


def _plain(kind: type[Message], field: str, value: object) -> object:
    """One field's value, checked against its type in the specification."""
    if field == "entries":
        return _entries(kind, value)
    if field == "config":
        return configuration_from_record(value)
    if field == "state":
        return _state(kind, value)
    expected = str if field in _STRINGS else bool if field in _BOOLEANS else int
    if type(value) is not expected:
        raise InputError(f"{kind.type}.{field} must be of type {expected.__name__}, found {value!r}")
    return value


def _state(kind: type[Message], value: object) -> bytes:
    """The bytes of a snapshot, each as the character of its number."""
    if type(value) is not str or any(ord(character) > 255 for character in value):
        raise InputError(f"{kind.type}.state must be a string of bytes, found {value!r}")
    return value.encode("latin-1")


def _entries(kind: type[Message], value: object) -> tuple[Entry, ...]:
    """The entries of a message."""
    if not isinstance(value, list):
        raise InputError(f"{kind.type}.entries must be a list of entries, found {value!r}")
    return tuple(entry_from_record(item) for item in value)
