"""What must hold before and after every step, checked in pairs; for our own bugs only.

Nothing in the core relies on them, and a core that was made with ``assertions=False`` does not run them: that is how
cores that were broken on purpose are run, so that it is the specification that finds them out.
"""

from __future__ import annotations

from typing import NamedTuple

from vraft.core.messages import AppendEntries
from vraft.core.outputs import Output
from vraft.core.state import ServerState
from vraft.core.types import Index, Role, Server, Term


class Before(NamedTuple):
    """What is remembered of a server from before the step."""

    term: Term
    vote: Server | None
    role: Role
    commit_index: Index
    last_index: Index
    last_term: Term
    offset: Index


def before_step(server: ServerState) -> Before:
    """The state that :func:`check_step` compares with."""
    return Before(
        server.current_term,
        server.voted_for,
        server.role,
        server.commit_index,
        server.log.last_index,
        server.log.last_term,
        server.log.offset,
    )


def check_step(before: Before, server: ServerState, output: Output) -> None:
    """Raise ``AssertionError``, naming the property of the specification, if the step broke one."""
    check_persistent(before, server, output)
    check_log(before, server, output)
    check_snapshot(before, server, output)
    check_office(server)
    check_messages(before, server, output)


def check_persistent(before: Before, server: ServerState, output: Output) -> None:
    """Terms and votes: they move one way only, and every move is written."""
    assert server.current_term >= before.term, "TermNeverFallsProp"
    if server.current_term == before.term:
        assert before.vote is None or server.voted_for == before.vote, "OneVotePerTermProp"
    if (server.current_term, server.voted_for) == (before.term, before.vote):
        return
    assert output.hard_state is not None, "a new term or vote is written"
    assert output.hard_state.term == server.current_term, "the term that is written is the server's"
    assert output.hard_state.vote == server.voted_for, "the vote that is written is the server's"


def check_log(before: Before, server: ServerState, output: Output) -> None:
    """The log and the commit index: what was committed stays, a leader only appends, every change is written."""
    last_index = server.log.last_index
    assert before.commit_index <= server.commit_index, "CommitIndexProp"
    assert server.commit_index <= last_index, "StateMachineSafetyInv: commitIndex[i] <= Len(log[i])"
    written = output.entries
    if written is None:
        assert (last_index, server.log.last_term) == (before.last_index, before.last_term), "a changed log is written"
        return
    assert written.first > before.commit_index, "CommittedNeverShrinksProp: what is committed is never replaced"
    assert written.first <= max(before.last_index, server.log.offset) + 1, "a log has no holes"
    assert written.first + len(written.entries) - 1 == last_index, "what is written reaches to the log's end"
    if before.role is Role.LEADER and server.role is Role.LEADER:
        assert written.first == before.last_index + 1, "LeaderAppendOnlyProp"


def check_snapshot(before: Before, server: ServerState, output: Output) -> None:
    """Snapshots: they hold what is committed, never less than before, and a log begins where one ends."""
    offset = server.log.offset
    assert offset >= before.offset, "SnapshotNeverShrinksProp"
    assert offset <= server.commit_index, "SnapshotIsCommittedInv"
    assert (output.snapshot is not None) == (offset != before.offset), "a log that was cut has a snapshot written"
    snapshot = server.snapshot
    assert (0 if snapshot is None else snapshot.index) == offset, "the log begins where the snapshot ends"
    if snapshot is not None:
        assert snapshot.config_index <= offset, "the snapshot's configuration is among its entries"
        assert server.config_index >= snapshot.config_index, "ConfigIndexInv: the snapshot's configuration is not lost"


def check_office(server: ServerState) -> None:
    """What a server knows as candidate or leader; and that the others know nothing of it."""
    if server.role is Role.CANDIDATE:
        assert server.voted_for == server.id, "a candidate votes for itself"
        assert server.id in server.votes_granted, "a candidate counts its own vote"
        assert server.is_open or server.votes_granted <= server.servers, "only servers vote"
    else:
        assert not server.votes_granted, "only a candidate has votes"
        assert not server.urgent, "Membership.tla, TypeOK: only a candidate is urgent"
    if server.role is Role.PRE_CANDIDATE:
        assert server.id in server.pre_votes_granted, "a pre-candidate counts its own pre-vote"
        assert server.is_open or server.pre_votes_granted <= server.servers, "only servers vote"
    else:
        assert not server.pre_votes_granted, "PreVote.tla, TypeOK: only a pre-candidate has pre-votes"
    assert server.features.interval_check or not server.heard, "PreVote.tla, TypeOK: heard is for the interval check"
    assert server.transferee is None or server.role is Role.LEADER, "Membership.tla, TypeOK: only a leader hands over"
    if server.role is Role.LEADER:
        bound = server.log.last_index + 1
        for j, following in server.next_index.items():
            assert server.match_index[j] < following, "MatchInv: matchIndex[i][j] < nextIndex[i][j]"
            assert following <= bound, "MatchInv: nextIndex[i][j] <= Len(log[i]) + 1"
    else:
        assert not any(server.match_index.values()), "only a leader has match indexes"
        assert all(following == 1 for following in server.next_index.values()), "only a leader has next indexes"


def check_messages(before: Before, server: ServerState, output: Output) -> None:
    """What is sent is the server's own, and of its term."""
    for message in output.messages:
        assert message.sender == server.id, "a server sends in its own name"
        assert server.is_open or message.receiver in server.servers, "messages go to servers"
        assert message.receiver != server.id, "a server sends nothing to itself"
        assert message.term == server.current_term, "what is sent is of the current term"
        if isinstance(message, AppendEntries):
            assert Role.LEADER in (before.role, server.role), "only a leader sends entries, be it the last it does"
            assert message.leader_commit <= server.commit_index, "a leader announces only what it knows"
