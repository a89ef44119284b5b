------------------------------ MODULE Snapshot ------------------------------
(***************************************************************************)
(* Logs that are cut at the front, and leaders that do not wait for every  *)
(* answer: chapter 5 and section 10.2 of D. Ongaro, "Consensus: Bridging   *)
(* Theory and Practice" (2014), on top of Membership.tla.                  *)
(*                                                                         *)
(* A snapshot stands for the entries up to an index: what they did, the    *)
(* last one's term, and the configuration at that place.  Here the state   *)
(* that a server's entries made is the sequence of these entries itself.   *)
(* So `log' remains the whole log, as if nothing was ever cut, and all     *)
(* that was said of logs still means what it meant; snapshotIndex says up  *)
(* to where entries exist in a snapshot only.  A leader can send none of   *)
(* them, nor look up their terms: that is what makes a log with a snapshot *)
(* shorter.  (A follower that receives some of them again compares them    *)
(* with its log here; an implementation need not, for they are committed,  *)
(* and so equal.  Its hints never lie before its snapshot either: there    *)
(* the logs agree.)                                                        *)
(*                                                                         *)
(* An action here is the action of Membership.tla with the same name, and  *)
(* what there is to add.                                                   *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets, Sequences

CONSTANTS
    Server, Value, Nil, UsesPreVote, UsesIntervalCheck,
    InitialVoters       \* All as in Membership.tla.

VARIABLES
    currentTerm, votedFor, log,
    role, commitIndex, votesGranted, nextIndex, matchIndex,
    messages, elected, committed,
    preVotesGranted, heard,
    configIndex, transferee, urgent

VARIABLE
    snapshotIndex       \* The server's snapshot holds its log up to here.
                        \* Persistent, as the snapshot is.

M == INSTANCE Membership
P == INSTANCE PreVote
R == INSTANCE Raft

persistent     == <<currentTerm, votedFor, log>>
volatile       == <<role, commitIndex, votesGranted, nextIndex, matchIndex>>
history        == <<elected, committed>>
preVoteVars    == <<preVotesGranted, heard>>
membershipVars == <<configIndex, transferee, urgent>>
lowerVars      == <<persistent, volatile, messages, history, preVoteVars, membershipVars>>

vars == <<lowerVars, snapshotIndex>>

Follower     == M!Follower
PreCandidate == M!PreCandidate
Candidate    == M!Candidate
Leader       == M!Leader

-----------------------------------------------------------------------------
(* Types.                                                                  *)

SnapshotMessage ==
    [type: {"InstallSnapshot"}, from: Server, to: Server, term: R!Term,
     lastIndex: R!Index \ {0}, lastTerm: R!Term, state: Seq(M!Entry)]

Message == M!Message \cup SnapshotMessage

TypeOK(message) ==
    /\ M!TypeOK(message)
    /\ snapshotIndex \in [Server -> R!Index]
    /\ \A m \in messages :
           m.type = "InstallSnapshot" =>
               /\ Len(m.state) = m.lastIndex
               /\ R!LastTerm(m.state) = m.lastTerm

TypeOKInv == TypeOK(Message)

-----------------------------------------------------------------------------
Init ==
    /\ M!Init
    /\ snapshotIndex = [i \in Server |-> 0]

Members(i) == M!Members(M!Config(i))

-----------------------------------------------------------------------------
(* Snapshots.                                                              *)

(* A server cuts its log up to some entry that it knows to be committed    *)
(* (and has applied).  Each does so by itself.                             *)
Compact(i, k) ==
    /\ k > snapshotIndex[i]
    /\ k <= commitIndex[i]
    /\ snapshotIndex' = [snapshotIndex EXCEPT ![i] = k]
    /\ UNCHANGED lowerVars

(* The leader no longer has what the peer would need next.                 *)
SendSnapshot(i, j) ==
    /\ role[i] = Leader
    /\ j # i
    /\ j \in Members(i)
    /\ nextIndex[i][j] <= snapshotIndex[i]
    /\ R!Send([type |-> "InstallSnapshot", from |-> i, to |-> j,
               term |-> currentTerm[i],
               lastIndex |-> snapshotIndex[i],
               lastTerm  |-> R!TermAt(log[i], snapshotIndex[i]),
               state     |-> SubSeq(log[i], 1, snapshotIndex[i])])
    /\ UNCHANGED <<persistent, volatile, history, preVoteVars, membershipVars,
                   snapshotIndex>>

(* A snapshot is answered like entries are.                                *)
AnswerSnapshot(i, m, success, index) ==
    R!Send([type |-> "AppendEntriesResponse", from |-> i, to |-> m.from,
            term |-> currentTerm[i], success |-> success,
            index |-> index, hintTerm |-> 0])

(* A snapshot that knows of more commits than the server does.  If the log *)
(* has its last entry, the log has all of it, and may have more: nothing   *)
(* is thrown away.  Otherwise the snapshot takes the place of the log, and *)
(* its configuration that of the server's.                                 *)
InstallSnapshot(i, m) ==
    /\ R!Receives(i, m, "InstallSnapshot")
    /\ m.term = currentTerm[i]
    /\ role[i] = Follower
    /\ m.lastIndex > commitIndex[i]
    /\ LET holds == /\ m.lastIndex <= Len(log[i])
                    /\ log[i][m.lastIndex].term = m.lastTerm
       IN  IF holds
           THEN UNCHANGED <<log, configIndex, snapshotIndex>>
           ELSE /\ log' = [log EXCEPT ![i] = m.state]
                /\ configIndex' = [configIndex EXCEPT
                       ![i] = M!LastConfigIndex(m.state, m.lastIndex)]
                /\ snapshotIndex' = [snapshotIndex EXCEPT ![i] = m.lastIndex]
    /\ commitIndex' = [commitIndex EXCEPT ![i] = m.lastIndex]
    /\ AnswerSnapshot(i, m, TRUE, m.lastIndex)
    /\ P!HearsLeader(i)
    /\ UNCHANGED <<currentTerm, votedFor, role, votesGranted, nextIndex, matchIndex,
                   history, preVotesGranted, transferee, urgent>>

(* A snapshot that is late takes nothing away, neither from the log nor    *)
(* from what is known to be committed.  The leader is told how far that    *)
(* is: up to there the logs are equal.                                     *)
IgnoreSnapshot(i, m) ==
    /\ R!Receives(i, m, "InstallSnapshot")
    /\ \/ /\ m.term < currentTerm[i]
          /\ AnswerSnapshot(i, m, FALSE, 0)
          /\ UNCHANGED heard
       \/ /\ m.term = currentTerm[i]
          /\ role[i] = Follower
          /\ m.lastIndex <= commitIndex[i]
          /\ AnswerSnapshot(i, m, TRUE, commitIndex[i])
          /\ P!HearsLeader(i)
    /\ UNCHANGED <<persistent, volatile, history, preVotesGranted, membershipVars,
                   snapshotIndex>>

-----------------------------------------------------------------------------
(* Flow control (section 10.2.1): a leader sends what comes next before it *)
(* hears of what it sent, as if that had arrived; or goes back to what it  *)
(* knows, when it has heard nothing for long.                              *)
MoveNext(i, j, k) ==
    /\ role[i] = Leader
    /\ j # i
    /\ k # nextIndex[i][j]
    /\ k > matchIndex[i][j]
    /\ k <= Len(log[i]) + 1
    /\ nextIndex' = [nextIndex EXCEPT ![i][j] = k]
    /\ UNCHANGED <<persistent, role, commitIndex, votesGranted, matchIndex, messages,
                   history, preVoteVars, membershipVars, snapshotIndex>>

-----------------------------------------------------------------------------
(* What a log that was cut at the front changes.                           *)

(* The message's previous entry must still be known, if by its term only.  *)
AppendEntries(i, j, n) ==
    /\ nextIndex[i][j] > snapshotIndex[i]
    /\ M!AppendEntries(i, j, n)
    /\ UNCHANGED snapshotIndex

(* The leader looks for where the logs may agree in what is left of its    *)
(* own.  If they do not agree there, the peer needs the snapshot.          *)
BacktrackNext(i, m) ==
    /\ R!Receives(i, m, "AppendEntriesResponse")
    /\ role[i] = Leader
    /\ m.from \in Members(i)
    /\ m.term = currentTerm[i]
    /\ ~m.success
    /\ LET agreed == R!LastNotAfter(log[i], R!Min(m.index, Len(log[i])), m.hintTerm)
           found  == IF agreed >= snapshotIndex[i] THEN agreed ELSE snapshotIndex[i] - 1
       IN  nextIndex' = [nextIndex EXCEPT
                            ![i][m.from] = R!Max(matchIndex[i][m.from], found) + 1]
    /\ UNCHANGED <<persistent, role, commitIndex, votesGranted, matchIndex, messages,
                   history, preVoteVars, membershipVars, snapshotIndex>>

(* A candidate or pre-candidate hears from the leader of its term.         *)
GiveWay(i, m) == M!GiveWay(i, m) /\ UNCHANGED snapshotIndex

ReturnToFollower(i, m) ==
    /\ m.to = i
    /\ m.type \in {"AppendEntries", "InstallSnapshot"}
    /\ GiveWay(i, m)

(* What a snapshot holds is committed, and known to be.                    *)
Restart(i) == M!Reboot(i, snapshotIndex[i]) /\ UNCHANGED snapshotIndex

-----------------------------------------------------------------------------
(* What it does not change.                                                *)

MissLeader(i)                     == M!MissLeader(i) /\ UNCHANGED snapshotIndex
StartPreVote(i)                   == M!StartPreVote(i) /\ UNCHANGED snapshotIndex
RequestPreVote(i, j)              == M!RequestPreVote(i, j) /\ UNCHANGED snapshotIndex
GrantPreVote(i, m)                == M!GrantPreVote(i, m) /\ UNCHANGED snapshotIndex
DenyPreVote(i, m)                 == M!DenyPreVote(i, m) /\ UNCHANGED snapshotIndex
CountPreVote(i, m)                == M!CountPreVote(i, m) /\ UNCHANGED snapshotIndex
Timeout(i)                        == M!Timeout(i) /\ UNCHANGED snapshotIndex
RequestVote(i, j)                 == M!RequestVote(i, j) /\ UNCHANGED snapshotIndex
GrantVote(i, m)                   == M!GrantVote(i, m) /\ UNCHANGED snapshotIndex
DenyVote(i, m)                    == M!DenyVote(i, m) /\ UNCHANGED snapshotIndex
CountVote(i, m)                   == M!CountVote(i, m) /\ UNCHANGED snapshotIndex
BecomeLeader(i)                   == M!BecomeLeader(i) /\ UNCHANGED snapshotIndex
StepDown(i)                       == M!StepDown(i) /\ UNCHANGED snapshotIndex
ClientRequest(i, v)               == M!ClientRequest(i, v) /\ UNCHANGED snapshotIndex
AcceptEntries(i, m)               == M!AcceptEntries(i, m) /\ UNCHANGED snapshotIndex
RejectEntries(i, m)               == M!RejectEntries(i, m) /\ UNCHANGED snapshotIndex
AdvanceMatch(i, m)                == M!AdvanceMatch(i, m) /\ UNCHANGED snapshotIndex
AdvanceCommit(i, k)               == M!AdvanceCommit(i, k) /\ UNCHANGED snapshotIndex
ChangeConfig(i, voters, learners) == M!ChangeConfig(i, voters, learners) /\ UNCHANGED snapshotIndex
LeaveJoint(i)                     == M!LeaveJoint(i) /\ UNCHANGED snapshotIndex
TransferLeadership(i, j)          == M!TransferLeadership(i, j) /\ UNCHANGED snapshotIndex
SendTimeoutNow(i)                 == M!SendTimeoutNow(i) /\ UNCHANGED snapshotIndex
AbortTransfer(i)                  == M!AbortTransfer(i) /\ UNCHANGED snapshotIndex
TimeoutNow(i, m)                  == M!TimeoutNow(i, m) /\ UNCHANGED snapshotIndex
UpdateTerm(i, m)                  == M!UpdateTerm(i, m) /\ UNCHANGED snapshotIndex

-----------------------------------------------------------------------------
Next ==
    \/ \E i \in Server : MissLeader(i)
    \/ \E i \in Server : StartPreVote(i)
    \/ \E i, j \in Server : RequestPreVote(i, j)
    \/ \E i \in Server, m \in messages : GrantPreVote(i, m)
    \/ \E i \in Server, m \in messages : DenyPreVote(i, m)
    \/ \E i \in Server, m \in messages : CountPreVote(i, m)
    \/ \E i \in Server : Timeout(i)
    \/ \E i, j \in Server : RequestVote(i, j)
    \/ \E i \in Server, m \in messages : GrantVote(i, m)
    \/ \E i \in Server, m \in messages : DenyVote(i, m)
    \/ \E i \in Server, m \in messages : CountVote(i, m)
    \/ \E i \in Server : BecomeLeader(i)
    \/ \E i \in Server, m \in messages : ReturnToFollower(i, m)
    \/ \E i \in Server : StepDown(i)
    \/ \E i \in Server, v \in Value : ClientRequest(i, v)
    \/ \E i, j \in Server : \E n \in 0 .. Len(log[i]) : AppendEntries(i, j, n)
    \/ \E i \in Server, m \in messages : AcceptEntries(i, m)
    \/ \E i \in Server, m \in messages : RejectEntries(i, m)
    \/ \E i \in Server, m \in messages : AdvanceMatch(i, m)
    \/ \E i \in Server, m \in messages : BacktrackNext(i, m)
    \/ \E i \in Server : \E k \in 1 .. Len(log[i]) : AdvanceCommit(i, k)
    \/ \E i \in Server, voters, learners \in SUBSET Server : ChangeConfig(i, voters, learners)
    \/ \E i \in Server : LeaveJoint(i)
    \/ \E i, j \in Server : TransferLeadership(i, j)
    \/ \E i \in Server : SendTimeoutNow(i)
    \/ \E i \in Server : AbortTransfer(i)
    \/ \E i \in Server, m \in messages : TimeoutNow(i, m)
    \/ \E i \in Server, m \in messages : UpdateTerm(i, m)
    \/ \E i \in Server : Restart(i)
    \/ \E i \in Server : \E k \in 1 .. commitIndex[i] : Compact(i, k)
    \/ \E i, j \in Server : SendSnapshot(i, j)
    \/ \E i \in Server, m \in messages : InstallSnapshot(i, m)
    \/ \E i \in Server, m \in messages : IgnoreSnapshot(i, m)
    \/ \E i, j \in Server : \E k \in 1 .. Len(log[i]) + 1 : MoveNext(i, j, k)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
(* Refinement and safety.                                                  *)

RefinesReplicatedLogProp == M!RefinesReplicatedLogProp

ElectionSafetyInv     == M!ElectionSafetyInv
LogMatchingInv        == M!LogMatchingInv
LeaderCompletenessInv == M!LeaderCompletenessInv
StateMachineSafetyInv == M!StateMachineSafetyInv
MatchInv              == M!MatchInv
ConfigIndexInv        == M!ConfigIndexInv
OneChangeInFlightInv  == M!OneChangeInFlightInv
CommittedIsStoredInv  == M!CommittedIsStoredInv
OnlyVotersCampaignInv == M!OnlyVotersCampaignInv

(* Only what is known to be committed is in a snapshot.                    *)
SnapshotIsCommittedInv == \A i \in Server : snapshotIndex[i] <= commitIndex[i]

(* A snapshot on its way holds what was committed, and nothing else.       *)
SentSnapshotIsCommittedInv ==
    \A m \in messages :
        m.type = "InstallSnapshot" =>
            /\ m.lastIndex <= Len(committed)
            /\ m.state = SubSeq(M!CommittedEntries, 1, m.lastIndex)

LeaderAppendOnlyProp      == M!LeaderAppendOnlyProp
CommittedNeverShrinksProp == M!CommittedNeverShrinksProp
OneVotePerTermProp        == M!OneVotePerTermProp
TermNeverFallsProp        == M!TermNeverFallsProp
SnapshotNeverShrinksProp  == [][\A i \in Server : snapshotIndex'[i] >= snapshotIndex[i]]_vars

(* commitIndex falls in a restart only, and never below the snapshot's.    *)
CommitIndexProp ==
    [][\A i \in Server :
          commitIndex'[i] < commitIndex[i] =>
              Restart(i) /\ commitIndex'[i] >= snapshotIndex[i]]_vars
=============================================================================
