"""Two-phase commit: a transaction manager and its resource managers, one transaction after the other."""

from __future__ import annotations

from random import Random
from typing import Any

from bench.systems.system import Event, Knobs, Logged, System, Trace, header


class _Round:
    """The managers in one transaction."""

    def __init__(self, members: list[str], knobs: Knobs, random: Random, events: list[Event]) -> None:
        self._members = members
        self._knobs = knobs
        self._random = random
        self._events = events
        self._state = dict.fromkeys(members, "working")
        self._prepared_sent: list[str] = []
        self._prepared: set[str] = set()
        self._decision = "init"

    def play(self) -> None:
        unwilling = self._random.random() < 0.2 and self._knobs.bug is None
        while not self._is_over():
            self._step(unwilling)
        self._log("NextRound")

    def _is_over(self) -> bool:
        return self._decision != "init" and all(state in ("committed", "aborted") for state in self._state.values())

    def _step(self, unwilling: bool) -> None:
        choices: list[tuple[str, str]] = []
        for member in self._members:
            state = self._state[member]
            if state == "working" and self._decision != "aborted":
                choices.append(("refuse" if unwilling and self._random.random() < 0.1 else "prepare", member))
            if state in ("working", "prepared") and self._decision == "aborted":
                choices.append(("hear", member))
            if state == "prepared" and self._decision == "committed":
                choices.append(("hear", member))
        waiting = [member for member in self._prepared_sent if member not in self._prepared]
        if self._decision == "init":
            choices += [("receive", member) for member in waiting]
            needed = len(self._members) - (self._knobs.bug == "commits without one")
            if len(self._prepared) >= needed:
                choices = [("commit", "")]
            elif "aborted" in self._state.values():
                choices.append(("abort", ""))
        act, member = self._random.choice(choices)
        getattr(self, f"_{act}")(member)

    def _prepare(self, member: str) -> None:
        self._state[member] = "prepared"
        self._prepared_sent.append(member)
        self._log("RMPrepare", rm=member, rmState="prepared")

    def _refuse(self, member: str) -> None:
        self._state[member] = "aborted"
        self._log("RMChooseToAbort", rm=member, rmState="aborted")

    def _receive(self, member: str) -> None:
        self._prepared.add(member)
        if self._knobs.logged is not Logged.HIDDEN:
            self._log("TMRcvPrepared", rm=member, tmPrepared=len(self._prepared))

    def _commit(self, _: str) -> None:
        self._decision = "committed"
        self._log("TMCommit", tmState="committed")

    def _abort(self, _: str) -> None:
        self._decision = "aborted"
        self._log("TMAbort", tmState="aborted")

    def _hear(self, member: str) -> None:
        decision = self._decision
        if self._knobs.bug == "one aborts a commit" and decision == "committed" and self._random.random() < 0.2:
            decision = "aborted"
        self._state[member] = decision
        name = "RMRcvCommitMsg" if decision == "committed" else "RMRcvAbortMsg"
        self._log(name, rm=member, rmState=decision)

    def _log(self, event: str, rm: str | None = None, **values: Any) -> None:
        said: Event = {"event": event}
        if rm is not None:
            said["rm"] = rm
        self._events.append(said | (values if self._knobs.logged is Logged.FULL else {}))


def _generate(knobs: Knobs) -> Trace:
    random = Random(knobs.seed)
    members = [f"r{number}" for number in range(1, knobs.processes + 1)]
    events: list[Event] = []
    while len(events) < knobs.events:
        _Round(members, knobs, random, events).play()
    return Trace(header("TwoPhase", knobs.logged, RM=members), tuple(events))


TWO_PHASE = System(
    name="two-phase commit", module="TwoPhase", bugs=("commits without one", "one aborts a commit"), generate=_generate
)
