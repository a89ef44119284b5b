"""What the tests of the implementation share: cores in a known state, and short names for messages."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from vraft.core import (
    AppendEntries,
    AppendEntriesResponse,
    ChangeConfig,
    Configuration,
    DiskStalled,
    Divergence,
    ElectionTimeout,
    Entry,
    Features,
    ForgetLeader,
    HardState,
    HeartbeatTimeout,
    Input,
    Message,
    Output,
    RaftCore,
    Receive,
    Recovered,
    RequestPreVote,
    RequestPreVoteResponse,
    RequestVote,
    RequestVoteResponse,
    TimeoutNow,
    TransferLeadership,
)


def entries(*terms: int) -> tuple[Entry, ...]:
    """A log of these terms; the value of an entry tells its term and index."""
    return tuple(Entry(term, f"{term}.{index}") for index, term in enumerate(terms, start=1))


def make_core(
    terms: Sequence[int] = (), *, term: int = 0, vote: str | None = None, servers: int = 3, **options: Any
) -> RaftCore:
    """The server n1 as a follower with this log, term and vote."""
    recovered = Recovered(HardState(term, vote), entries(*terms))
    names = [f"n{number}" for number in range(1, servers + 1)]
    kind = options.pop("kind", RaftCore)
    core: RaftCore = kind(id="n1", servers=names, recovered=recovered, **options)
    core.start()
    return core


def make_candidate(terms: Sequence[int] = (), *, term: int = 1, **options: Any) -> RaftCore:
    """The server n1 as a candidate of that term."""
    core = make_core(terms, term=term - 1, **options)
    core.step(ForgetLeader())  # Who comes back has promised to protect a leader, where servers do.
    core.step(ElectionTimeout())
    if core.features.pre_vote:
        for peer in core.peers[: len(core.servers) // 2]:
            core.step(Receive(pre_vote(term - 1, term - 1, sender=peer)))
    return core


def make_pre_candidate(terms: Sequence[int] = (), *, term: int = 0, **options: Any) -> RaftCore:
    """The server n1 as a pre-candidate of that term."""
    core = make_core(terms, term=term, features=Features(pre_vote=True), **options)
    core.step(ElectionTimeout())
    return core


def make_ready_leader(**options: Any) -> RaftCore:
    """The leader n1 of term 1, whose peer n2 has its whole log."""
    core = make_leader(**options)
    core.step(Receive(answer(1, 1)))
    return core


def handing_over(core: RaftCore) -> RaftCore:
    """A leader that was asked to hand over to n2."""
    core.step(TransferLeadership("n2"))
    return core


def told_to_campaign(core: RaftCore) -> RaftCore:
    """A server that its leader told to campaign."""
    core.step(Receive(now(core.current_term)))
    return core


def stalled(core: RaftCore) -> RaftCore:
    """A server whose disk has stalled."""
    core.step(DiskStalled())
    return core


def make_leader(terms: Sequence[int] = (), *, term: int = 1, **options: Any) -> RaftCore:
    """The server n1 as the leader of that term, elected by a bare majority; its log has one entry more, its no-op."""
    core = make_candidate(terms, term=term, **options)
    for peer in core.peers[: len(core.servers) // 2]:
        core.step(Receive(vote(term, sender=peer)))
    return core


def ask(
    term: int, last: tuple[int, int] = (0, 0), *, sender: str = "n2", receiver: str = "n1", urgent: bool = False
) -> RequestVote:
    """A request for a vote from a log that ends in (index, term)."""
    return RequestVote(
        sender=sender, receiver=receiver, term=term, last_log_index=last[0], last_log_term=last[1], urgent=urgent
    )


def vote(term: int, *, granted: bool = True, sender: str = "n2", receiver: str = "n1") -> RequestVoteResponse:
    """The answer to such a request."""
    return RequestVoteResponse(sender=sender, receiver=receiver, term=term, granted=granted)


def pre_ask(term: int, last: tuple[int, int] = (0, 0), *, sender: str = "n2", receiver: str = "n1") -> RequestPreVote:
    """A request for a pre-vote from a log that ends in (index, term)."""
    return RequestPreVote(sender=sender, receiver=receiver, term=term, last_log_index=last[0], last_log_term=last[1])


def pre_vote(
    term: int, for_term: int, *, granted: bool = True, sender: str = "n2", receiver: str = "n1"
) -> RequestPreVoteResponse:
    """The answer to such a request of term ``for_term``."""
    return RequestPreVoteResponse(sender=sender, receiver=receiver, term=term, for_term=for_term, granted=granted)


def now(term: int, *, sender: str = "n2", receiver: str = "n1") -> TimeoutNow:
    """A leader wants to be succeeded."""
    return TimeoutNow(sender=sender, receiver=receiver, term=term)


def append(
    term: int,
    prev: tuple[int, int] = (0, 0),
    terms: Sequence[int] = (),
    *,
    commit: int = 0,
    sender: str = "n2",
    receiver: str = "n1",
) -> AppendEntries:
    """Entries of these terms, to come after the entry (index, term)."""
    return AppendEntries(
        sender=sender,
        receiver=receiver,
        term=term,
        prev_log_index=prev[0],
        prev_log_term=prev[1],
        entries=tuple(Entry(of, f"{of}.{index}") for index, of in enumerate(terms, start=prev[0] + 1)),
        leader_commit=commit,
    )


def answer(
    term: int, index: int, *, success: bool = True, hint_term: int = 0, sender: str = "n2", receiver: str = "n1"
) -> AppendEntriesResponse:
    """The answer to entries."""
    return AppendEntriesResponse(
        sender=sender, receiver=receiver, term=term, success=success, index=index, hint_term=hint_term
    )


class Joined:
    """Servers n1 … nN joined by a perfect link, the first ``voters`` of which vote at first; any can be cut off."""

    def __init__(self, servers: int, *, voters: int | None = None, **options: Any) -> None:
        self.names = [f"n{number}" for number in range(1, servers + 1)]
        self.options = {"voters": self.names[: voters or servers], **options}
        self.cores: dict[str, RaftCore] = {}
        self.cut: set[str] = set()
        self.tamper: Callable[[Message], Message] = lambda m: m
        """What the network makes of a message."""
        self.divergences: list[tuple[str, Divergence]] = []
        self.link: deque[Message] = deque()
        self.taken: list[tuple[str, str]] = []
        """(server, action), in order."""
        for name in self.names:
            self.boot(name)

    def boot(self, name: str, recovered: Recovered | None = None) -> None:
        """Start a server, perhaps with what its disk has."""
        self.cores[name] = RaftCore(id=name, servers=self.names, recovered=recovered, **self.options)
        self.settle(name, self.cores[name].start())

    def give(self, name: str, input_: Input) -> Output:
        """An input to one of them, and all that comes of it."""
        output = self.cores[name].step(input_)
        self.settle(name, output)
        for _ in range(10_000):
            if not self.link:
                return output
            m = self.link.popleft()
            if not self.cut & {m.sender, m.receiver}:
                self.settle(m.receiver, self.cores[m.receiver].step(Receive(self.tamper(m))))
        raise AssertionError("they do not come to rest")

    def settle(self, name: str, output: Output) -> None:
        """What comes of a step."""
        self.taken += [(name, action.name) for action in output.actions]
        self.link.extend(output.messages)
        if output.divergence is not None:
            self.divergences.append((name, output.divergence))

    def elect(self, name: str) -> RaftCore:
        """Let this server campaign."""
        self.give(name, ElectionTimeout())
        return self.cores[name]

    def change(self, name: str, *voters: str, learners: Sequence[str] = ()) -> Output:
        """Ask this server for a change of the configuration."""
        return self.give(name, ChangeConfig(voters=frozenset(voters), learners=frozenset(learners)))

    def meet(self, leader: str) -> Output:
        """Nobody is cut off any more, and a heartbeat of the leader finds out what was missed."""
        self.cut = set()
        return self.give(leader, HeartbeatTimeout())

    def settings(self) -> set[Configuration]:
        """The configurations that count for somebody."""
        return {core.config for core in self.cores.values()}

    def who_took(self, action: str) -> list[str]:
        """Who took that action, in order."""
        return [name for name, taken in self.taken if taken == action]


def timeout() -> ElectionTimeout:
    """An election timeout."""
    return ElectionTimeout()


def forget() -> ForgetLeader:
    """An operator's order to miss the leader."""
    return ForgetLeader()


def names(output: Output) -> list[str]:
    """The names of the actions of a step."""
    return [action.name for action in output.actions]


def hear(core: RaftCore, message: Message) -> Output:
    """The step that a message brings about."""
    return core.step(Receive(message))


@pytest.fixture
def raft() -> SimpleNamespace:
    """All of the above, for tests that cannot import it."""
    tools: dict[str, Callable[..., Any]] = {
        tool.__name__: tool
        for tool in (
            entries,
            make_core,
            make_candidate,
            make_pre_candidate,
            make_leader,
            make_ready_leader,
            handing_over,
            told_to_campaign,
            stalled,
            ask,
            vote,
            pre_ask,
            pre_vote,
            now,
            append,
            answer,
            timeout,
            forget,
            names,
            hear,
            Joined,
        )
    }
    return SimpleNamespace(**tools)
