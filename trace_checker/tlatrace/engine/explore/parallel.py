"""Levels of a search shared among processes, with the numbers and the verdict of one.

Each large level is cut into slices. A process is forked for every slice (so it has all states, and nothing is sent to
it), makes the successors, evaluates what is to be evaluated, and sends back the codes of the successors that the
constraints allow. This process numbers them in the order in which one process would have found them. A slice ends
where something is found or fails, and is empty where its process died; from the first such state on, the level is
searched again by this process alone, so that what is reported does not depend on the number of processes.

What processes cannot share stands in the way: values that depend on the run (``TLCGet``, ``RandomElement``) are left
to one process. The price is a fork for each slice of a level, and that what a formula remembered is remembered by its
process for one level only.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from tlatrace.engine.explore.store import Code
from tlatrace.errors import TlatraceError
from tlatrace.values import Value

if TYPE_CHECKING:
    from tlatrace.engine.explore.search import Search

SLICE_MIN = 500
"""Fewer states than this are expanded faster than a process is started."""

READ_BYTES = 1 << 18

TURN_SECONDS = 0.1


def can_fork() -> bool:
    """Whether this system can share a level: elsewhere (Windows), one process does it all."""
    return hasattr(os, "fork")


@dataclass(frozen=True, slots=True)
class Slice:
    """What one process found: for each state that it expanded, how many successors were generated and which of them
    are in the model, as codes with the number of their action. Numbers of values from ``first_new`` on stand for
    ``new_values``.
    """

    first_new: int
    new_values: list[Value]
    generated: list[int]
    found: list[list[tuple[int, Code]]]


def slices(first: int, last: int, jobs: int) -> list[range]:
    """The level cut into nearly equal parts, one a process; one part if it is small."""
    count = max(1, min(jobs, (last - first) // SLICE_MIN))
    bounds = [first + (last - first) * part // count for part in range(count + 1)]
    return [range(start, end) for start, end in pairwise(bounds)]


def expand_in_processes(search: Search, parts: Sequence[range]) -> int:
    """Expand these states, which follow one another; gives the number of the first that is left to do, which is the
    end of the last part unless something was found.
    """
    pipes: list[tuple[int, int]] = []
    try:
        for part in parts:
            pipes.append(_start(search, part))
        for part in parts:
            data = _read(pipes[0][1])
            process, pipe = pipes.pop(0)
            os.close(pipe)
            _, status = os.waitpid(process, 0)
            if status:
                return part.start
            done = _merge(search, part, pickle.loads(data))
            if done < part.stop:
                return done
        return parts[-1].stop
    finally:
        _abandon(pipes)


def _start(search: Search, part: range) -> tuple[int, int]:
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        # Python warns of threads: ours only waits for the one that runs here.
        warnings.simplefilter("ignore", DeprecationWarning)
        process = os.fork()
    if process:
        os.close(writer)
        return process, reader
    status = 1
    try:
        os.close(reader)
        with os.fdopen(writer, "wb") as out:
            pickle.dump(_expanded(search, part), out, protocol=pickle.HIGHEST_PROTOCOL)
        status = 0
    finally:
        # Nothing of the parent's (its files, its handlers) is this process's to finish.
        os._exit(status)


def _read(pipe: int) -> bytes:
    """All that is sent. It waits in short turns, since what is raised from outside (an interrupt, a time limit) strikes
    between two steps of Python only, and the process may be in an endless evaluation.
    """
    data = bytearray()
    while True:
        if not select.select([pipe], [], [], TURN_SECONDS)[0]:
            continue
        chunk = os.read(pipe, READ_BYTES)
        if not chunk:
            return bytes(data)
        data += chunk


def _abandon(pipes: Sequence[tuple[int, int]]) -> None:
    """End processes whose answers are not wanted any more."""
    for process, pipe in pipes:
        os.close(pipe)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


def _expanded(search: Search, part: range) -> Slice:
    model, store = search.model, search.model.store
    first_new = store.value_count
    generated: list[int] = []
    found: list[list[tuple[int, Code]]] = []
    judged: set[Code] = set()
    for number in part:
        code = store.codes[number]
        count = 0
        mine: list[tuple[int, Code]] = []
        try:
            for action, source in enumerate(model.successors):
                made: list[Code] = []
                source.add_to(made, code)
                count += len(made)
                for successor in made:
                    if search.is_allowed(code, successor, is_seen=False):
                        mine.append((action, successor))
                    if successor not in judged and not (model.identity is None and successor in search.seen):
                        if not all(each.holds(successor) for each in model.invariants):
                            return Slice(first_new, store.values_from(first_new), generated, found)
                        judged.add(successor)
                    if not all(step.holds(code, successor) for step in model.steps):
                        return Slice(first_new, store.values_from(first_new), generated, found)
        except TlatraceError:
            break
        if count == 0 and search.check_deadlock:
            break
        generated.append(count)
        found.append(mine)
    return Slice(first_new, store.values_from(first_new), generated, found)


def _merge(search: Search, part: range, result: Slice) -> int:
    """Number what a process found; gives the first state that it left out."""
    model, store, seen = search.model, search.model.store, search.seen
    first_new, identity, graph = result.first_new, model.identity, search.graph
    numbers = [store.number(value) for value in result.new_values]
    for number, count, found in zip(part, result.generated, result.found, strict=False):
        search.progress.generated += count
        edges: dict[int, int] = {}
        for action, sent in found:
            code = tuple([each if each < first_new else numbers[each - first_new] for each in sent])
            key = code if identity is None else identity(store.decode(code), code)
            target = seen.get(key)
            if target is None:
                target = len(store.codes)
                search.add(key, code, number)
            edges.setdefault(target, action)
        if graph is not None:
            graph.add(edges)
    search.progress.distinct = len(store.codes)
    search.progress.queue = len(store.codes) - part.start - len(result.found)
    return part.start + len(result.found)
