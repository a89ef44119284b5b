"""``make check-etcd``: traces of etcd's Raft are accepted, and those of copies with a one-line bug are rejected.

Exit status: 0 all is as it should be, or there is no Go (it says so); 1 it is not; 2 the driver could not be built or
run; 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from etcdcheck.bugs import BUGS, Bug, BugError, put_into
from etcdcheck.golang import BuildFailed, Go, GoMissing, build, build_with, copy_module, find_go
from etcdcheck.judging import coverage, forbids, is_for, judge, reasons
from etcdcheck.profiles import PROFILES, DriverFailed, write_traces
from tlaconform import ChecksInterrupted, Decision, Style, Verdict, render_verdict

EXIT_OK, EXIT_DIFFERS, EXIT_CANNOT_RUN, EXIT_INTERRUPTED = 0, 1, 2, 130

SEEDS_DEFAULT = 200
BUG_SEEDS_MAX = 64
"""Seeds after which a bug counts as not found: most need one, the rarest one seen needed 19."""

BUG_BATCH = 16
"""Traces of a bug that are checked by one start of the checker; the first that is rejected ends the search."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the traces and the bugs, print the tables, return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        go = find_go()
    except GoMissing as error:
        print(f"check-etcd: {error}.\nNothing was checked.")
        return EXIT_OK
    try:
        with tempfile.TemporaryDirectory(prefix="etcdcheck-") as name:
            folder = options.keep or Path(name)
            folder.mkdir(parents=True, exist_ok=True)
            is_well = check_accepted(go, folder, options.seeds, options.jobs)
            if not options.without_bugs:
                is_well = check_rejected(go, folder, [b for b in BUGS if options.bug in (None, b.name)]) and is_well
    except (BuildFailed, BugError, DriverFailed, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_CANNOT_RUN
    except (KeyboardInterrupt, ChecksInterrupted):
        print("interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    return EXIT_OK if is_well else EXIT_DIFFERS


def check_accepted(go: Go, folder: Path, seeds: int, jobs: int) -> bool:
    """Whether all traces of etcd's Raft as it is are accepted, and their events are all the actions there are."""
    binary = build(go, folder / "driver")
    print("etcd's Raft as it is:", flush=True)
    verdicts: list[Verdict] = []
    is_well = True
    for profile, count in zip(PROFILES, _shares(seeds, len(PROFILES)), strict=True):
        begun = time.monotonic()
        traces = write_traces(binary, profile, folder / profile.name, first=1, count=count)
        written = time.monotonic()
        found = judge(traces.paths, jobs=jobs)
        verdicts += found
        accepted = sum(verdict.decision is Decision.ACCEPTED for verdict in found)
        print(
            f"  {profile.name:<13} {accepted:>4} of {count} accepted, {sum(v.events for v in found):>7,} events,"
            f" driven in {written - begun:.1f} s, checked in {time.monotonic() - written:.1f} s   {profile.about}",
            flush=True,
        )
        for panic in traces.panics:
            print(f"    {panic}")
        is_well = is_well and accepted == count and not traces.panics
        for verdict in [verdict for verdict in found if verdict.decision is not Decision.ACCEPTED][:1]:
            print(render_verdict(verdict, Style(use_color=False)))
    covered = coverage(verdicts)
    print("  steps: " + ", ".join(f"{name} {count:,}" for name, count in covered.counts.most_common()))
    if covered.never:
        print(f"  never: {', '.join(sorted(covered.never))}")
    return is_well and not covered.never


def check_rejected(go: Go, folder: Path, bugs: Sequence[Bug]) -> bool:
    """Whether the traces of every copy with a bug are rejected, and for what the bug does."""
    module = copy_module(go, folder / "copy" / "raft")
    print("\nCopies with one line changed:", flush=True)
    is_well = True
    for bug in bugs:
        begun = time.monotonic()
        with put_into(module, bug):
            binary = build_with(go, module, folder / "copy" / bug.name)
        seeds, verdict = hunt(binary, bug, folder / "bugs" / bug.name)
        seconds = time.monotonic() - begun
        if verdict is None:
            print(f"  {bug.name:<28} NOT FOUND in {seeds} seeds, {seconds:.1f} s   {bug.about}", flush=True)
            is_well = False
            continue
        mark = "rejected" if is_for(verdict, bug) else "REJECTED FOR ANOTHER REASON"
        print(f"  {bug.name:<28} {mark}: seed {seeds}, line {verdict.line}, {seconds:.1f} s   {bug.about}", flush=True)
        if is_for(verdict, bug):
            print(f"      {bug.file}: {bug.old.strip()}\n      {'':>{len(bug.file)}}> {bug.new.strip()}")
            print(f"      {told(verdict, bug)}")
        else:
            print(f"expected {' or '.join(bug.actions)}: {bug.conjunct}")
            print(render_verdict(verdict, Style(use_color=False)))
            is_well = False
    return is_well


def hunt(binary: Path, bug: Bug, folder: Path) -> tuple[int, Verdict | None]:
    """Seeds until a trace is rejected, and that verdict."""
    (profile,) = [profile for profile in PROFILES if profile.name == bug.profile]
    for first in range(1, BUG_SEEDS_MAX + 1, BUG_BATCH):
        traces = write_traces(binary, profile, folder, first=first, count=BUG_BATCH)
        found = judge(traces.paths, fail_fast=True)
        if found[-1].decision is not Decision.ACCEPTED:
            return first + len(found) - 1, found[-1]
    return BUG_SEEDS_MAX, None


def told(verdict: Verdict, bug: Bug) -> str:
    """The event and the conjunct that forbids it, in one line."""
    event = (verdict.event or {}).get("event", {})
    action, text = next(reason for reason in reasons(verdict) if forbids(reason, bug))
    return f"{event.get('name')} of {event.get('nid')} is no {action}: {text}"


def _shares(seeds: int, profiles: int) -> list[int]:
    """As equal as can be; every profile has one at least."""
    return [max(1, seeds // profiles + (place < seeds % profiles)) for place in range(profiles)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="check-etcd", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS_DEFAULT, metavar="N", help="traces over all profiles")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="traces that are checked at a time")
    parser.add_argument("--bug", choices=[bug.name for bug in BUGS], help="only this one")
    parser.add_argument("--without-bugs", action="store_true", help="only etcd's Raft as it is")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the driver and the traces there")
    return parser


if __name__ == "__main__":
    sys.exit(main())
