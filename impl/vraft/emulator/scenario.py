"""Scenarios: what a cluster is made of, what happens to it, and what must come of it, as a YAML file.

::

    name: elect2
    about: The leader is stopped, another is elected, the old one returns and follows.
    nodes: 3                      # a number, or a list of names
    voters: 3                     # the first so many of them, or names; without it all do
    seed: 2
    until: 10s
    max_entries: 16               # the largest batch of a message; max_bytes: of its values together
    max_in_flight: 1              # batches on their way to one server
    features: {pre_vote: true}    # beyond basic Raft: interval_check, check_quorum, lease_reads; or {}
    network:
      delay_ms: [1, 5]            # loss, duplicate, reorder: probabilities; reorder_delay_ms: [10, 50]
      links:
        - {from: n1, to: n2, delay_ms: [20, 40], loss: 0.1}
    disk: {sync_ms: [0, 2]}       # or {manual: true}
    timing: {tick_ms: 10, election_ticks: [15, 30], heartbeat_ticks: 5, rates: {n2: 101/100}}  # drift: 1/20
    events:
      - {when: one_leader, mark: }
      - {after: 500ms, stop_leader: }
      - {when: {leader: changed}, restart: stopped}
      - {at: 9s, expect: one_leader}
    expect: [one_leader, logs_agree, {term: risen}]

An event has one directive (:mod:`vraft.emulator.directives`) and says when.  ``at`` is a virtual time.  ``when`` waits
for a condition, ``after`` for a time to pass; with both, the time passes once the condition holds.  They begin to wait
when the event before them in the list has happened.  A scenario fails if an event never happens, if its directive
cannot be carried out, or if an expectation is not met.

Without ``features`` the cluster is one of basic Raft, and its trace one of ``Raft.tla``; with them (be they all off:
``{}``) it can hand over leadership too, and its trace is one of ``Membership.tla``.

With ``manual: true`` nothing happens by itself: the events are operations (``timeout: n1``, ``deliver: 3``), carried
out one after another, and have no time.  :func:`recorded` writes such a scenario from what was done to a cluster.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib import resources
from pathlib import Path

import yaml

from vraft import tracing
from vraft.core import FEATURE_NAMES, Features, InputError
from vraft.core.node import IN_FLIGHT_MAX
from vraft.emulator.cluster import Cluster
from vraft.emulator.conditions import Condition, read_conditions
from vraft.emulator.directives import DIRECTIVES, UNATTENDED, Directive
from vraft.emulator.document import Value, parse, shown, suggestion
from vraft.emulator.errors import EmulatorError, ScenarioError
from vraft.emulator.options import NODES_MAX, DiskOptions, LinkOptions, NetworkOptions, TimingOptions, node_names
from vraft.emulator.stage import REFERENCES

SEED_MAX = 2**64 - 1
TICKS_MAX = 1_000_000
ENTRIES_MAX = 100_000
BYTES_MAX = 1_000_000_000
EVENTS_MAX = 100_000

_KEYS = (
    "name",
    "about",
    "nodes",
    "voters",
    "seed",
    "manual",
    "until",
    "max_entries",
    "max_bytes",
    "max_in_flight",
    "features",
    "network",
    "disk",
    "timing",
    "events",
    "expect",
)
_WHEN = ("at", "when", "after")
_LINK = ("delay_ms", "loss", "duplicate", "reorder", "reorder_delay_ms")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioEvent:
    """Something that happens; times in microseconds.  ``line`` is where it stands in the file."""

    directive: Directive
    name: str
    line: int
    at_us: int | None = None
    when: tuple[Condition, ...] = ()
    after_us: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario, read and checked."""

    name: str
    about: str
    path: str
    nodes: tuple[str, ...]
    voters: tuple[str, ...] | None = None
    seed: int
    manual: bool
    until_us: int
    max_entries: int
    max_bytes: int | None = None
    max_in_flight: int = 1
    features: Features | None
    """None for a cluster of basic Raft, whose traces know nothing of features."""
    network: NetworkOptions
    disk: DiskOptions
    timing: TimingOptions
    events: tuple[ScenarioEvent, ...]
    expect: tuple[Condition, ...]

    @property
    def is_basic(self) -> bool:
        """Whether its trace is one of ``Raft.tla``."""
        return self.features is None and self.voters is None

    def header(self, *, version: str) -> tracing.Event:
        """The first line of the trace of a run."""
        return tracing.header(
            self.nodes,
            scenario=self.name,
            seed=self.seed,
            version=version,
            features=self.features,
            voters=self.voters,
            clocks=clocks_of(self.timing, self.disk),
        )


