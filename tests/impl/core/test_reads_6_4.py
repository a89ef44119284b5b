"""Thesis, section 6.4: reads that write nothing, and miss nothing."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from vraft.core import (
    ChangeConfig,
    Configuration,
    ElectionTimeout,
    Features,
    ForgetLeader,
    HeartbeatTimeout,
    Input,
    InputError,
    Output,
    Propose,
    RaftCore,
    Read,
    ReadLost,
    ReadReady,
    Receive,
    Role,
    Tick,
    TransferLeadership,
    lease_ticks,
)
from vraft.core import reads as core_reads
from vraft.core.messages import ConfirmLeader, ConfirmLeaderResponse, Message

LEASES = Features(interval_check=True, lease_reads=True)


def questions(output: Output) -> list[tuple[str, int, int]]:
    """Whom the leader asks, in which round, and when."""
    return [(m.receiver, m.round, m.sent_at) for m in output.messages if isinstance(m, ConfirmLeader)]


def confirm(core: RaftCore, raft: Any, round_: int, *, sender: str = "n2", sent_at: int = 0) -> Output:
    """A peer's answer."""
    m = ConfirmLeaderResponse(sender=sender, receiver="n1", term=core.current_term, round=round_, sent_at=sent_at)
    output: Output = raft.hear(core, m)
    return output


# ReadIndex ------------------------------------------------------------------------------------------------------------


def test_a_read_is_answered_when_a_quorum_has_said_that_the_leader_leads(raft: Any) -> None:
    core = raft.make_ready_leader(servers=5)
    raft.hear(core, raft.answer(1, 1, sender="n3"))
    output = core.step(Read("r"))
    assert raft.names(output)[0] == "StartRead"
    assert questions(output) == [("n2", 1, 0), ("n3", 1, 0), ("n4", 1, 0), ("n5", 1, 0)]
    assert not output.reads
    assert not output.writes
    assert not confirm(core, raft, 1).reads
    assert not confirm(core, raft, 1).reads  # Nobody counts twice.
    assert confirm(core, raft, 1, sender="n3").reads == (ReadReady("r", 1),)


def test_the_answer_is_not_behind_what_was_committed_when_the_read_came(raft: Any) -> None:
    core = raft.make_ready_leader()
    core.step(Read("r"))
    core.step(Propose("x"))
    raft.hear(core, raft.answer(1, 2))
    assert confirm(core, raft, 1).reads == (ReadReady("r", 2),)


def test_reads_that_come_while_a_round_is_on_its_way_share_the_next(raft: Any) -> None:
    """The round that is on its way was sent before they came, and says nothing of what happened since."""
    core = raft.make_ready_leader()
    core.step(Read("a"))
    assert not questions(core.step(Read("b")))
    assert not questions(core.step(Read("c")))
    output = confirm(core, raft, 1)
    assert output.reads == (ReadReady("a", 1),)
    assert {(round_, at) for _, round_, at in questions(output)} == {(3, 0)}
    assert confirm(core, raft, 3).reads == (ReadReady("b", 1), ReadReady("c", 1))


def test_a_new_leader_knows_what_is_committed_only_once_it_has_committed_something(raft: Any) -> None:
    core = raft.make_leader([1, 1], term=2)
    assert not core.step(Read("early")).actions
    output = raft.hear(core, raft.answer(2, 3))
    assert raft.names(output)[:3] == ["AdvanceMatch", "AdvanceCommit", "StartRead"]
    assert confirm(core, raft, 1).reads == (ReadReady("early", 3),)


def test_a_heartbeat_asks_again(raft: Any) -> None:
    core = raft.make_ready_leader()
    assert not questions(core.step(HeartbeatTimeout()))
    core.step(Read("r"))
    assert questions(core.step(HeartbeatTimeout())) == [("n2", 1, 0), ("n3", 1, 0)]


