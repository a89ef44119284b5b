"""What a scenario can wait for (``when``) and demand (``expect``).

In YAML a condition is a word (``one_leader``) or a mapping (``{leader: exists, committed: {at_least: 5}}``), all of
whose parts must hold.  With a part ``with`` the others are demanded only of clusters with those features
(``{with: {pre_vote: true, interval_check: false}, term: same}``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from vraft.core import FEATURE_NAMES, NO_FEATURES, Configuration, Entry, Role
from vraft.emulator.document import Value, shown, suggestion
from vraft.emulator.host import Host
from vraft.emulator.stage import Servers, Stage, read_members

NUMBER_MAX = 10**9


class Condition(Protocol):
    """Something that holds in a cluster or does not."""

    def holds(self, stage: Stage) -> bool:
        """Whether it holds now."""

    def found(self, stage: Stage) -> str:
        """What is the case instead, for the message when it does not."""


@dataclass(frozen=True, slots=True)
class LeaderIs:
    """``leader: exists | none | same | changed | <name>``; the last two before it compare with the last mark."""

    what: str

    def __str__(self) -> str:
        return f"leader: {self.what}"

    def holds(self, stage: Stage) -> bool:
        leader = stage.cluster.leader()
        if self.what == "exists":
            return leader is not None
        if self.what == "none":
            return leader is None
        if self.what == "same":
            return leader == stage.mark.leader
        if self.what == "changed":
            return leader is not None and leader != stage.mark.leader
        return leader == self.what

    def found(self, stage: Stage) -> str:
        return f"the leader is {stage.cluster.leader() or 'nobody'}, at the mark it was {stage.mark.leader or 'nobody'}"


@dataclass(frozen=True, slots=True)
class OneLeader:
    """``one_leader``: one server leads, and all other members that run follow it in its term."""

    def __str__(self) -> str:
        return "one_leader"

    def holds(self, stage: Stage) -> bool:
        cluster = stage.cluster
        leader = cluster.leader()
        if leader is None:
            return False
        term = cluster.node(leader).term
        return all(
            host.leader == leader and host.term == term and (host.role is Role.FOLLOWER or host.name == leader)
            for host in stage.members()
        )

    def found(self, stage: Stage) -> str:
        hosts = stage.members()
        told = [f"{host.name} is {host.role.value} of term {host.term} behind {host.leader}" for host in hosts]
        return ", ".join(told) or "no member runs"


@dataclass(frozen=True, slots=True)
class LogsAgree:
    """``logs_agree``: all members that run have the same log, committed the same part of it, and applied the same."""

    def __str__(self) -> str:
        return "logs_agree"

    def holds(self, stage: Stage) -> bool:
        hosts = stage.members()
        first = hosts[0] if hosts else None
        return all(
            host.applied == first.applied
            and host.storage.last_index == first.storage.last_index
            and _tail(host) == _tail(first)
            for host in hosts
            if first is not None
        )

    def found(self, stage: Stage) -> str:
        return ", ".join(
            f"{host.name} has {host.storage.last_index} entries, {host.commit_index} committed"
            for host in stage.members()
        )


def _tail(host: Host) -> list[Entry]:
    """What the disk has after all that was applied: before that, it may be in a snapshot."""
    return host.storage.entries[len(host.applied) + 1 - host.storage.first_index :]


@dataclass(frozen=True, slots=True)
class StatesAgree:
    """``states_agree``: the state machines of all servers that run have applied the same entries to the same effect."""

    def __str__(self) -> str:
        return "states_agree"

    def holds(self, stage: Stage) -> bool:
        machines = [stage.cluster.node(name).machine for name in stage.cluster.up()]
        first = machines[0] if machines else None
        return all(
            first is not None and machine.checksum == first.checksum and machine.values == first.values
            for machine in machines
        )

    def found(self, stage: Stage) -> str:
        hosts = [stage.cluster.node(name) for name in stage.cluster.up()]
        return ", ".join(f"{host.name} has applied {host.machine.applied} entries" for host in hosts)


@dataclass(frozen=True, slots=True)
class TermIs:
    """``term: same | risen``, compared with the last mark."""

    what: str

    def __str__(self) -> str:
        return f"term: {self.what}"

    def holds(self, stage: Stage) -> bool:
        return stage.term() == stage.mark.term if self.what == "same" else stage.term() > stage.mark.term

    def found(self, stage: Stage) -> str:
        return f"the term is {stage.term()}, at the mark it was {stage.mark.term}"


@dataclass(frozen=True, slots=True)
class RolesAre:
    """``role: {n1: Leader, …}``"""

    roles: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return "role: " + ", ".join(f"{name} {role}" for name, role in self.roles)

    def holds(self, stage: Stage) -> bool:
        hosts = [(stage.cluster.node(name), role) for name, role in self.roles]
        return all(host.up and host.role.value == role for host, role in hosts)

    def found(self, stage: Stage) -> str:
        hosts = [stage.cluster.node(name) for name, _ in self.roles]
        return ", ".join(f"{host.name} is {host.role.value if host.up else 'down'}" for host in hosts)


NUMBERS: Mapping[str, Callable[[Stage], int]] = {
    # What can be counted: entries committed; values of clients committed; …
    "committed": lambda stage: len(stage.cluster.referees.committed),
    "values": lambda stage: stage.values(),
    "term": lambda stage: stage.term(),
    "elections": lambda stage: stage.cluster.counts.elections,
    "events": lambda stage: stage.cluster.counts.events,
    "crashes": lambda stage: stage.cluster.counts.crashes,
    "restarts": lambda stage: stage.cluster.counts.restarts,
    "steps_lost": lambda stage: stage.cluster.counts.steps_lost,
    "accepted": lambda stage: stage.cluster.counts.accepted,
    "voting": lambda stage: len(stage.cluster.referees.config.electorate),
    "snapshots": lambda stage: stage.cluster.counts.snapshots,
    "divergences": lambda stage: stage.cluster.counts.divergences,
    "installed": lambda stage: stage.cluster.counts.installed,
    "refused": lambda stage: stage.cluster.counts.refused,
    "reads": lambda stage: stage.reads_answered(),
    "commands": lambda stage: stage.commands(),
    "leaders_now": lambda stage: sum(stage.cluster.node(name).role is Role.LEADER for name in stage.cluster.up()),
    "lost": lambda stage: stage.cluster.traffic.lost,
    "stopped": lambda stage: len(stage.cluster.down()),
}


@dataclass(frozen=True, slots=True)
class NumberIs:
    """``committed: 5`` (exactly) or ``committed: {at_least: 5, at_most: 9}``, and so for every name in NUMBERS."""

    name: str
    low: int
    high: int

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{self.name}: {self.low}"
        bounds = [f"at least {self.low}"] if self.low > 0 else []
        bounds += [f"at most {self.high}"] if self.high < NUMBER_MAX else []
        return f"{self.name}: {' and '.join(bounds)}"

    def holds(self, stage: Stage) -> bool:
        return self.low <= NUMBERS[self.name](stage) <= self.high

    def found(self, stage: Stage) -> str:
        return f"{self.name} is {NUMBERS[self.name](stage)}"


@dataclass(frozen=True, slots=True)
class OnlyWith:
    """``{with: {pre_vote: true}, term: same}``: what is demanded only where the features are these."""

    features: tuple[tuple[str, bool], ...]
    condition: Condition

    def __str__(self) -> str:
        wanted = ", ".join(name if value else f"no {name}" for name, value in self.features)
        return f"{self.condition} (with {wanted})"

    def holds(self, stage: Stage) -> bool:
        features = stage.cluster.features or NO_FEATURES
        return any(getattr(features, name) != value for name, value in self.features) or self.condition.holds(stage)

    def found(self, stage: Stage) -> str:
        return self.condition.found(stage)


@dataclass(frozen=True, slots=True)
class ConfigIs:
    """``config: {voters: [n1, n2], learners: [n3]}``: all members that run have this configuration, and it is
    committed."""

    voters: Servers
    learners: Servers

    @classmethod
    def read(cls, value: Value, servers: Sequence[str]) -> ConfigIs:
        """Read it."""
        return cls(*read_members(value.mapping(("voters", "learners"), required=("voters",)), servers))

    def __str__(self) -> str:
        return f"config: voters {self.voters}, learners {self.learners or 'nobody'}"

    def holds(self, stage: Stage) -> bool:
        wanted = Configuration.of(self.voters.resolve(stage), learners=self.learners.resolve(stage))
        return stage.cluster.referees.config == wanted and all(
            host.core is not None and host.core.config == wanted for host in stage.members()
        )

    def found(self, stage: Stage) -> str:
        known = [(host.name, host.core.config) for host in stage.members() if host.core is not None]
        committed = stage.cluster.referees.config
        return f"committed is {_show(committed)}; " + ", ".join(f"{name} has {_show(config)}" for name, config in known)


def _show(config: Configuration) -> str:
    parts = [("voters", config.voters), ("outgoing", config.outgoing), ("learners", config.learners)]
    return " ".join(f"{name} {'+'.join(sorted(members))}" for name, members in parts if members)


WORDS: Mapping[str, Callable[[], Condition]] = {
    "one_leader": OneLeader,
    "logs_agree": LogsAgree,
    "states_agree": StatesAgree,
}
CONDITIONS: tuple[str, ...] = (*WORDS, "leader", "role", "config", *NUMBERS)


def read_conditions(value: Value, servers: Sequence[str]) -> tuple[Condition, ...]:
    """A condition: a word, a mapping, or a list of those; all of it must hold."""
    if value.is_list():
        return tuple(
            condition for item in value.some_items("condition") for condition in read_conditions(item, servers)
        )
    if value.is_mapping():
        parts = [(key, argument) for key, argument in value.entries() if key.text() != "with"]
        if not parts:
            raise value.error(f"expected a condition, found none; they are {', '.join(CONDITIONS)}")
        conditions = tuple(_read(key, argument, servers) for key, argument in parts)
        features = [argument for key, argument in value.entries() if key.text() == "with"]
        return tuple(OnlyWith(_read_with(features[0]), one) for one in conditions) if features else conditions
    word = value.text()
    if word in WORDS:
        return (WORDS[word](),)
    if word in CONDITIONS:
        raise value.error(f"the condition {word!r} needs a value: {{{word}: …}}")
    raise value.error(f"unknown condition {shown(word)}; {suggestion(word, CONDITIONS)}")


def _read_with(value: Value) -> tuple[tuple[str, bool], ...]:
    parts = value.mapping(FEATURE_NAMES, what="feature")
    return tuple((name, wanted.boolean()) for name, wanted in parts.items())


def _read(key: Value, argument: Value, servers: Sequence[str]) -> Condition:
    name = key.word(CONDITIONS, what="condition")
    if name in WORDS:
        if not argument.boolean():
            raise argument.error(f"{name} can only be demanded, not denied: expected true")
        return WORDS[name]()
    if name == "leader":
        return LeaderIs(argument.word(("exists", "none", "same", "changed", *servers), what="leader"))
    if name == "config":
        return ConfigIs.read(argument, servers)
    if name == "role":
        roles = argument.mapping(servers, what="server")
        if not roles:
            raise argument.error("expected a role for at least one server, such as {n1: Leader}, found none")
        names = [role.value for role in Role]
        return RolesAre(tuple((server, role.word(names, what="role")) for server, role in roles.items()))
    if name == "term" and not argument.is_mapping() and not argument.text().isdigit():
        return TermIs(argument.word(("same", "risen"), what="comparison of terms"))
    return _read_number(name, argument)


def _read_number(name: str, argument: Value) -> NumberIs:
    if not argument.is_mapping():
        exactly = argument.integer(0, NUMBER_MAX)
        return NumberIs(name, exactly, exactly)
    bounds = argument.mapping(("at_least", "at_most"), what="bound")
    if not bounds:
        raise argument.error("expected at_least, at_most or both")
    low = bounds["at_least"].integer(0, NUMBER_MAX) if "at_least" in bounds else 0
    high = bounds["at_most"].integer(0, NUMBER_MAX) if "at_most" in bounds else NUMBER_MAX
    if low > high:
        raise argument.error(f"at_least {low} is more than at_most {high}")
    return NumberIs(name, low, high)
