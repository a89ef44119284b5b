"""What the driver is asked to do: each profile is one mix of features, run with many seeds."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

RUN_LIMIT_S = 300
"""For all the traces of one call; the slowest seen took some seconds."""

EXIT_OK, EXIT_PANICKED = 0, 1
"""Of the driver. The library panics where it finds itself in a state that it believes impossible; the trace of that run
ends there."""


class DriverFailed(Exception):
    """The driver could not run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Options of the driver, under a name."""

    name: str
    about: str
    arguments: tuple[str, ...] = ()


PROFILES = (
    Profile(name="faults", about="three servers; loss, delay, duplicates, one-way cuts, crashes"),
    Profile(
        name="quorum-checks",
        about="with CheckQuorum and transfers; what was applied survives a crash",
        arguments=("-check-quorum", "-transfers", "-durable-application"),
    ),
    Profile(
        name="pre-votes",
        about="with CheckQuorum, PreVote and transfers",
        arguments=("-check-quorum", "-pre-vote", "-transfers"),
    ),
    Profile(
        name="threads",
        about="with AsyncStorageWrites: requests leave before anything is written",
        arguments=("-async-writes",),
    ),
    Profile(
        name="members",
        about="five servers, three vote at first; servers added, removed, exchanged",
        arguments=("-changes", "-spares", "2"),
    ),
    Profile(
        name="snapshots",
        about="logs are compacted; members change",
        arguments=("-snapshots", "-changes", "-spares", "1"),
    ),
    Profile(
        name="all",
        about="all of these but threads",
        arguments=(
            *("-changes", "-spares", "2", "-snapshots", "-transfers"),
            *("-check-quorum", "-pre-vote", "-durable-application"),
        ),
    ),
    Profile(
        name="all-threads",
        about="all of these together",
        arguments=(
            *("-changes", "-spares", "2", "-snapshots", "-transfers"),
            *("-check-quorum", "-pre-vote", "-async-writes"),
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """Traces that were written, in the order of their seeds, and what the library's own checks said of the runs."""

    paths: tuple[Path, ...]
    panics: tuple[str, ...]


def write_traces(binary: Path, profile: Profile, folder: Path, *, first: int, count: int) -> Traces:
    """Run ``count`` seeds from ``first`` on.

    Raises:
        DriverFailed: it could not.
    """
    folder.mkdir(parents=True, exist_ok=True)
    command = [str(binary), "-first", str(first), "-count", str(count), "-out", str(folder), *profile.arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_LIMIT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DriverFailed(f"{profile.name}: {error}") from None
    if done.returncode not in (EXIT_OK, EXIT_PANICKED):
        raise DriverFailed(f"{profile.name}: the driver ended with {done.returncode}: {done.stderr.strip()}")
    paths = tuple(folder / f"{seed}.ndjson" for seed in range(first, first + count))
    panics = tuple(line for line in done.stderr.splitlines() if "the library panicked" in line)
    return Traces(paths=paths, panics=panics)
