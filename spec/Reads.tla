-------------------------------- MODULE Reads --------------------------------
(***************************************************************************)
(* Linearizable reads that write nothing: sections 6.4 and 6.4.1 of        *)
(* D. Ongaro, "Consensus: Bridging Theory and Practice" (2014), on top of  *)
(* Snapshot.tla.  This is the whole protocol.                              *)
(*                                                                         *)
(* ReadIndex: the leader notes its commit index, makes sure with a round   *)
(* of messages that it still leads, waits until its state machine has      *)
(* applied all up to the index that it noted, or more, and answers from    *)
(* that.  (It must have committed something in its own term when it notes  *)
(* the index: before that it does not know what its predecessors           *)
(* committed.)                                                             *)
(*                                                                         *)
(* How far a state machine is, behind commitIndex, is no variable here:    *)
(* it may be anywhere, and the answer says where it was.                   *)
(*                                                                         *)
(* Leases: each such round is also a promise.  A server that heard the     *)
(* leader helps nobody to depose it for ElectionTimeoutMin (the interval   *)
(* check of PreVote.tla); so for a shorter time, LeaseTime, counted from   *)
(* when the round was *sent*, the leader can answer without asking.        *)
(*                                                                         *)
(* Clocks.  Every server has a clock of its own, and what is assumed of    *)
(* clocks is only this: while true time advances by d, a clock advances by *)
(* at least RateMin * d and at most RateMax * d (give or take Rounding,    *)
(* since clocks count in whole units).  No server reads another's clock,   *)
(* or true time.  A clock exists only in what is read of it (ReadClock):   *)
(* what it does in between nobody sees.  Who answers by a lease, or makes  *)
(* a promise, has looked at its clock just then.                           *)
(*                                                                         *)
(* LeaseIsShort is the whole argument: a lease that the leader's clock, be *)
(* it as slow as can be, still grants has truly lasted no longer than the  *)
(* followers' clocks, be they as fast as can be, keep the promise.         *)
(*                                                                         *)
(* An action here is the action of Snapshot.tla with the same name, and    *)
(* what there is to add.                                                   *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets, Sequences

CONSTANTS
    Server, Value, Nil, UsesPreVote, UsesIntervalCheck,
    InitialVoters,          \* All as in Membership.tla.
    Read,                   \* The names of reads.
    UsesLeases,             \* Whether leaders answer reads by their lease.
    ElectionTimeoutMin,     \* By a server's own clock: how long it protects
                            \* a leader it heard.
    LeaseTime,              \* By the leader's clock.
    RateMin, RateMax,       \* The bounds of clock rates,
    RateUnit,               \* as multiples of 1 / RateUnit.
    Rounding                \* By how much two readings can be off.

ASSUME RatesAreNumbers ==
    /\ {ElectionTimeoutMin, LeaseTime, RateMin, RateMax, RateUnit, Rounding} \subseteq Nat
    /\ 0 < RateMin /\ RateMin <= RateMax /\ 0 < RateUnit

ASSUME LeasesNeedTheIntervalCheck == UsesLeases => UsesIntervalCheck

(* Not assumed, so that a model can show what happens without it.          *)
LeaseIsShort ==
    (LeaseTime + Rounding) * RateMax <= (ElectionTimeoutMin - Rounding) * RateMin

VARIABLES
    currentTerm, votedFor, log,
    role, commitIndex, votesGranted, nextIndex, matchIndex,
    messages, elected, committed,
    preVotesGranted, heard,
    configIndex, transferee, urgent,
    snapshotIndex

(* What a leader knows of its reads: volatile, and of its term.            *)
VARIABLES
    pendingReads,   \* The reads that wait for a round: what they asked for
                    \* and the round that will do.
    readRound,      \* The last round that was begun.
    confirmed,      \* Up to which round each peer has answered.
    leaseStart,     \* When, by the leader's clock, the last round that each
                    \* peer answered was sent.
    handedOver      \* Whether the leader has told an heir to campaign: it
                    \* may still do so, however late, and nobody protects
                    \* the leader against it.

VARIABLES
    heardAt         \* When, by its own clock, the server last heard a leader.

(* True time; and what each server last read of its clock (clock), when    *)
(* (at), and what the clock can truly have been then (least, most: in      *)
(* units of 1 / RateUnit).                                                 *)
VARIABLES now, reading

(* History: what clients were told.                                        *)
VARIABLE answered

S == INSTANCE Snapshot
M == INSTANCE Membership
P == INSTANCE PreVote
R == INSTANCE Raft

persistent     == <<currentTerm, votedFor, log>>
volatile       == <<role, commitIndex, votesGranted, nextIndex, matchIndex>>
history        == <<elected, committed>>
preVoteVars    == <<preVotesGranted, heard>>
membershipVars == <<configIndex, transferee, urgent>>
lowerVars      == <<persistent, volatile, messages, history, preVoteVars, membershipVars,
                    snapshotIndex>>
officeVars     == <<pendingReads, readRound, confirmed, leaseStart, handedOver>>
clockVars      == <<now, reading>>
readVars       == <<officeVars, heardAt, clockVars, answered>>

vars == <<lowerVars, readVars>>

Follower     == S!Follower
PreCandidate == S!PreCandidate
Candidate    == S!Candidate
Leader       == S!Leader

-----------------------------------------------------------------------------
(* Types.                                                                  *)

Time  == Nat
Round == Nat

PendingRead == [id: Read, index: R!Index, round: Round, begun: R!Index]
Answered    == [id: Read, begun: R!Index, upTo: R!Index]

ReadMessage ==
    [type: {"ConfirmLeader", "ConfirmLeaderResponse"}, from: Server, to: Server,
     term: R!Term, round: Round, sentAt: Time]

Message == S!Message \cup ReadMessage

TypeOKInv ==
    /\ S!TypeOK(Message)
    /\ \A i \in Server : \A r \in pendingReads[i] : r \in PendingRead
    /\ readRound  \in [Server -> Round]
    /\ confirmed  \in [Server -> [Server -> Round]]
    /\ leaseStart \in [Server -> [Server -> Time]]
    /\ handedOver \in [Server -> BOOLEAN]
    /\ heardAt    \in [Server -> Time]
    /\ now \in Time
    /\ reading \in [Server -> [at: Time, clock: Time, least: Time, most: Time]]
    /\ \A r \in answered : r \in Answered
    /\ \A i \in Server : pendingReads[i] # {} => role[i] = Leader

-----------------------------------------------------------------------------
(* Clocks.                                                                 *)

Clock(i) == reading[i].clock

(* A clock that was started at true time t.                                *)
Started(t) == [at |-> t, clock |-> 0, least |-> 0, most |-> Rounding * RateUnit]

(* The server looks at its clock at true time t, and finds c.  What the    *)
(* clock can truly have been is carried along: so the rates hold between   *)
(* any two readings, and not only between one and the next, where many     *)
(* small errors of rounding would add up to a clock that stands still.     *)
ReadClock(i, t, c) ==
    /\ t >= now
    /\ c >= Clock(i)
    /\ LET passed == t - reading[i].at
           least  == R!Max(reading[i].least + RateMin * passed, c * RateUnit)
           most   == R!Min(reading[i].most + RateMax * passed, (c + Rounding) * RateUnit)
       IN  /\ least <= most
           /\ reading' = [reading EXCEPT ![i] =
                              [at |-> t, clock |-> c, least |-> least, most |-> most]]
    /\ now' = t
    /\ UNCHANGED <<lowerVars, officeVars, heardAt, answered>>

(* The server has looked at its clock just now.  By a reading of some time *)
(* ago, a lease would last longer than it should, and a promise less long. *)
IsFresh(i) == reading[i].at = now

HearsNow(i) == heardAt' = [heardAt EXCEPT ![i] = Clock(i)]

-----------------------------------------------------------------------------
(* What the actions are said with.                                         *)

NoPeers == [j \in Server |-> 0]

NoReads(i) ==
    /\ pendingReads' = [pendingReads EXCEPT ![i] = {}]
    /\ readRound'    = [readRound EXCEPT ![i] = 0]
    /\ confirmed'    = [confirmed EXCEPT ![i] = NoPeers]
    /\ leaseStart'   = [leaseStart EXCEPT ![i] = NoPeers]
    /\ handedOver'   = [handedOver EXCEPT ![i] = FALSE]

Config(i) == M!Config(i)

(* It has committed an entry of its term.                                  *)
KnowsCommits(i) == role[i] = Leader /\ M!HasCommittedInTerm(i)

(* Reads have names of their own, so that they can be spoken of.  This is  *)
(* about names and asks nothing of a server: it is the one guard that      *)
(* looks at history (answered), and at the reads of other servers.         *)
IsNewRead(r) ==
    /\ \A i \in Server : \A p \in pendingReads[i] : p.id # r
    /\ \A a \in answered : a.id # r

-----------------------------------------------------------------------------
Init ==
    /\ S!Init
    /\ pendingReads = [i \in Server |-> {}]
    /\ readRound    = [i \in Server |-> 0]
    /\ confirmed    = [i \in Server |-> NoPeers]
    /\ leaseStart   = [i \in Server |-> NoPeers]
    /\ handedOver   = [i \in Server |-> FALSE]
    /\ heardAt      = [i \in Server |-> 0]
    /\ now          = 0
    /\ reading      = [i \in Server |-> Started(0)]
    /\ answered     = {}

-----------------------------------------------------------------------------
(* ReadIndex.                                                              *)

(* The leader notes how far it has committed, and that a round which is    *)
(* yet to be sent will do.                                                 *)
StartRead(i, r) ==
    /\ KnowsCommits(i)
    /\ r \in Read
    /\ IsNewRead(r)
    /\ readRound' = [readRound EXCEPT ![i] = @ + 1]
    /\ pendingReads' = [pendingReads EXCEPT ![i] = @ \cup
           {[id |-> r, index |-> commitIndex[i], round |-> readRound[i] + 1,
             begun |-> Len(committed)]}]
    /\ UNCHANGED <<lowerVars, confirmed, leaseStart, handedOver, heardAt, clockVars,
                   answered>>

(* The leader asks a peer whether it still leads.                          *)
AskToConfirm(i, j) ==
    /\ role[i] = Leader
    /\ j # i
    /\ j \in M!Members(Config(i))
    /\ R!Send([type |-> "ConfirmLeader", from |-> i, to |-> j, term |-> currentTerm[i],
               round |-> readRound[i], sentAt |-> Clock(i)])
    /\ UNCHANGED <<persistent, volatile, history, preVoteVars, membershipVars,
                   snapshotIndex, readVars>>

(* A follower of that term says that it does; and will help to depose it   *)
(* no earlier than an election timeout from now.                           *)
ConfirmLeader(i, m) ==
    /\ R!Receives(i, m, "ConfirmLeader")
    /\ m.term = currentTerm[i]
    /\ role[i] = Follower
    /\ UsesLeases => IsFresh(i)
    /\ R!Send([type |-> "ConfirmLeaderResponse", from |-> i, to |-> m.from,
               term |-> currentTerm[i], round |-> m.round, sentAt |-> m.sentAt])
    /\ P!HearsLeader(i)
    /\ HearsNow(i)
    /\ UNCHANGED <<persistent, volatile, history, preVotesGranted, membershipVars,
                   snapshotIndex, officeVars, clockVars, answered>>

CountConfirmation(i, m) ==
    /\ R!Receives(i, m, "ConfirmLeaderResponse")
    /\ role[i] = Leader
    /\ m.term = currentTerm[i]
    /\ m.from \in M!Members(Config(i))
    /\ confirmed'  = [confirmed EXCEPT ![i][m.from] = R!Max(@, m.round)]
    /\ leaseStart' = [leaseStart EXCEPT ![i][m.from] = R!Max(@, m.sentAt)]
    /\ UNCHANGED <<lowerVars, pendingReads, readRound, handedOver, heardAt, clockVars,
                   answered>>

(* The client is told what the entries up to some index made.              *)
Answer(r, begun, upTo) ==
    answered' = answered \cup {[id |-> r, begun |-> begun, upTo |-> upTo]}

(* A quorum has confirmed the read's round, or a later one, and the        *)
(* leader's state machine has come to the index that was noted, or to a    *)
(* later one that is known to be committed.                                *)
AnswerRead(i, r, upTo) ==
    /\ role[i] = Leader
    /\ \E p \in pendingReads[i] :
           /\ p.id = r
           /\ M!IsQuorum({i} \cup {j \in Server : confirmed[i][j] >= p.round}, Config(i))
           /\ upTo \in p.index .. commitIndex[i]
           /\ Answer(r, p.begun, upTo)
           /\ pendingReads' = [pendingReads EXCEPT ![i] = @ \ {p}]
    /\ UNCHANGED <<lowerVars, readRound, confirmed, leaseStart, handedOver, heardAt,
                   clockVars>>

-----------------------------------------------------------------------------
(* Leases.                                                                 *)

(* Who answered a round that was sent less than LeaseTime ago.  Round 0 is *)
(* none: it is what confirmed holds of a peer that has answered nothing.   *)
(* Rounds are counted by StartRead, so a leader has its first lease from   *)
(* the first read that it dealt with by a round; its lease may be renewed  *)
(* from then on whether anything is read or not.                           *)
LeaseHolders(i) ==
    {i} \cup {j \in Server : confirmed[i][j] > 0 /\ Clock(i) < leaseStart[i][j] + LeaseTime}

HasLease(i) ==
    /\ UsesLeases
    /\ IsFresh(i)
    /\ KnowsCommits(i)
    /\ ~handedOver[i]
    /\ M!IsQuorum(LeaseHolders(i), Config(i))

(* The index is noted and, when the state machine is there, answered from: *)
(* nothing is waited for but that.                                         *)
LeaseRead(i, r) ==
    /\ HasLease(i)
    /\ r \in Read
    /\ IsNewRead(r)
    /\ Answer(r, Len(committed), commitIndex[i])
    /\ UNCHANGED <<lowerVars, officeVars, heardAt, clockVars>>

-----------------------------------------------------------------------------
(* What clocks and reads change in the actions of the other modules.       *)

(* The promise ends when the server's own clock says so.                   *)
MissLeader(i) ==
    /\ Clock(i) >= heardAt[i] + ElectionTimeoutMin
    /\ S!MissLeader(i)
    /\ UNCHANGED readVars

AcceptEntries(i, m) ==
    /\ S!AcceptEntries(i, m)
    /\ HearsNow(i)
    /\ UNCHANGED <<officeVars, clockVars, answered>>

RejectEntries(i, m) ==
    /\ S!RejectEntries(i, m)
    /\ IF m.term = currentTerm[i] THEN HearsNow(i) ELSE UNCHANGED heardAt
    /\ UNCHANGED <<officeVars, clockVars, answered>>

InstallSnapshot(i, m) ==
    /\ S!InstallSnapshot(i, m)
    /\ HearsNow(i)
    /\ UNCHANGED <<officeVars, clockVars, answered>>

IgnoreSnapshot(i, m) ==
    /\ S!IgnoreSnapshot(i, m)
    /\ IF m.term = currentTerm[i] THEN HearsNow(i) ELSE UNCHANGED heardAt
    /\ UNCHANGED <<officeVars, clockVars, answered>>

ReturnToFollower(i, m) ==
    /\ m.to = i
    /\ m.type \in {"AppendEntries", "InstallSnapshot", "ConfirmLeader"}
    /\ S!GiveWay(i, m)
    /\ HearsNow(i)
    /\ UNCHANGED <<officeVars, clockVars, answered>>

(* What the leader was about to answer, nobody will.                       *)
StepDown(i) ==
    /\ S!StepDown(i)
    /\ NoReads(i)
    /\ UNCHANGED <<heardAt, clockVars, answered>>

UpdateTerm(i, m) ==
    /\ S!UpdateTerm(i, m)
    /\ NoReads(i)
    /\ UNCHANGED <<heardAt, clockVars, answered>>

SendTimeoutNow(i) ==
    /\ S!SendTimeoutNow(i)
    /\ handedOver' = [handedOver EXCEPT ![i] = TRUE]
    /\ UNCHANGED <<pendingReads, readRound, confirmed, leaseStart, heardAt, clockVars,
                   answered>>

(* A clock starts anew with its server; and so does the promise that the   *)
(* server may have made before it crashed.                                 *)
Restart(i) ==
    /\ S!Restart(i)
    /\ NoReads(i)
    /\ reading' = [reading EXCEPT ![i] = Started(now)]
    /\ heardAt' = [heardAt EXCEPT ![i] = 0]
    /\ UNCHANGED <<now, answered>>

-----------------------------------------------------------------------------
(* What they do not change.                                                *)

StartPreVote(i)                   == S!StartPreVote(i) /\ UNCHANGED readVars
RequestPreVote(i, j)              == S!RequestPreVote(i, j) /\ UNCHANGED readVars
GrantPreVote(i, m)                == S!GrantPreVote(i, m) /\ UNCHANGED readVars
DenyPreVote(i, m)                 == S!DenyPreVote(i, m) /\ UNCHANGED readVars
CountPreVote(i, m)                == S!CountPreVote(i, m) /\ UNCHANGED readVars
Timeout(i)                        == S!Timeout(i) /\ UNCHANGED readVars
RequestVote(i, j)                 == S!RequestVote(i, j) /\ UNCHANGED readVars
GrantVote(i, m)                   == S!GrantVote(i, m) /\ UNCHANGED readVars
DenyVote(i, m)                    == S!DenyVote(i, m) /\ UNCHANGED readVars
CountVote(i, m)                   == S!CountVote(i, m) /\ UNCHANGED readVars
BecomeLeader(i)                   == S!BecomeLeader(i) /\ UNCHANGED readVars
ClientRequest(i, v)               == S!ClientRequest(i, v) /\ UNCHANGED readVars
AppendEntries(i, j, n)            == S!AppendEntries(i, j, n) /\ UNCHANGED readVars
AdvanceMatch(i, m)                == S!AdvanceMatch(i, m) /\ UNCHANGED readVars
BacktrackNext(i, m)               == S!BacktrackNext(i, m) /\ UNCHANGED readVars
AdvanceCommit(i, k)               == S!AdvanceCommit(i, k) /\ UNCHANGED readVars
ChangeConfig(i, voters, learners) == S!ChangeConfig(i, voters, learners) /\ UNCHANGED readVars
LeaveJoint(i)                     == S!LeaveJoint(i) /\ UNCHANGED readVars
TransferLeadership(i, j)          == S!TransferLeadership(i, j) /\ UNCHANGED readVars
AbortTransfer(i)                  == S!AbortTransfer(i) /\ UNCHANGED readVars
TimeoutNow(i, m)                  == S!TimeoutNow(i, m) /\ UNCHANGED readVars
Compact(i, k)                     == S!Compact(i, k) /\ UNCHANGED readVars
SendSnapshot(i, j)                == S!SendSnapshot(i, j) /\ UNCHANGED readVars
MoveNext(i, j, k)                 == S!MoveNext(i, j, k) /\ UNCHANGED readVars

-----------------------------------------------------------------------------
(* Without a bound, for a trace to be checked against; a model chooses its *)
(* times.                                                                  *)
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
    \/ \E i \in Server, r \in Read : StartRead(i, r)
    \/ \E i, j \in Server : AskToConfirm(i, j)
    \/ \E i \in Server, m \in messages : ConfirmLeader(i, m)
    \/ \E i \in Server, m \in messages : CountConfirmation(i, m)
    \/ \E i \in Server, r \in Read : \E k \in 0 .. commitIndex[i] : AnswerRead(i, r, k)
    \/ \E i \in Server, r \in Read : LeaseRead(i, r)
    \/ \E i \in Server, t \in Time, c \in Time : ReadClock(i, t, c)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
(* Refinement: clients see a log that grows, and read it atomically.       *)

AsLinearizableLog == INSTANCE LinearizableLog WITH
    entries <- M!CommittedEntries,
    asked   <- UNION {{[id |-> p.id, begun |-> p.begun] : p \in pendingReads[i]} : i \in Server}

RefinesLinearizableLogProp == AsLinearizableLog!Spec

RefinesReplicatedLogProp == S!RefinesReplicatedLogProp

-----------------------------------------------------------------------------
(* Safety.                                                                 *)

ElectionSafetyInv          == S!ElectionSafetyInv
LogMatchingInv             == S!LogMatchingInv
LeaderCompletenessInv      == S!LeaderCompletenessInv
StateMachineSafetyInv      == S!StateMachineSafetyInv
MatchInv                   == S!MatchInv
ConfigIndexInv             == S!ConfigIndexInv
OneChangeInFlightInv       == S!OneChangeInFlightInv
CommittedIsStoredInv       == S!CommittedIsStoredInv
OnlyVotersCampaignInv      == S!OnlyVotersCampaignInv
SnapshotIsCommittedInv     == S!SnapshotIsCommittedInv
SentSnapshotIsCommittedInv == S!SentSnapshotIsCommittedInv

(* A read returns all that was committed when it began.                    *)
ReadsAreFreshInv == \A r \in answered : r.begun <= r.upTo

(* While a leader has its lease, nobody leads a later term.                *)
LeaseInv ==
    \A i \in Server :
        HasLease(i) => \A e \in elected : e[1] <= currentTerm[i]

LeaderAppendOnlyProp      == S!LeaderAppendOnlyProp
CommittedNeverShrinksProp == S!CommittedNeverShrinksProp
OneVotePerTermProp        == S!OneVotePerTermProp
TermNeverFallsProp        == S!TermNeverFallsProp
SnapshotNeverShrinksProp  == S!SnapshotNeverShrinksProp
CommitIndexProp ==
    [][\A i \in Server :
          commitIndex'[i] < commitIndex[i] =>
              Restart(i) /\ commitIndex'[i] >= snapshotIndex[i]]_vars
=============================================================================
