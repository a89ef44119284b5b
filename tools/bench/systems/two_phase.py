"""Two-phase commit: a transaction manager and its resource managers, one transaction after the other."""

from __future__ import annotations

from random import Random

from bench.systems.system import Knobs, Logged, Recorder, Stamp, System, Trace

MANAGER = "tm"


class _Round:
    """The managers in one transaction."""

    def __init__(self, members: list[str], knobs: Knobs, random: Random, recorder: Recorder) -> None:
        self._members = members
        self._knobs = knobs
        self._random = random
        self._recorder = recorder
        # In every other round or so, one of them is where a bug shows.
        self._odd = random.choice(members) if random.random() < 0.5 else None
        self._state = dict.fromkeys(members, "working")
        self._prepared_sent: dict[str, Stamp] = {}
        self._prepared: set[str] = set()
        self._decision = "init"
        self._decided: Stamp = {}

    def play(self) -> None:
        unwilling = self._random.random() < 0.2 and self._knobs.bug is None
        while not self._is_over():
            self._step(unwilling)
        recorder = self._recorder
        for member in self._members:
            recorder.receive(MANAGER, recorder.stamp(member))
        recorder.write(MANAGER, "NextRound")
        for member in self._members:
            recorder.receive(member, recorder.stamp(MANAGER))

    def _is_over(self) -> bool:
        return self._decision != "init" and all(state in ("committed", "aborted") for state in self._state.values())

    def _step(self, unwilling: bool) -> None:
        choices: list[tuple[str, str]] = []
        for member in self._members:
            state = self._state[member]
            is_late = self._knobs.bug == "commits without one" and member == self._odd and self._decision == "init"
            if state == "working" and self._decision != "aborted" and not is_late:
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
        self._recorder.write(member, "RMPrepare", {"rmState": "prepared"}, rm=member)
        self._prepared_sent[member] = self._recorder.stamp(member)

    def _refuse(self, member: str) -> None:
        self._state[member] = "aborted"
        self._recorder.write(member, "RMChooseToAbort", {"rmState": "aborted"}, rm=member)

    def _receive(self, member: str) -> None:
        self._prepared.add(member)
        self._recorder.receive(MANAGER, self._prepared_sent[member])
        if self._knobs.logged is not Logged.HIDDEN:
            self._recorder.write(MANAGER, "TMRcvPrepared", {"tmPrepared": len(self._prepared)}, rm=member)

    def _commit(self, _: str) -> None:
        self._decide("TMCommit", "committed")

    def _abort(self, _: str) -> None:
        self._decide("TMAbort", "aborted")

    def _decide(self, name: str, decision: str) -> None:
        self._decision = decision
        self._recorder.write(MANAGER, name, {"tmState": decision})
        self._decided = self._recorder.stamp(MANAGER)

    def _hear(self, member: str) -> None:
        decision = self._decision
        if self._knobs.bug == "one aborts a commit" and decision == "committed" and member == self._odd:
            decision = "aborted"
        self._state[member] = decision
        name = "RMRcvCommitMsg" if decision == "committed" else "RMRcvAbortMsg"
        self._recorder.receive(member, self._decided)
        self._recorder.write(member, name, {"rmState": decision}, rm=member)


def _generate(knobs: Knobs) -> Trace:
    random = Random(knobs.seed)
    members = [f"r{number}" for number in range(1, knobs.processes + 1)]
    recorder = Recorder(knobs, [MANAGER, *members])
    while len(recorder) < knobs.events:
        _Round(members, knobs, random, recorder).play()
    return recorder.trace("TwoPhase", RM=members)


TWO_PHASE = System(
    name="two-phase commit", module="TwoPhase", bugs=("commits without one", "one aborts a commit"), generate=_generate
)
