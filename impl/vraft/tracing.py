"""Traces: what a cluster did, one event per action of the specification, as NDJSON.

A trace is text in UTF-8, one JSON object a line.  ``trace.schema.json`` beside this module is the schema of both kinds
of line.

The first line is the **header**::

    {"format":"tla-conformance/trace","version":1,"spec":"Raft","constants":{"Server":{"#set":["n1","n2","n3"]}},
     "nodes":["n1","n2","n3"],"source":{"program":"vraft","version":"0.1.0","scenario":"elect","seed":7}}

``spec`` is the module whose actions the events name, ``constants`` what the run says about its constants (JSON as it
is, with ``{"#set": […]}`` for a set), ``nodes`` the servers, ``source`` where the trace comes from.  Of a cluster that
was given :class:`~vraft.core.features.Features` (be they all off) or first voters ``spec`` is ``Reads``, and there are
the constants of that module: ``UsesPreVote``, ``UsesIntervalCheck``, ``InitialVoters``, ``UsesLeases``, and those that
are about clocks (:class:`Clocks`).

Every other line is one **event**::

    {"seq":12,"time":183000,"node":"n1","action":"GrantVote","args":{},"message":{"type":"RequestVote",…},
     "vars":{"currentTerm":2,"votedFor":"n2","role":"Follower","commitIndex":0,"logLength":3,"lastLogTerm":1},
     "sent":[{"type":"RequestVoteResponse",…}]}

- ``seq`` counts the events of the trace from 1; ``time`` is the virtual time of the event in microseconds.
- ``node`` is the action's ``i``, ``action`` its name.  ``args`` holds its other arguments by parameter name (``j``,
  ``n``, ``v``, ``k``), except the message ``m`` that it received, which is ``message``; without one, the key is absent.
- ``vars`` are the variables of that node right after this one action.  ``votesGranted`` (sorted) is there only for a
  candidate, ``nextIndex`` and ``matchIndex`` (of members, the node itself too) only for a leader.  ``votedFor`` is
  null for Nil.  The log is given by ``logLength`` and ``lastLogTerm``.  ``configIndex``, ``snapshotIndex``,
  ``preVotesGranted`` (sorted), ``heard``, ``transferee``, ``urgent``, ``readRound``, ``pendingReads`` (their names,
  sorted), ``handedOver``, ``clock`` and ``heardAt`` are there only where they have not the initial value (0, 0, none,
  false, Nil, false, 0, none, false, 0, 0).
  A leader with a ``readRound`` has ``confirmed`` and ``leaseStart`` too, of those who answered it.
- A read that was answered has one argument more, ``upTo``: the index that the client was told.  ``ReadClock`` has only
  what the clock showed, ``c``; the true time of that is the event's.
- ``sent`` are the messages that the action sent, with the specification's field names.  The ``state`` of a snapshot is
  the sequence of entries for which it stands, as in the specification: it is read from the application's state, which
  must be what :func:`state_of` makes of them.

An event is written when its step is durable, before its messages leave: a step that a crash erased is not in the
trace.  The event of ``Restart`` carries what the server found on its disk.  Keys come in this order, and there is no
white space between tokens, so that two equal runs give equal bytes.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from vraft.core import (
    Action,
    Entry,
    Features,
    InstallSnapshot,
    Message,
    RaftCore,
    Role,
    entry_from_record,
    entry_to_record,
    to_record,
)
from vraft.core.reads import ROUNDING_TICKS

FORMAT = "tla-conformance/trace"
VERSION = 1
SPEC = "Raft"
SPEC_WITH_FEATURES = "Reads"

Event = dict[str, Any]
"""An event as the JSON object that is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """What is assumed of clocks: the constants of ``Reads.tla`` that are about them.

    Servers count ticks of ``tick_us`` microseconds, and each may be fast or slow by ``drift``.  A reading is traced
    when its step is released, which is up to ``lag_us`` later.
    """

    election_ticks_min: int
    lease_ticks: int
    tick_us: int
    drift: Fraction
    lag_us: int

    def constants(self) -> Event:
        """By their names in the specification; rates are in ticks a microsecond."""
        low, high = 1 - self.drift, 1 + self.drift
        unit = low.denominator * high.denominator
        return {
            "ElectionTimeoutMin": self.election_ticks_min,
            "LeaseTime": self.lease_ticks,
            "RateMin": int(low * unit),
            "RateMax": int(high * unit),
            "RateUnit": unit * self.tick_us,
            "Rounding": ROUNDING_TICKS + -(-self.lag_us // self.tick_us),
        }


NO_CLOCKS = Clocks(election_ticks_min=0, lease_ticks=0, tick_us=1, drift=Fraction(0), lag_us=0)
"""Where no server goes by its clock, none is read, and a leader may be missed at any moment."""


def header(
    nodes: Sequence[str],
    *,
    scenario: str,
    seed: int,
    version: str,
    features: Features | None = None,
    voters: Sequence[str] | None = None,
    clocks: Clocks | None = None,
) -> Event:
    """The first line of a trace; without ``features`` and ``voters`` (who vote at first) it is one of basic Raft.

    ``clocks`` are needed where reads go by leases.
    """
    is_basic = features is None and voters is None
    servers = {"#set": list(nodes)}
    constants: Event = {"Server": servers}
    if not is_basic:
        constants["InitialVoters"] = servers if voters is None else {"#set": list(voters)}
        constants["UsesPreVote"] = features is not None and features.pre_vote
        constants["UsesIntervalCheck"] = features is not None and features.interval_check
        constants["UsesLeases"] = features is not None and features.lease_reads
        uses_clocks = clocks is not None and features is not None and features.lease_reads
        constants.update((clocks if clocks is not None and uses_clocks else NO_CLOCKS).constants())
    return {
        "format": FORMAT,
        "version": VERSION,
        "spec": SPEC if is_basic else SPEC_WITH_FEATURES,
        "constants": constants,
        "nodes": list(nodes),
        "source": {"program": "vraft", "version": version, "scenario": scenario, "seed": seed},
    }


def variables(core: RaftCore) -> Event:
    """The variables of a server as an event shows them; the observer to give a core that is to be traced."""
    observed: Event = {
        "currentTerm": core.current_term,
        "votedFor": core.voted_for,
        "role": core.role.value,
        "commitIndex": core.commit_index,
        "logLength": core.log.last_index,
        "lastLogTerm": core.log.last_term,
    }
    if core.config_index:
        observed["configIndex"] = core.config_index
    if core.log.offset:
        observed["snapshotIndex"] = core.log.offset
    if core.role is Role.CANDIDATE:
        observed["votesGranted"] = sorted(core.votes_granted)
    elif core.role is Role.LEADER:
        members = core.config.members
        observed["nextIndex"] = {j: index for j, index in core.next_index.items() if j in members}
        observed["matchIndex"] = {j: index for j, index in core.match_index.items() if j in members}
    if core.transferee is not None:
        observed["transferee"] = core.transferee
    if core.pre_votes_granted:
        observed["preVotesGranted"] = sorted(core.pre_votes_granted)
    if core.heard:
        observed["heard"] = True
    if core.urgent:
        observed["urgent"] = True
    if core.read_round:
        observed["readRound"] = core.read_round
        if core.role is Role.LEADER:
            observed["confirmed"] = dict(sorted(core.confirmed.items()))
            observed["leaseStart"] = dict(sorted(core.lease_start.items()))
    if core.pending_reads:
        observed["pendingReads"] = sorted(core.pending_reads)
    if core.handed_over:
        observed["handedOver"] = True
    if core.clock:
        observed["clock"] = core.clock
        if core.heard_at:
            observed["heardAt"] = core.heard_at
    return observed


def event(*, seq: int, time: int, node: str, action: Action) -> Event:
    """One event; the action must have been observed by :func:`variables`."""
    made: Event = {
        "seq": seq,
        "time": time,
        "node": node,
        "action": action.name,
        "args": dict(action.arguments),
    }
    if action.message is not None:
        made["message"] = _record(action.message)
    made["vars"] = action.observed
    made["sent"] = [] if action.sent is None else [_record(action.sent)]
    return made


def state_of(entries: Sequence[Entry]) -> bytes:
    """The state of an application that does nothing but remember the entries it applied."""
    return line({"entries": [entry_to_record(entry) for entry in entries]}).encode()


def entries_of(state: bytes) -> list[Entry]:
    """The inverse of :func:`state_of`."""
    return [entry_from_record(record) for record in json.loads(state)["entries"]]


def _record(message: Message) -> Event:
    record = to_record(message)
    if isinstance(message, InstallSnapshot):
        record["state"] = json.loads(message.data)["entries"]
    return record


def line(made: Mapping[str, Any]) -> str:
    """An event or header as the line that is written, without the end of line."""
    return json.dumps(made, separators=(",", ":"), ensure_ascii=False)


class TraceWriter:
    """Writes a trace to a file, or to standard output for ``-``; a name that ends in ``.gz`` is compressed.

    The file appears under its name, whole, when the writer is closed; until then it has a temporary name, and when the
    writer is left by an exception it is removed.  With ``stream=True`` it is written in place, line by line, for
    somebody who reads along.  Raises ``OSError`` where the file system does.
    """

    def __init__(self, path: str, *, stream: bool = False) -> None:
        self.path = path
        self.lines = 0
        self._stream = stream
        self._final: Path | None = None
        self._temporary: Path | None = None
        if path == "-":
            sys.stdout.flush()
            self._file: TextIO = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n")
            return
        self._final = Path(path).resolve()
        target = self._final
        if not stream and (target.is_file() or not target.exists()):  # a device or a pipe keeps its place
            target = self._temporary = self._final.with_name(f".{self._final.name}.{os.getpid()}.tmp")
        self._file = _open(target, compressed=path.endswith(".gz"), line_buffering=stream)

    def write(self, made: Mapping[str, Any]) -> None:
        """Write one line."""
        self._file.write(line(made) + "\n")
        self.lines += 1

    def close(self) -> None:
        """Finish the file, and give it its name."""
        if self._final is None:
            self._leave_standard_output()
            return
        self._file.close()
        if self._temporary is not None:
            os.replace(self._temporary, self._final)
            self._temporary = None

    def abort(self) -> None:
        """Leave nothing behind, except what was streamed."""
        if self._final is None:
            self._leave_standard_output()
            return
        self._file.close()
        if self._temporary is not None:
            self._temporary.unlink(missing_ok=True)
            self._temporary = None

    def _leave_standard_output(self) -> None:
        """Standard output is not ours to close."""
        if isinstance(self._file, io.TextIOWrapper) and not self._file.closed:
            self._file.flush()
            self._file.detach()

    def __enter__(self) -> TraceWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()


def _open(path: Path, *, compressed: bool, line_buffering: bool) -> TextIO:
    """A text file for writing; compressed files carry neither name nor time, so that equal traces are equal bytes."""
    raw = open(path, "wb")  # noqa: SIM115
    if not compressed:
        return io.TextIOWrapper(raw, encoding="utf-8", newline="\n", line_buffering=line_buffering)
    return io.TextIOWrapper(_GzipFile(raw), encoding="utf-8", newline="\n", line_buffering=line_buffering)


class _GzipFile(gzip.GzipFile):
    """A compressed file that closes the file beneath it."""

    def __init__(self, raw: io.BufferedWriter) -> None:
        super().__init__(filename="", mode="wb", fileobj=raw, mtime=0)
        self._raw_file = raw

    def close(self) -> None:
        super().close()
        self._raw_file.close()