def clocks_of(timing: TimingOptions, disk: DiskOptions) -> tracing.Clocks:
    """What a cluster believes of its clocks, and how late a trace tells of them."""
    return tracing.Clocks(
        election_ticks_min=timing.election_ticks[0],
        lease_ticks=timing.lease_ticks,
        tick_us=timing.tick_us,
        drift=timing.drift,
        lag_us=disk.sync_us[1],
    )


def builtin_names() -> tuple[str, ...]:
    """The scenarios that come with the package."""
    folder = resources.files("vraft.emulator") / "scenarios"
    return tuple(sorted(item.name.removesuffix(".yaml") for item in folder.iterdir() if item.name.endswith(".yaml")))


def load_scenario(
    name: str, *, seed: int | None = None, nodes: int | None = None, features: Features | None = None
) -> Scenario:
    """A scenario by its file, or by the name of one that comes with the package.

    ``seed``, ``nodes`` and ``features`` replace those of the file.  Raises ``OSError`` for a file that cannot be read,
    and :class:`~vraft.emulator.errors.EmulatorError`.
    """
    if not name:
        raise EmulatorError(f"expected a scenario's file or name, found ''; the names are {', '.join(builtin_names())}")
    path = Path(name)
    if name in builtin_names() and not path.exists():
        resource = resources.files("vraft.emulator") / "scenarios" / f"{name}.yaml"
        text = resource.read_text(encoding="utf-8")
        return read_scenario(text, f"{name}.yaml", seed=seed, nodes=nodes, features=features)
    if not path.exists() and path.suffix not in (".yaml", ".yml"):
        raise ScenarioError(
            name, 1, 1, f"there is no such file or built-in scenario; {suggestion(name, builtin_names())}"
        )
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ScenarioError(name, 1, 1, f"the file is not UTF-8: {error.reason} at byte {error.start}") from None
    return read_scenario(text, name, seed=seed, nodes=nodes, features=features)


def read_scenario(
    text: str, path: str, *, seed: int | None = None, nodes: int | None = None, features: Features | None = None
) -> Scenario:
    """A scenario from its text; ``path`` is what complaints call it."""
    _check_instead("nodes", nodes, 1, NODES_MAX)
    _check_instead("seed", seed, 0, SEED_MAX)
    root = parse(text, path)
    parts = root.mapping(_KEYS)
    manual = "manual" in parts and parts["manual"].boolean()
    names = _read_nodes(parts.get("nodes"), nodes)
    if not manual and "until" not in parts:
        raise root.error("key 'until' is missing: for how long is the cluster to run?")
    if manual and "until" in parts:
        raise parts["until"].error("a manual scenario ends with its last event, and 'until' says nothing")
    voters = _read_voters(parts["voters"], names) if "voters" in parts else None
    events = _read_events(parts["events"], names, manual=manual) if "events" in parts else ()
    if features is None and "features" in parts:
        features = _read_features(parts["features"])
    disk = _read_disk(parts["disk"]) if "disk" in parts else DiskOptions()
    if disk.manual and features is not None and features.lease_reads:
        raise parts["disk"].error(
            "lease_reads does not go with a disk that waits for 'sync': leases are judged by the time at which a step "
            "is durable, which has no bound here; use sync_ms"
        )
    return Scenario(
        name=parts["name"].text() if "name" in parts else _printable(Path(path).stem),
        about=parts["about"].text() if "about" in parts else "",
        path=path,
        nodes=names,
        voters=voters,
        seed=seed if seed is not None else parts["seed"].integer(0, SEED_MAX) if "seed" in parts else 0,
        manual=manual,
        until_us=parts["until"].duration_us() if "until" in parts else 0,
        max_entries=parts["max_entries"].integer(1, ENTRIES_MAX) if "max_entries" in parts else 16,
        max_bytes=parts["max_bytes"].integer(1, BYTES_MAX) if "max_bytes" in parts else None,
        max_in_flight=parts["max_in_flight"].integer(1, IN_FLIGHT_MAX) if "max_in_flight" in parts else 1,
        features=features,
        network=_read_network(parts["network"], names) if "network" in parts else NetworkOptions(),
        disk=disk,
        timing=_read_timing(parts["timing"], names) if "timing" in parts else TimingOptions(),
        events=events,
        expect=read_conditions(parts["expect"], names) if "expect" in parts else (),
    )


