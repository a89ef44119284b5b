"""Where a check stands, in a file, to go on from there another time.

A checkpoint is one line of JSON, which obeys ``checkpoint.schema.json``, and behind it the state of the check, packed.
The line says what the check was about: digests of the specification, configuration and mapping, of all that had been
read of the trace, and the versions of this program. Where one of them is not what it was, going on would give a verdict
on a trace that nobody has; so that is an error. A checkpoint is written beside its place and renamed, so an interrupt
leaves the old one or the new one.

The packed state is a pickle of values and of a few classes of ours, and nothing else is accepted when it is read: a
file from elsewhere cannot make this program run anything.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import json
import pickle
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tlaconform.checking.session import LiveSnapshot
from tlaconform.errors import ConformanceError
from tlaconform.files import write_whole_bytes
from tlatrace.location import Location
from tlatrace.values.lazysets import NAMED_SETS, InfiniteSet

FORMAT = "tla-conformance/checkpoint"
FORMAT_VERSION = 1

HEAD_BYTES_MAX = 1024 * 1024
"""The first line is a kilobyte or so; a file without an early line end is no checkpoint."""

_LEVEL = 1
"""Of compression: states are repetitive, and a checkpoint should not hold up the check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far a trace was judged: ``events`` of it, the last in ``line``; ``sha256`` is the digest of what was read."""

    events: int
    line: int | None
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A position in a trace, and the check as it stood there."""

    position: Position
    snapshot: LiveSnapshot


def write_checkpoint(path: Path, checkpoint: Checkpoint, provenance: Mapping[str, Any]) -> None:
    """Write it whole or not at all. ``provenance`` is that of the verdict that the check would give.

    Raises:
        ConformanceError: it cannot be written.
    """
    payload = zlib.compress(_packed(checkpoint.snapshot), _LEVEL)
    position = checkpoint.position
    head = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "events": position.events,
        "line": position.line,
        "provenance": {**provenance, "trace": position.sha256},
        "state": {"sha256": hashlib.sha256(payload).hexdigest(), "bytes": len(payload)},
    }
    write_whole_bytes(path, json.dumps(head, ensure_ascii=False).encode() + b"\n" + payload)


def read_checkpoint(path: Path, provenance: Mapping[str, Any]) -> Checkpoint | None:
    """The checkpoint in ``path``; None if there is no such file.

    Raises:
        ConformanceError: it is no checkpoint, is damaged, or was written for something else than ``provenance`` says;
            the trace itself is for the caller to compare, when it has read as much of it.
    """
    if not path.exists():
        return None
    try:
        with open(path, "rb") as file:
            line = file.readline(HEAD_BYTES_MAX)
            payload = file.read()
    except OSError as error:
        raise _wrong(path, f"this checkpoint cannot be read ({error.strerror})", "a file that can be read") from None
    head = _head(path, line)
    _compare(path, head["provenance"], provenance)
    state = head["state"]
    if len(payload) != state["bytes"] or hashlib.sha256(payload).hexdigest() != state["sha256"]:
        raise _wrong(path, "this checkpoint is damaged: its state is not what its first line says", "a whole file")
    try:
        snapshot = _Unpickler(io.BytesIO(zlib.decompress(payload))).load()
    except (pickle.UnpicklingError, zlib.error, EOFError, AttributeError, ImportError, TypeError, ValueError) as error:
        raise _wrong(path, f"the state of this checkpoint cannot be read ({error})", "one of this version") from None
    if not isinstance(snapshot, LiveSnapshot):
        raise _wrong(path, "the state of this checkpoint is not that of a check", "one that `check` wrote")
    position = Position(events=head["events"], line=head["line"], sha256=head["provenance"]["trace"])
    return Checkpoint(position=position, snapshot=snapshot)


def trace_has_changed(path: Path, trace: str, events: int) -> ConformanceError:
    """The error where the beginning of the trace is not what it was."""
    return _wrong(
        path,
        f"this checkpoint was written after {events} events of a trace that began differently from {trace}",
        "the same trace, perhaps longer",
    )


def _head(path: Path, line: bytes) -> Mapping[str, Any]:
    try:
        head = json.loads(line)
    except ValueError:
        head = None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise _wrong(path, "this is no checkpoint", f"a first line of JSON with the format {FORMAT}", hint="")
    if head.get("version") != FORMAT_VERSION:
        raise _wrong(path, f"this checkpoint has version {head.get('version')!r}", f"version {FORMAT_VERSION}")
    if not _is_well_formed(head):
        raise _wrong(path, "the first line of this checkpoint lacks something", "what checkpoint.schema.json says")
    return head


def _is_well_formed(head: Mapping[str, Any]) -> bool:
    provenance, state, line = head.get("provenance"), head.get("state"), head.get("line")
    return (
        type(head.get("events")) is int
        and (line is None or type(line) is int)
        and isinstance(provenance, dict)
        and isinstance(provenance.get("trace"), str)
        and isinstance(state, dict)
        and type(state.get("bytes")) is int
        and isinstance(state.get("sha256"), str)
    )


_PARTS = {
    "spec": "specification",
    "config": "configuration",
    "mapping": "mapping",
    "versions": "version of this program or of Python",
}


def _compare(path: Path, written: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    for key, what in _PARTS.items():
        if written.get(key) != now.get(key):
            which = ""
            if key in ("spec", "versions"):
                old, new = written.get(key) or {}, now.get(key) or {}
                which = f" ({', '.join(sorted(name for name in {*old, *new} if old.get(name) != new.get(name)))})"
            raise _wrong(path, f"this checkpoint was written with another {what}{which}", "the same as then")


class _Sends(Protocol):
    """What stands for an object in a pickle."""

    def __call__(self, obj: Any, /) -> tuple[Any, ...]: ...


def named_set(text: str) -> InfiniteSet:
    """One of the infinite sets of the standard modules; what a pickle has in its place."""
    return NAMED_SETS[text]


def _send_infinite_set(found: InfiniteSet) -> tuple[Any, ...]:
    return named_set, (found.text,)


def _packed(snapshot: LiveSnapshot) -> bytes:
    out = io.BytesIO()
    pickler = pickle.Pickler(out, protocol=pickle.HIGHEST_PROTOCOL)
    table: dict[type, _Sends] = {InfiniteSet: _send_infinite_set}
    pickler.dispatch_table = table
    pickler.dump(snapshot)
    return out.getvalue()


_MODULES_OF_VALUES = "tlatrace.values."
"""Everything that is defined in these modules makes values, and does nothing else."""

_MODULES_OF_CLASSES = ("tlatrace.engine.", "tlatrace.traces.event", "tlatrace.location", "tlaconform.checking.session")


class _Unpickler(pickle.Unpickler):
    """Makes values and what a snapshot consists of, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == (__name__, named_set.__name__):
            return named_set
        if (module, name) == ("collections", "Counter"):
            return Counter
        of_values, of_classes = module.startswith(_MODULES_OF_VALUES), module.startswith(_MODULES_OF_CLASSES)
        if (of_values or of_classes) and name.isidentifier():
            found = getattr(importlib.import_module(module), name)
            if getattr(found, "__module__", "") == module and (of_values or isinstance(found, type)):
                return found
        raise pickle.UnpicklingError(f"it has {module}.{name}, which no state consists of")


def _wrong(path: Path, found: str, expected: str, hint: str | None = None) -> ConformanceError:
    return ConformanceError(
        f"{found}; expected {expected}",
        location=Location(str(path), 0, 0, 0, 0),
        hint="to begin anew, remove this file" if hint is None else hint,
    )
