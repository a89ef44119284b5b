"""``vraft log dump|verify|repair``: a store on the disk, looked at and repaired offline.

Status 0: the store is whole.  1: it is damaged, and a server would refuse to start; or ``repair`` was not told to do
what it has shown.  2: there is no store, it is in use, or it is of another version.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from vraft.core import Entry, HardState, LogWrite, Snapshot
from vraft.output import json_text, say
from vraft.storage.disk import LOCK_NAME
from vraft.storage.errors import CorruptionError, StorageError, cannot_be_used
from vraft.storage.files import RealFiles
from vraft.storage.inspection import Batch, DivergenceError, Inspection, Remains, Unread, batches, inspect, lock_store
from vraft.storage.layout import ADVICE, segment_number
from vraft.storage.recovery import Place
from vraft.storage.repair import Plan, make_plan, repair

EXIT_WHOLE = 0
EXIT_DAMAGED = 1

VALUE_SHOWN_MAX = 60
"""Characters of a value in a line for people; a longer one is cut there, and says so.  JSON has all of it."""

# What add_subparsers() returns has no public name.
SubParsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_log_commands(commands: SubParsers) -> None:
    """Add ``log`` and its three commands."""
    log = commands.add_parser("log", help="look at a server's log on the disk, offline, and repair it")
    kinds = log.add_subparsers(dest="log_command", required=True, metavar="COMMAND")
    dump = kinds.add_parser(
        "dump",
        help="print the log",
        description="Print term, vote, snapshot and entries, each with the execution-history checksum up to it.",
    )
    dump.add_argument("--batches", action="store_true", help="each batch where it lies, with what was replaced later")
    verify = kinds.add_parser(
        "verify",
        help="check every byte",
        description="Check every byte of log and snapshots, and the execution-history checksums of the snapshots.",
    )
    cut = kinds.add_parser(
        "repair",
        help="cut a damaged log off, after showing what would be lost",
        description="Cut the log at the first damage, or where --cut-at says. Without --yes or --cut-at it only shows "
        "what would be lost. Copies of what is changed are kept beside it.",
    )
    cut.add_argument(
        "--cut-at",
        type=_place,
        metavar="FILE:OFFSET",
        help="cut here, as error messages and 'dump --batches' say it",
    )
    cut.add_argument("--yes", action="store_true", help="do what was shown")
    for command in (dump, verify, cut):
        command.add_argument("directory", metavar="DIR", help="the store's directory")
        command.add_argument("--json", action="store_true", help="print JSON")


def _place(text: str) -> Place:
    """``FILE:OFFSET`` as argparse needs it."""
    file, colon, offset = text.rpartition(":")
    number = segment_number(file.rpartition("/")[2])
    if colon and number is not None and offset.isascii() and offset.isdigit():
        return Place(number, int(offset))
    raise argparse.ArgumentTypeError(
        f"expected a segment and an offset, such as 0000000000000003.wal:1536, found {text!r}"
    )


def run_log_command(options: argparse.Namespace) -> int:
    """Run one of the three; returns the exit status."""
    run = {"dump": _dump, "verify": _verify, "repair": _repair}[options.log_command]
    try:
        return run(options)
    except BrokenPipeError:
        raise  # Nobody reads our output any more, which is no concern of the store.
    except OSError as error:
        to = "repaired" if options.log_command == "repair" else "read"
        raise cannot_be_used(error, options.directory, to=to) from error


# dump -----------------------------------------------------------------------------------------------------------------


def _dump(options: argparse.Namespace) -> int:
    files = RealFiles(options.directory, read_only=True)
    lock = lock_store(files)
    try:
        inspection = inspect(files)
        records = _batch_records(batches(files)) if options.batches else _records(inspection)
        for record in records:
            say(json_text(record) if options.json else _line(record))
    finally:
        if lock is not None:
            lock.release()
    return _complain(inspection.problems, "What is printed lies before that; 'vraft log repair' shows what lies behind")


def _complain(problems: Sequence[StorageError], advice: str) -> int:
    """Tell what is wrong; ``advice`` takes the place of what a server that does not start tells people to do."""
    for problem in problems:
        if isinstance(problem, CorruptionError) and problem.advice == ADVICE:
            problem = problem.with_advice(advice)
        print(f"error: {problem}", file=sys.stderr)
    return EXIT_DAMAGED if problems else EXIT_WHOLE


Record: TypeAlias = dict[str, Any]


def _records(inspection: Inspection) -> Iterator[Record]:
    yield {
        "kind": "store",
        "owner": inspection.owner,
        "term": inspection.hard_state.term,
        "vote": inspection.hard_state.vote,
        "first": inspection.first_index,
        "last": inspection.last_index,
    }
    if inspection.snapshot is not None:
        yield _snapshot_record(inspection.snapshot)
    for each in inspection.entries:
        yield _entry_record(each.index, each.entry) | {"checksum": _hex(each.checksum)}


def _snapshot_record(snapshot: Snapshot) -> Record:
    return {
        "kind": "snapshot",
        "index": snapshot.index,
        "term": snapshot.term,
        "config": snapshot.config.to_record(),
        "config_index": snapshot.config_index,
        "bytes": len(snapshot.data),
        "checksum": _hex(snapshot.history),
    }


def _entry_record(index: int, entry: Entry) -> Record:
    record: Record = {"kind": "value", "index": index, "term": entry.term, "value": entry.value}
    if entry.config is not None:
        record |= {"kind": "configuration", "config": entry.config.to_record()}
    return record


def _batch_records(found: Iterator[Batch]) -> Iterator[Record]:
    for batch in found:
        frame = batch.frame
        yield {
            "kind": "batch",
            "file": batch.file,
            "offset": frame.offset,
            "end": frame.end,
            "sequence": frame.sequence,
            "synced": frame.synced,
        }
        for item in batch.items:
            if isinstance(item, HardState):
                yield {"kind": "hard_state", "term": item.term, "vote": item.vote}
            elif isinstance(item, LogWrite):
                yield {"kind": "write", "first": item.first, "entries": len(item.entries)}
                for index, entry in enumerate(item.entries, start=item.first):
                    yield _entry_record(index, entry)
            else:
                yield {"kind": "mark", "index": item.index, "term": item.term, "reset": item.reset}


def _hex(checksum: int | None) -> str | None:
    return None if checksum is None else f"{checksum:016x}"


def _line(record: Record) -> str:
    """A record for people: one line."""
    kind = record["kind"]
    if kind in ("value", "configuration"):
        value = record["value"]
        text = json_text(value[:VALUE_SHOWN_MAX])
        if kind == "configuration":
            text = " ".join(f"{name} {','.join(members['#set']) or '-'}" for name, members in record["config"].items())
        elif len(value) > VALUE_SHOWN_MAX:
            text += f"… ({len(value):,} characters)"
        checksum = f"{record['checksum'] or '?':16}  " if "checksum" in record else ""
        return f"{record['index']:>10}  term {record['term']:<6} {checksum}{kind:14} {text}"
    if kind == "batch":
        return f"{record['file']}:{record['offset']}  batch {record['sequence']}, to {record['end']}"
    if kind == "store" and record["last"] < record["first"]:
        record = {name: value for name, value in record.items() if name not in ("first", "last")} | {"entries": None}
    rest = ", ".join(f"{name} {_plain(value)}" for name, value in record.items() if name not in ("kind", "config"))
    return f"{kind}: {rest}"


def _plain(value: object) -> object:
    return "none" if value is None or value == "" else value


# verify ---------------------------------------------------------------------------------------------------------------


def _verify(options: argparse.Namespace) -> int:
    files = RealFiles(options.directory, read_only=True)
    lock = lock_store(files)
    try:
        inspection = inspect(files)
    finally:
        if lock is not None:
            lock.release()
    if options.json:
        say(json_text(_verdict(inspection)))
        return EXIT_DAMAGED if inspection.problems else EXIT_WHOLE
    snapshot = "none" if inspection.snapshot is None else f"index {inspection.snapshot.index}"
    rows = [
        ("segments", f"{inspection.segments:,}, {_counted(inspection.batches, 'batch', 'batches')}"),
        ("snapshot", snapshot),
        ("entries", f"{inspection.first_index:,} to {inspection.last_index:,}" if inspection.entries else "none"),
        ("term, vote", f"{inspection.hard_state.term}, {inspection.hard_state.vote or 'nobody'}"),
        ("history", _hex(inspection.checksum) or "not known"),
    ]
    if inspection.torn_bytes:
        rows.append(("torn tail", f"{inspection.torn_bytes:,} bytes, never acknowledged; cut when the server starts"))
    for name, text in rows:
        say(f"{name + ':':12} {text}")
    say(_CONCLUSIONS[_state(inspection)])
    return _complain(
        inspection.problems, "'vraft log dump' prints what lies before that, 'vraft log repair' shows what lies behind"
    )


def _state(inspection: Inspection) -> str:
    if not inspection.problems:
        return "whole"
    is_damaged = any(isinstance(problem, CorruptionError) for problem in inspection.problems)
    return "damaged" if is_damaged else "diverged"


_CONCLUSIONS = {
    "whole": "whole",
    "damaged": "damaged: what is told above lies before the damage",
    "diverged": "diverged: every byte is as it was written, but snapshot and log do not tell one history; no repair"
    " mends that: give the server the log of another",
}


def _verdict(inspection: Inspection) -> Record:
    return {
        "whole": not inspection.problems,
        "state": _state(inspection),
        "owner": inspection.owner,
        "segments": inspection.segments,
        "batches": inspection.batches,
        "first": inspection.first_index,
        "last": inspection.last_index,
        "term": inspection.hard_state.term,
        "vote": inspection.hard_state.vote,
        "snapshot": None if inspection.snapshot is None else inspection.snapshot.index,
        "checksum": _hex(inspection.checksum),
        "torn_bytes": inspection.torn_bytes,
        "problems": [_problem(problem) for problem in inspection.problems],
    }


def _problem(problem: StorageError) -> Record:
    if isinstance(problem, CorruptionError):
        return {
            "kind": "damage",
            "file": problem.file,
            "offset": problem.offset,
            "found": problem.found,
            "expected": problem.expected,
        }
    assert isinstance(problem, DivergenceError)
    return {"kind": "divergence", "message": str(problem)}


# repair ---------------------------------------------------------------------------------------------------------------


def _repair(options: argparse.Namespace) -> int:
    look = RealFiles(options.directory, read_only=True)
    lock = lock_store(look)
    is_told = options.yes or options.cut_at is not None
    try:
        if lock is None and is_told:
            lock = RealFiles(options.directory).lock(LOCK_NAME)
        plan = make_plan(look, options.cut_at)
        copies = repair(RealFiles(options.directory), plan, lock) if plan is not None and is_told else ()
    except CorruptionError as error:
        return _complain((error,), "No cut would mend that: restore this server from another one")
    finally:
        if lock is not None:
            lock.release()
    if options.json:
        say(json_text(_plan_record(plan, copies)))
    else:
        say("\n".join(_plan_lines(plan, copies)))
    return EXIT_WHOLE if plan is None or copies else EXIT_DAMAGED


WARNING = (
    "warning: what is lost may have been acknowledged. Others may count on these entries, and a server that forgets "
    "its vote may give it a second time in the same term. It is safe to remove this server from the cluster instead, "
    "and to add it anew with an empty disk"
)


def _plan_lines(plan: Plan | None, copies: tuple[str, ...]) -> Iterator[str]:
    if plan is None:
        yield "whole: nothing to repair"
        return
    lost = plan.lost
    if plan.why is not None:
        yield f"damage:  {plan.why.file}, offset {plan.why.offset}: found {plan.why.found}"
    yield f"cut:     {plan.file}:{plan.place.offset}" + (f", and {', '.join(lost.files)}" if lost.files else "")
    yield f"kept:    {_counted(plan.kept_batches, 'batch', 'batches')}; the log ends at {plan.kept_last:,}"
    yield f"lost:    as far as it can be read, {_lost_text(lost)}"
    if lost.unread.batches:
        yield f"         and {_unread_text(lost.unread)}"
    yield WARNING
    if copies:
        yield f"done; what was there is in {', '.join(copies)}"
    else:
        yield "nothing was changed; with --yes it is cut there, with --cut-at elsewhere"


def _lost_text(lost: Remains) -> str:
    text = f"{_counted(lost.batches, 'batch', 'batches')}, {_counted(lost.entries, 'entry', 'entries')}"
    if lost.entries:
        text += f" ({_range(lost.first, lost.last)})"
    if lost.hard_state is not None:
        text += f"; term {lost.hard_state.term} and the vote for {lost.hard_state.vote or 'nobody'} are carried over"
    return text


def _unread_text(unread: Unread) -> str:
    """What is lost and cannot be read, as exactly as its surroundings tell."""
    least = "at least " if unread.is_least else ""
    text = f"{least}{_counted(unread.batches, 'batch', 'batches')} that cannot be read"
    if unread.entries:
        only = len(unread.entries) == 1 and unread.entries[0][0] == unread.entries[0][1]
        text += f", with {'entry' if only else 'the entries'} "
        text += ", ".join(_range(first, last) for first, last in unread.entries)
    if unread.more_from is not None:
        text += f"; nothing tells whether there were entries from {unread.more_from:,} on"
    if unread.may_have_voted:
        text += "; nor whether there was a newer term or vote" if unread.more_from else "; perhaps a newer term or vote"
    return text


def _counted(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"


def _range(first: int | None, last: int) -> str:
    """Indexes of entries."""
    if first == last:
        return f"{last:,}"
    return f"up to {last:,}" if first is None else f"from {first:,} to {last:,}"


def _plan_record(plan: Plan | None, copies: tuple[str, ...]) -> Record:
    if plan is None:
        return {"whole": True}
    lost = plan.lost
    return {
        "whole": False,
        "damage": None if plan.why is None else _problem(plan.why),
        "cut_at": f"{plan.file}:{plan.place.offset}",
        "kept": {"batches": plan.kept_batches, "last": plan.kept_last},
        "lost": {
            "batches": lost.batches,
            "entries": lost.entries,
            "first": lost.first,
            "last": lost.last,
            "term": None if lost.hard_state is None else lost.hard_state.term,
            "vote": None if lost.hard_state is None else lost.hard_state.vote,
            "files": list(lost.files),
            "unread": {
                "batches": lost.unread.batches,
                "is_least": lost.unread.is_least,
                "entries": [list(each) for each in lost.unread.entries],
                "more_from": lost.unread.more_from,
                "may_have_voted": lost.unread.may_have_voted,
            },
        },
        "done": bool(copies),
        "copies": list(copies),
    }
