"""Running a scenario: from its first event to what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from vraft import tracing
from vraft.core import RaftCore
from vraft.emulator.cluster import Cluster
from vraft.emulator.errors import EmulatorError
from vraft.emulator.referees import RefereeError
from vraft.emulator.scenario import Scenario, ScenarioEvent
from vraft.emulator.stage import Stage, StageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A run in numbers; the time is virtual."""

    nodes: int
    time_us: int
    events: int
    elections: int
    term: int
    leader: str | None
    leaders: tuple[str, ...]
    """Who led, in the order of the terms."""
    committed: int
    values: int
    accepted: int
    refused: int
    crashes: int
    restarts: int
    steps_lost: int
    sent: int
    delivered: int
    lost: int
    duplicated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a scenario.  ``failures`` says what went otherwise than it demands; none means that it is met."""

    scenario: str
    seed: int
    failures: tuple[str, ...]
    summary: Summary

    @property
    def ok(self) -> bool:
        """Whether everything was as the scenario demands."""
        return not self.failures

    def as_json(self) -> dict[str, Any]:
        """The result as plain values."""
        return {"scenario": self.scenario, "seed": self.seed, "ok": self.ok, **asdict(self)}


class Runner:
    """Runs one scenario, once.

    The keyword arguments are those of :class:`~vraft.emulator.cluster.Cluster`.  ``cluster`` can be looked at before
    and after the run.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        node_class: type[RaftCore] = RaftCore,
        assertions: bool = True,
        referees: bool = True,
        on_event: Callable[[tracing.Event], None] | None = None,
    ) -> None:
        self.scenario = scenario
        self.cluster = Cluster(
            scenario.nodes,
            voters=scenario.voters,
            seed=scenario.seed,
            features=scenario.features,
            node_class=node_class,
            network=scenario.network,
            disk=scenario.disk,
            timing=scenario.timing,
            max_entries=scenario.max_entries,
            max_bytes=scenario.max_bytes,
            max_in_flight=scenario.max_in_flight,
            assertions=assertions,
            referees=referees,
            automatic=not scenario.manual,
            on_event=on_event,
        )
        self._stage = Stage(self.cluster)
        self._failures: list[str] = []
        self._happened: set[int] = set()
        self._turn = 0  # All events before this one have happened.
        self._waiting: int | None = None
        self._due_us: dict[int, int] = {}  # When an event is to happen, once that is known.

    def run(self) -> Result:
        """Run the scenario to its end, or to the first violated property."""
        try:
            if self.scenario.manual:
                for number in range(len(self.scenario.events)):
                    self._happen(number)
            else:
                self._run_by_itself()
        except RefereeError as violation:
            self._failures.append(str(violation))
        else:
            self._judge()
        return Result(
            scenario=self.scenario.name,
            seed=self.scenario.seed,
            failures=tuple(self._failures),
            summary=self._summary(),
        )

    # Events -----------------------------------------------------------------------------------------------------------

    def _run_by_itself(self) -> None:
        for number, event in enumerate(self.scenario.events):
            if event.at_us is not None:
                self._at(event.at_us, number)
        self._await(0)
        self.cluster.run_until(self._attend, limit_us=self.scenario.until_us)

    def _await(self, number: int) -> None:
        """All events before this one have happened: begin to wait for it, unless it has a time of its own."""
        if number >= len(self.scenario.events):
            return
        event = self.scenario.events[number]
        if event.when:
            self._waiting = number
        elif event.after_us is not None:
            self._at(self.cluster.now_us + event.after_us, number)

    def _attend(self) -> bool:
        """Let the event happen whose condition holds now; never the end of the run."""
        while self._waiting is not None:
            number = self._waiting
            event = self.scenario.events[number]
            if not all(condition.holds(self._stage) for condition in event.when):
                break
            self._waiting = None
            if event.after_us is None:
                self._happen(number)
            else:
                self._at(self.cluster.now_us + event.after_us, number)
        return False

    def _at(self, time_us: int, number: int) -> None:
        self._due_us[number] = time_us
        self.cluster.call_at(time_us, lambda: self._happen(number))

    def _happen(self, number: int) -> None:
        event = self.scenario.events[number]
        self._happened.add(number)
        try:
            event.directive.run(self._stage)
        except (StageError, EmulatorError) as error:
            self._fail(event, str(error))
        if number == self._turn:
            while self._turn in self._happened:
                self._turn += 1
            if not self.scenario.manual:
                self._await(self._turn)

    # The end ----------------------------------------------------------------------------------------------------------

    def _judge(self) -> None:
        for number, event in enumerate(self.scenario.events):
            if number not in self._happened:
                self._failures.append(f"{self._place(event)} never happened: {self._why_not(number)}")
        for condition in self.scenario.expect:
            if not condition.holds(self._stage):
                self._failures.append(f"at the end: expected {condition}; found: {condition.found(self._stage)}")

    def _why_not(self, number: int) -> str:
        """Why an event has not happened at the end of the run."""
        end = f"the run ends at {_seconds(self.scenario.until_us)}"
        if number in self._due_us:
            return f"it is due at {_seconds(self._due_us[number])}, and {end}"
        if number == self._waiting:
            unmet = [each for each in self.scenario.events[number].when if not each.holds(self._stage)]
            met = "its conditions never held together" if not unmet else ""
            found = "; ".join(f"it waits for {each}, found: {each.found(self._stage)}" for each in unmet)
            return f"{met or found}, and {end}"
        before = self.scenario.events[self._turn]
        return f"it comes after {before.name} in line {before.line}, which never happened"

    def _place(self, event: ScenarioEvent) -> str:
        return f"{self.scenario.path}:{event.line}: {event.name}"

    def _fail(self, event: ScenarioEvent, text: str) -> None:
        self._failures.append(f"{self._place(event)} at {_seconds(self.cluster.now_us)}: {text}")

    def _summary(self) -> Summary:
        cluster, counts, traffic = self.cluster, self.cluster.counts, self.cluster.traffic
        leaders = cluster.referees.leaders
        return Summary(
            nodes=len(cluster.names),
            time_us=cluster.now_us,
            events=counts.events,
            elections=counts.elections,
            term=self._stage.term(),
            leader=cluster.leader(),
            leaders=tuple(name for term in sorted(leaders) for name in leaders[term]),
            committed=len(cluster.referees.committed),
            values=self._stage.values(),
            accepted=counts.accepted,
            refused=counts.refused,
            crashes=counts.crashes,
            restarts=counts.restarts,
            steps_lost=counts.steps_lost,
            sent=traffic.sent,
            delivered=traffic.delivered,
            lost=traffic.lost,
            duplicated=traffic.duplicated,
        )


def _seconds(us: int) -> str:
    return f"{us / 1_000_000:.12g} s"
