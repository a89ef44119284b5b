"""The traces that are measured: a cluster under load, with a crash or a partition now and then.

A trace of ``n`` events is the first ``n`` events of one endless run, so that a longer trace differs from a shorter one
in nothing but its length. The seed fixes the run: everybody measures the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata
from itertools import islice
from pathlib import Path

from bench.errors import BenchError
from vraft import tracing
from vraft.emulator import Runner, Scenario, read_scenario

SEED = 11

FAULT_CYCLES = 200
"""Each takes some 3,000 events, of which the longest trace has 20,000: the run does not end before the trace does."""

_SETTING = """\
name: bench
nodes: {nodes}
seed: {seed}
until: 3600s
network: {{delay_ms: [1, 10], loss: 0.01, duplicate: 0.01, reorder: 0.02}}
disk: {{sync_ms: [0, 5]}}
events:
  - {{at: 0s, load: {{every: 50ms, count: 10000}}}}
"""

_FAULT_CYCLE = """\
  - {when: one_leader, after: 4s, stop_leader: }
  - {when: one_leader, after: 500ms, restart: stopped}
  - {when: one_leader, after: 4s, mark: }
  - {after: 0s, isolate: leader}
  - {when: {leader: changed}, after: 500ms, heal: }
"""


class _LongEnough(Exception):
    """Stops the emulator, and never leaves this module."""


def scenario(nodes: int) -> Scenario:
    """The run of a cluster of ``nodes`` servers."""
    return read_scenario(_SETTING.format(nodes=nodes, seed=SEED) + _FAULT_CYCLE * FAULT_CYCLES, "bench.yaml")


def write_traces(folder: Path, nodes: int, lengths: Sequence[int]) -> dict[int, Path]:
    """The traces of these lengths (in events), as files in ``folder``.

    Raises:
        BenchError: the run ends before the longest of them.
    """
    ascending = sorted(set(lengths))
    longest = _path(folder, nodes, ascending[-1])
    _record(longest, nodes, ascending[-1])
    for length in ascending[:-1]:
        with (
            open(longest, encoding="utf-8", newline="") as source,
            open(_path(folder, nodes, length), "w", encoding="utf-8", newline="") as target,
        ):
            target.writelines(islice(source, length + 1))  # the first line is the header
    return {length: _path(folder, nodes, length) for length in ascending}


def _path(folder: Path, nodes: int, length: int) -> Path:
    return folder / f"{nodes}-nodes-{length}-events.ndjson"


def _record(path: Path, nodes: int, length: int) -> None:
    run = scenario(nodes)
    version = metadata.version("tla-conformance")
    written = 0
    with tracing.TraceWriter(str(path)) as writer:
        writer.write(tracing.header(run.nodes, scenario=run.name, seed=run.seed, version=version))

        def write(event: tracing.Event) -> None:
            nonlocal written
            writer.write(event)
            written += 1
            if written == length:
                raise _LongEnough

        try:
            Runner(run, on_event=write).run()
        except _LongEnough:
            return
    raise BenchError(f"the run of {nodes} servers ended after {written} events; {length} were wanted")