def recorded(cluster: Cluster, *, name: str, about: str = "") -> str:
    """The scenario, as YAML, that does to a cluster what was done to this one by hand."""
    if cluster.automatic:
        raise ValueError("only what was done to a cluster by hand (automatic=False) can be recorded")
    document: dict[str, object] = {"name": name}
    if about:
        document["about"] = about
    document |= {
        "nodes": list(cluster.names),
        **({} if cluster.voters is None else {"voters": list(cluster.voters)}),
        "seed": cluster.seed,
        "manual": True,
        "max_entries": cluster.max_entries,
        **({} if cluster.max_bytes is None else {"max_bytes": cluster.max_bytes}),
        **({} if cluster.max_in_flight == 1 else {"max_in_flight": cluster.max_in_flight}),
    }
    if cluster.features is not None:
        document["features"] = dict.fromkeys(cluster.features.names(), True)
    if cluster.manual_sync:
        document["disk"] = {"manual": True}
    document["events"] = [{operation: argument} for operation, argument in cluster.operations]
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, default_flow_style=None, width=120)


def _check_instead(name: str, given: int | None, low: int, high: int) -> None:
    """What replaces something in a file is within the bounds that the file would have to keep."""
    if given is not None and not low <= given <= high:
        raise EmulatorError(f"{name}: expected an integer from {low} to {high}, found {shown(str(given))}")


def _printable(name: str) -> str:
    """The name of a file; with escapes where it is no text, which every trace that bears it has to be."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _read_nodes(value: Value | None, instead: int | None) -> tuple[str, ...]:
    if instead is not None:
        return node_names(instead)
    if value is None:
        return node_names(3)
    if not value.is_list():
        return node_names(value.integer(1, NODES_MAX))
    names: list[str] = []
    for item in value.items():
        name = item.text()
        if not _NAME.fullmatch(name) or name in REFERENCES:
            raise item.error(f"expected a name of letters and digits that is no reference, found {shown(name)}")
        if name in names:
            raise item.error(f"server {name!r} is there twice")
        names.append(name)
    if not 1 <= len(names) <= NODES_MAX:
        raise value.error(f"expected 1 to {NODES_MAX} servers, found {len(names)}")
    return tuple(names)


def _read_features(value: Value) -> Features:
    parts = value.mapping(FEATURE_NAMES, what="feature")
    try:
        return Features(**{name: switch.boolean() for name, switch in parts.items()})
    except InputError as error:
        raise value.error(str(error)) from None


def _read_voters(value: Value, servers: Sequence[str]) -> tuple[str, ...]:
    """Names, or how many of the servers vote at first."""
    if not value.is_list():
        return tuple(servers[: value.integer(1, len(servers))])
    voters = tuple(item.word(servers, what="server") for item in value.items())
    if not voters or len(set(voters)) != len(voters):
        raise value.error(f"expected some servers, each once, found {', '.join(voters) or 'none'}")
    return voters


def _read_network(value: Value, servers: Sequence[str]) -> NetworkOptions:
    parts = value.mapping((*_LINK, "links"))
    default = _read_link(parts, LinkOptions())
    links = {}
    for item in parts["links"].items() if "links" in parts else ():
        link = item.mapping((*_LINK, "from", "to"), required=("from", "to"))
        ends = (link["from"].word(servers, what="server"), link["to"].word(servers, what="server"))
        if ends[0] == ends[1]:
            raise item.error(f"expected two servers, found {ends[0]} twice: a server has no link to itself")
        if ends in links:
            raise item.error(f"the link from {ends[0]} to {ends[1]} is there twice")
        links[ends] = _read_link(link, default)
    return NetworkOptions(default=default, links=links)


def _read_link(parts: Mapping[str, Value], default: LinkOptions) -> LinkOptions:
    return LinkOptions(
        delay_us=parts["delay_ms"].range_us() if "delay_ms" in parts else default.delay_us,
        loss=parts["loss"].probability() if "loss" in parts else default.loss,
        duplicate=parts["duplicate"].probability() if "duplicate" in parts else default.duplicate,
        reorder=parts["reorder"].probability() if "reorder" in parts else default.reorder,
        reorder_delay_us=parts["reorder_delay_ms"].range_us()
        if "reorder_delay_ms" in parts
        else default.reorder_delay_us,
    )


def _read_disk(value: Value) -> DiskOptions:
    parts = value.mapping(("sync_ms", "manual"))
    manual = "manual" in parts and parts["manual"].boolean()
    if manual and "sync_ms" in parts:
        raise parts["sync_ms"].error(
            "with manual: true the disks take as long as 'sync' says, and sync_ms says nothing"
        )
    return DiskOptions(sync_us=parts["sync_ms"].range_us() if "sync_ms" in parts else (0, 0), manual=manual)


def _read_timing(value: Value, servers: Sequence[str]) -> TimingOptions:
    parts = value.mapping(("tick_ms", "election_ticks", "heartbeat_ticks", "rates", "drift"))
    default = TimingOptions()
    tick_us = parts["tick_ms"].milliseconds_us() if "tick_ms" in parts else default.tick_us
    if tick_us < 1:
        raise parts["tick_ms"].error("a tick takes some time")
    election = default.election_ticks
    if "election_ticks" in parts:
        low, high = parts["election_ticks"].pair()
        election = (low.integer(1, TICKS_MAX), high.integer(1, TICKS_MAX))
        if election[0] > election[1]:
            raise parts["election_ticks"].error(f"the least, {election[0]}, is more than the most, {election[1]}")
    heartbeat = (
        parts["heartbeat_ticks"].integer(1, TICKS_MAX) if "heartbeat_ticks" in parts else default.heartbeat_ticks
    )
    rates = parts["rates"].mapping(servers, what="server") if "rates" in parts else {}
    return TimingOptions(
        tick_us=tick_us,
        election_ticks=election,
        heartbeat_ticks=heartbeat,
        rates={name: _read_rate(rate, tick_us) for name, rate in rates.items()},
        drift=_read_drift(parts["drift"]) if "drift" in parts else default.drift,
    )


def _read_rate(value: Value, tick_us: int) -> Fraction:
    """A clock's rate: virtual time has microseconds, and no clock may tick more often."""
    rate = value.ratio()
    if rate > tick_us:
        raise value.error(
            f"expected a rate of at most {tick_us:,}, which is a tick a microsecond, found {value.text()}"
        )
    return rate