def test_others_refuse_and_say_who_leads(raft: Any) -> None:
    core = raft.make_core()
    assert core.step(Read("r")).reads == (ReadLost("r", None),)
    raft.hear(core, raft.append(1))
    assert core.step(Read("r")).reads == (ReadLost("r", "n2"),)


def test_a_leader_that_is_deposed_answers_nothing_more(raft: Any) -> None:
    core = raft.make_ready_leader()
    core.step(Read("r"))
    assert raft.hear(core, raft.append(2)).reads == (ReadLost("r", None),)
    assert not confirm(core, raft, 1).actions


def lead_again(core: RaftCore, raft: Any, *, in_term: int) -> Output:
    """Depose a leader, elect it in a later term, and let it commit something there; the step in which it commits."""
    raft.hear(core, raft.append(in_term - 1, sender="n3"))
    core.step(Tick(core.election_ticks_min))
    core.step(ElectionTimeout())
    raft.hear(core, raft.vote(in_term))
    assert core.role is Role.LEADER
    output: Output = raft.hear(core, raft.answer(in_term, core.log.last_index))
    return output


def test_what_was_confirmed_in_an_earlier_office_does_not_count_in_the_next(raft: Any) -> None:
    """Nor does the leader wait for an answer to what it asked in the earlier one."""
    core = raft.make_ready_leader()
    core.step(Read("then"))
    confirm(core, raft, 1)
    core.step(Read("unanswered"))
    lead_again(core, raft, in_term=3)
    output = core.step(Read("now"))
    assert not output.reads
    assert questions(output) == [("n2", 1, 0), ("n3", 1, 0)]
    assert confirm(core, raft, 1).reads == (ReadReady("now", 2),)


def test_who_asks_before_the_first_commit_hears_of_it_when_the_leader_is_deposed(raft: Any) -> None:
    core = raft.make_leader()
    core.step(Read("early"))
    assert raft.hear(core, raft.append(2)).reads == (ReadLost("early", None),)
    assert "StartRead" not in raft.names(lead_again(core, raft, in_term=3))


def test_who_leaves_office_has_the_initial_value_in_all_that_is_about_reads(leases: Any) -> None:
    """``NoReads(i)``; an old ``leaseStart``, never later than those of the next office, would show in traces only."""
    core = leader_with_lease(leases)
    core.step(TransferLeadership("n2"))
    core.step(Read("lost"))
    leases.hear(core, leases.append(2))
    fresh = leases.make_core()
    for name in ("pending_reads", "read_round", "confirmed", "lease_start", "handed_over"):
        assert getattr(core, name) == getattr(fresh, name), name


def test_who_is_no_member_confirms_nothing(raft: Any) -> None:
    cluster = raft.Joined(4, voters=3)
    leader = cluster.elect("n1")
    cluster.cut = {"n2", "n3"}
    cluster.give("n1", Read("r"))
    assert not confirm(leader, raft, 1, sender="n4").actions
    assert raft.names(confirm(leader, raft, 1, sender="n3")) == ["CountConfirmation", "AnswerRead"]


def test_confirmations_of_an_earlier_term_do_not_count(raft: Any) -> None:
    core = raft.make_leader([1], term=3)
    raft.hear(core, raft.answer(3, 2))
    core.step(Read("r"))
    late = ConfirmLeaderResponse(sender="n2", receiver="n1", term=2, round=9, sent_at=0)
    assert not raft.hear(core, late).actions


def test_only_who_follows_in_that_term_confirms(raft: Any) -> None:
    question = ConfirmLeader(sender="n2", receiver="n1", term=2, round=1, sent_at=0)
    assert raft.names(raft.hear(raft.make_core(term=2), question)) == ["ConfirmLeader"]
    assert raft.names(raft.hear(raft.make_core(term=1), question)) == ["UpdateTerm", "ConfirmLeader"]
    assert raft.names(raft.hear(raft.make_candidate(term=2), question)) == ["ReturnToFollower", "ConfirmLeader"]
    assert not raft.hear(raft.make_core(term=3), question).actions


