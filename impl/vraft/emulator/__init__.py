"""Remu: a whole Raft cluster in one process, under a virtual clock, a seeded network and disks that forget.

From Python it is :class:`~vraft.emulator.cluster.Cluster`; from a file, :func:`~vraft.emulator.scenario.load_scenario`
and :class:`~vraft.emulator.runner.Runner`.  Equal seeds give equal runs, to the byte of their traces, on every machine
and version of Python.
"""

from vraft.emulator.cluster import Cluster
from vraft.emulator.errors import EmulatorError, ScenarioError
from vraft.emulator.network import InFlight
from vraft.emulator.options import DiskOptions, LinkOptions, NetworkOptions, TimingOptions
from vraft.emulator.referees import RefereeError
from vraft.emulator.runner import Result, Runner, Summary
from vraft.emulator.scenario import Scenario, builtin_names, load_scenario, read_scenario, recorded
from vraft.emulator.servers import Counts
from vraft.emulator.streams import Stream

__all__ = [
    "Cluster",
    "Counts",
    "DiskOptions",
    "EmulatorError",
    "InFlight",
    "LinkOptions",
    "NetworkOptions",
    "RefereeError",
    "Result",
    "Runner",
    "Scenario",
    "ScenarioError",
    "Stream",
    "Summary",
    "TimingOptions",
    "builtin_names",
    "load_scenario",
    "read_scenario",
    "recorded",
]
