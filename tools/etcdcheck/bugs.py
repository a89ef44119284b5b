"""Bugs of one line, put into a copy of etcd's module, and the reason for which their traces must be rejected."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class BugError(Exception):
    """The line that a bug changes is not there, or there more than once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """``old`` in ``file`` of the module becomes ``new``.

    The rejected step would have been one of ``actions`` of the specification, and ``conjunct`` is a part of the text of
    the conjunct that forbids it, or of the observation that contradicts it: what the verdict must say.
    """

    name: str
    about: str
    file: str
    old: str
    new: str
    profile: str
    actions: tuple[str, ...]
    conjunct: str


BUGS = (
    Bug(
        name="votes-for-short-logs",
        about="a vote is given whatever the candidate's log lacks",
        file="raft.go",
        old="if canVote && r.raftLog.isUpToDate(candLastID) {",
        new="if canVote {",
        profile="faults",
        actions=("GrantVote",),
        conjunct="UpToDate(m.lastLogTerm, m.lastLogIndex, log[i])",
    ),
    Bug(
        name="votes-twice",
        about="a vote that was given is forgotten",
        file="raft.go",
        old="(r.Vote == None && r.lead == None) ||",
        new="(r.lead == None) ||",
        profile="faults",
        actions=("GrantVote",),
        conjunct="votedFor[i] \\in {Nil, m.from}",
    ),
    Bug(
        name="commits-old-terms",
        about="an entry of an older term is committed by counting (figure 3.7 of the thesis)",
        file="log.go",
        old="if at.term != 0 && at.index > l.committed && l.matchTerm(at) {",
        new="if at.term != 0 && at.index > l.committed {",
        profile="faults",
        actions=("AdvanceCommit",),
        conjunct="log[i][k].term = currentTerm[i]",
    ),
    Bug(
        name="commits-without-quorum",
        about="what one server less than a majority has is committed",
        file="quorum/majority.go",
        old="pos := n - (n/2 + 1)",
        new="pos := n - n/2",
        profile="faults",
        actions=("AdvanceCommit",),
        conjunct="IsQuorum",
    ),
    Bug(
        name="leads-without-quorum",
        about="one vote less than a majority is enough",
        file="quorum/majority.go",
        old="q := len(c)/2 + 1",
        new="q := len(c) / 2",
        profile="faults",
        actions=("BecomeLeader",),
        conjunct="IsQuorum",
    ),
    Bug(
        name="counts-refusals",
        about="whoever answers has voted for the candidate",
        file="raft.go",
        old="gr, rj, res := r.poll(m.From, m.Type, !m.Reject)",
        new="gr, rj, res := r.poll(m.From, m.Type, true)",
        profile="faults",
        actions=("BecomeLeader",),
        conjunct="IsQuorum",
    ),
    Bug(
        name="heartbeats-commit-too-much",
        about="a heartbeat tells the commit index to whom it is not known to match",
        file="raft.go",
        old="commit := min(pr.Match, r.raftLog.committed)",
        new="commit := r.raftLog.committed",
        profile="faults",
        actions=("Heartbeat",),
        conjunct="known = R!Min(matchIndex[i][j], commitIndex[i])",
    ),
    Bug(
        name="late-appends-truncate",
        about="an append that is late takes away what came after it",
        file="log.go",
        old="if id := pbEntryID(&ents[i]); !l.matchTerm(id) {",
        new="if id := pbEntryID(&ents[i]); i == 0 || !l.matchTerm(id) {",
        profile="faults",
        actions=("AcceptEntries",),
        conjunct="Len(log[n])",
    ),
    Bug(
        name="takes-entries-of-old-leaders",
        about="an append of an older term is taken",
        file="raft.go",
        old="case m.Term < r.Term:",
        new="case m.Term < r.Term && m.Type != pb.MsgApp:",
        profile="faults",
        actions=("AcceptEntries", "ReturnToFollower"),
        conjunct="m.term = currentTerm[i]",
    ),
    Bug(
        name="counts-itself-too-soon",
        about="a leader counts entries of its own that are not on disk",
        file="raft.go",
        old="li = r.raftLog.append(es...)",
        new="li = r.raftLog.append(es...); r.trk.Progress[r.id].MaybeUpdate(li)",
        profile="threads",
        actions=("AdvanceCommit",),
        conjunct="HasWritten(i, k)",
    ),
    Bug(
        name="acknowledges-too-soon",
        about="an acknowledgement leaves before the entries are on disk",
        file="raft.go",
        old="if m.Type == pb.MsgAppResp || m.Type == pb.MsgVoteResp || m.Type == pb.MsgPreVoteResp {",
        new="if m.To == r.id || m.Type == pb.MsgVoteResp || m.Type == pb.MsgPreVoteResp {",
        profile="threads",
        actions=("AdvanceMatch",),
        conjunct="IsReleased(m)",
    ),
    Bug(
        name="votes-too-soon",
        about="a vote leaves before it is on disk",
        file="raft.go",
        old="if m.Type == pb.MsgAppResp || m.Type == pb.MsgVoteResp || m.Type == pb.MsgPreVoteResp {",
        new="if m.To == r.id || m.Type == pb.MsgAppResp {",
        profile="threads",
        actions=("CountVote",),
        conjunct="IsReleased(m)",
    ),
    Bug(
        name="two-changes-at-once",
        about="a configuration is proposed while another is in flight",
        file="raft.go",
        old="alreadyPending := r.pendingConfIndex > r.raftLog.applied",
        new="alreadyPending := false",
        profile="members",
        actions=("ChangeConfig",),
        conjunct="applied[i] + 1 .. Len(log[i]) : M!IsConfig(log[i][k])",
    ),
    Bug(
        name="forgets-inherited-change",
        about="a new leader does not know of the change that its predecessor began",
        file="raft.go",
        old="r.pendingConfIndex = r.raftLog.lastIndex()\n",
        new="r.pendingConfIndex = 0\n",
        profile="members",
        actions=("ChangeConfig",),
        conjunct="applied[i] + 1 .. Len(log[i]) : M!IsConfig(log[i][k])",
    ),
)


@contextmanager
def put_into(module: Path, bug: Bug) -> Iterator[None]:
    """The module with the bug in it, and afterwards without.

    Raises:
        BugError: the line is not there exactly once.
    """
    path = module / bug.file
    text = path.read_text("utf-8")
    if text.count(bug.old) != 1:
        raise BugError(f"{bug.name}: {bug.file} has {text.count(bug.old)} times {bug.old!r}; expected once")
    path.write_text(text.replace(bug.old, bug.new), "utf-8")
    try:
        yield
    finally:
        path.write_text(text, "utf-8")