def test_alone_there_is_nobody_to_ask(raft: Any) -> None:
    core = raft.make_leader(servers=1)
    assert core.step(Read("r")).reads == (ReadReady("r", 1),)


def test_a_cluster_of_them(raft: Any) -> None:
    joined = raft.Joined(3)
    joined.elect("n1")
    for number in range(5):
        joined.give("n1", Propose(f"v{number}"))
        joined.give("n1", Read(f"r{number}"))
    assert joined.who_took("AnswerRead") == ["n1"] * 5
    joined.cut |= {"n2", "n3"}
    assert not joined.give("n1", Read("cut off")).reads


def test_a_name_is_for_one_read(raft: Any) -> None:
    core = raft.make_ready_leader()
    core.step(Read("r"))
    with pytest.raises(InputError, match="read 'r' is waiting"):
        core.step(Read("r"))


def test_so_many_reads_may_wait(raft: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_reads, "READS_MAX", 2)
    core = raft.make_ready_leader()
    assert not core.step(Read("a")).reads
    assert not core.step(Read("b")).reads
    assert core.step(Read("c")).reads == (ReadLost("c", "n1"),)


# Leases (section 6.4.1) -----------------------------------------------------------------------------------------------


def leader_with_lease(raft: Any, **options: Any) -> RaftCore:
    """A leader whose first read was confirmed by n2, in a round that was sent at tick 3."""
    core: RaftCore = raft.make_leader(
        features=LEASES, heartbeat_ticks=99, election_ticks_min=15, lease_ticks=11, kind=options.pop("kind", RaftCore)
    )
    return _with_lease(core, raft)


def _with_lease(core: RaftCore, raft: Any) -> RaftCore:
    raft.hear(core, raft.answer(1, 1))
    core.step(Tick(3))
    assert questions(core.step(Read("first")))[0] == ("n2", 1, 3)
    core.step(Tick(2))
    assert confirm(core, raft, 1, sent_at=3).reads == (ReadReady("first", 1),)
    return core