def _read_drift(value: Value) -> Fraction:
    drift = value.ratio()
    if drift >= 1:
        raise value.error(f"expected a ratio of less than 1, found {shown(value.text())}")
    return drift


def _read_events(value: Value, servers: Sequence[str], *, manual: bool) -> tuple[ScenarioEvent, ...]:
    items = value.items()
    if len(items) > EVENTS_MAX:
        raise value.error(f"a scenario has at most {EVENTS_MAX} events, found {len(items)}")
    return tuple(_read_event(item, servers, manual=manual) for item in items)


def _read_event(value: Value, servers: Sequence[str], *, manual: bool) -> ScenarioEvent:
    parts = value.mapping((*_WHEN, *DIRECTIVES), what="event key")
    timing = [name for name in parts if name in _WHEN]
    directives = [name for name in parts if name in DIRECTIVES]
    if len(directives) != 1:
        found = " and ".join(directives) or "none"
        raise value.error(f"an event has exactly one directive ({', '.join(DIRECTIVES)}), found {found}")
    if manual and directives[0] in UNATTENDED:
        raise value.error(f"in a manual scenario nothing happens by itself, so that {directives[0]} would do nothing")
    if manual and timing:
        raise parts[timing[0]].error("in a manual scenario the events come one after another and have no time")
    if not manual and not timing:
        raise value.error("an event says when it happens: at, when or after")
    if "at" in parts and len(timing) > 1:
        raise parts["at"].error("'at' is a time of its own; it goes with neither when nor after")
    name = directives[0]
    return ScenarioEvent(
        directive=DIRECTIVES[name](parts[name], servers),
        name=name,
        line=value.line,
        at_us=parts["at"].duration_us() if "at" in parts else None,
        when=read_conditions(parts["when"], servers) if "when" in parts else (),
        after_us=parts["after"].duration_us() if "after" in parts else None,
    )
