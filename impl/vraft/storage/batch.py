"""Batches, and what is wrong with one, or with the ticket of one, that a host hands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vraft.core import Configuration, Entry, HardState, LogWrite, Snapshot
from vraft.storage.errors import BatchError


@dataclass(frozen=True, slots=True)
class Batch:
    """What one step has to make durable, together."""

    hard_state: HardState | None
    entries: LogWrite | None
    snapshot: Snapshot | None = None
    """Stands for the entries up to its index, which are gone once it is durable; ``entries`` are written after it."""


def check_ticket(ticket: int, written: int) -> None:
    """Raise ``BatchError`` unless the ticket is one of those that were given, 1 to ``written``."""
    if not 1 <= ticket <= written:
        given = f"1 to {written}" if written else "none yet"
        raise BatchError(f"the ticket {ticket} was never given; expected one that was: {given}")


def describe_batch(batch: Batch) -> str | None:
    """What of a batch has the wrong type, and so cannot be encoded; None if nothing has."""
    if not isinstance(batch, Batch):
        return f"expected Batch, found {_typed(batch)}"
    state, written, snapshot = batch.hard_state, batch.entries, batch.snapshot
    named: list[tuple[str, object, type]] = []
    if state is not None:
        if not isinstance(state, HardState):
            return f"expected HardState as its hard state, found {_typed(state)}"
        named += [("the term", state.term, int)]
        named += [] if state.vote is None else [("the vote", state.vote, str)]
    if written is not None:
        if not isinstance(written, LogWrite):
            return f"expected LogWrite as its entries, found {_typed(written)}"
        if not isinstance(written.entries, Sequence):
            return f"expected a tuple of its entries, found {_typed(written.entries)}"
        named.append(("the index of the first entry", written.first, int))
        for index, entry in enumerate(written.entries):
            if not isinstance(entry, Entry):
                return f"expected Entry as number {index + 1} of its entries, found {_typed(entry)}"
            named.append((f"the term of entry {index + 1} of it", entry.term, int))
            named.append((f"the value of entry {index + 1} of it", entry.value, str))
            if not isinstance(entry.config, Configuration | None):
                return f"expected a configuration or None in entry {index + 1} of it, found {_typed(entry.config)}"
    if snapshot is not None:
        if not isinstance(snapshot, Snapshot):
            return f"expected Snapshot as its snapshot, found {_typed(snapshot)}"
        named += [("the index of the snapshot", snapshot.index, int), ("the term of the snapshot", snapshot.term, int)]
        named.append(("the data of the snapshot", snapshot.data, bytes))
    for what, value, kind in named:
        if not isinstance(value, kind):
            return f"expected {kind.__name__} as {what}, found {_typed(value)}"
    return None


def _typed(value: object) -> str:
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:60] + '…'}"