@pytest.fixture
def leases(raft: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Cores that come back have promised; here that was long ago."""
    make = raft.make_core

    def made(*arguments: Any, **options: Any) -> RaftCore:
        core: RaftCore = make(*arguments, **options)
        core.heard = False
        return core

    monkeypatch.setitem(raft.make_leader.__globals__, "make_core", made)
    return raft


def test_a_lease_is_counted_from_when_the_round_was_sent(leases: Any) -> None:
    core = leader_with_lease(leases)
    core.step(Tick(8))  # Tick 13 of a lease that began at tick 3 and is good for 11.
    output = core.step(Read("r"))
    assert leases.names(output) == ["ReadClock", "LeaseRead"]
    assert output.reads == (ReadReady("r", 1),)
    core.step(Tick(1))
    assert leases.names(core.step(Read("late")))[:2] == ["ReadClock", "StartRead"]


def test_heartbeats_renew_it(leases: Any) -> None:
    core = leader_with_lease(leases)
    core.step(Tick(8))
    assert questions(core.step(HeartbeatTimeout()))[0] == ("n2", 1, 13)
    confirm(core, leases, 1, sent_at=13)
    core.step(Tick(10))
    assert core.step(Read("r")).reads


def test_without_the_feature_there_is_none(leases: Any) -> None:
    core = leases.make_ready_leader(features=Features(interval_check=True))
    core.step(Read("first"))
    confirm(core, leases, 1)
    assert leases.names(core.step(Read("r")))[0] == "StartRead"


def test_whoever_told_an_heir_to_campaign_has_none(leases: Any) -> None:
    """Nobody protects it against its heir, however late that campaigns; not even when the transfer was given up."""
    core = leader_with_lease(leases)
    core.step(TransferLeadership("n2"))
    core.transferee = None
    assert leases.names(core.step(Read("r")))[:2] == ["ReadClock", "StartRead"]


def renew_lease(core: RaftCore, raft: Any, *, at: int) -> None:
    """A round that is asked at this tick and confirmed at once."""
    assert questions(core.step(HeartbeatTimeout()))[0] == ("n2", core.read_round, at)
    confirm(core, raft, core.read_round, sent_at=at)


def test_nor_does_a_later_round_give_it_one_once_the_transfer_was_given_up(leases: Any) -> None:
    """What the heir was told may still be on its way."""
    core = leader_with_lease(leases)
    core.step(TransferLeadership("n2"))
    assert leases.names(core.step(Tick(15))) == ["AbortTransfer"]
    renew_lease(core, leases, at=20)
    assert leases.names(core.step(Read("r")))[:2] == ["ReadClock", "StartRead"]


def test_in_its_next_office_it_has_leases_again(leases: Any) -> None:
    core = leader_with_lease(leases)
    core.step(TransferLeadership("n2"))
    lead_again(core, leases, in_term=3)
    core.step(Read("first"))
    renew_lease(core, leases, at=20)
    assert leases.names(core.step(Read("r"))) == ["ReadClock", "LeaseRead"]


def test_who_counts_on_a_promise_is_not_forgotten_by_order(raft: Any) -> None:
    core = raft.make_core(features=LEASES)
    core.step(ForgetLeader())
    assert not core.step(ElectionTimeout()).actions


@pytest.mark.parametrize("drift", [Fraction(0), Fraction(1, 100), Fraction(1, 20), Fraction(1, 3), Fraction(9, 10)])
@pytest.mark.parametrize("least", [2, 10, 15, 100])
def test_a_lease_is_as_long_as_may_be_and_no_longer(drift: Fraction, least: int) -> None:
    """LeaseIsShort: (LeaseTime + Rounding) * RateMax <= (ElectionTimeoutMin - Rounding) * RateMin"""
    lease = lease_ticks(least, drift)
    assert lease == 0 or (lease + 1) * (1 + drift) <= (least - 1) * (1 - drift)
    assert (lease + 2) * (1 + drift) > (least - 1) * (1 - drift)


def test_a_lease_must_be_shorter_than_the_promise() -> None:
    with pytest.raises(InputError, match="lease_ticks must be less than 10, found 10"):
        RaftCore(id="n1", servers=["n1"], lease_ticks=10)


@pytest.mark.parametrize("voters", [{"n1"}, {"n1", "n3"}])
def test_a_read_is_answered_when_fewer_are_a_quorum(raft: Any, voters: set[str]) -> None:
    """Nobody is left to be asked, or nobody who has not answered: there would be no other occasion."""
    cores = {name: RaftCore(id=name, servers=["n1", "n2", "n3"]) for name in ("n1", "n2", "n3")}
    answers: list[object] = []

    def give(name: str, given: Input, *, is_lost: Callable[[Message], bool] = lambda m: False) -> None:
        waiting = [(name, given)]
        while waiting:
            at, what = waiting.pop(0)
            output = cores[at].step(what)
            answers.extend(output.reads)
            waiting += [(m.receiver, Receive(m)) for m in output.messages if not is_lost(m)]

    for core in cores.values():
        core.start()
    give("n1", ElectionTimeout())
    give("n1", HeartbeatTimeout())
    give("n1", Read("r1"), is_lost=lambda m: isinstance(m, ConfirmLeader))
    assert answers == []
    give("n1", ChangeConfig(voters=frozenset(voters)), is_lost=lambda m: isinstance(m, ConfirmLeader))
    assert cores["n1"].config == Configuration.of(voters)
    if voters != {"n1"}:
        assert answers == [], "n3 was never asked"
        give("n1", HeartbeatTimeout())
    assert [each.id for each in answers] == ["r1"]
