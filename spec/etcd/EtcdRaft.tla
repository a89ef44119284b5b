------------------------------ MODULE EtcdRaft ------------------------------
(***************************************************************************)
(* Raft as etcd's library (go.etcd.io/raft/v3 v3.6.0) does it, on top of   *)
(* Snapshot.tla.  An action here is the action of Snapshot.tla with the    *)
(* same name, and what there is to add; and each thing that etcd does      *)
(* otherwise has a section, with the reason why it may:                    *)
(*                                                                         *)
(*   1. A step is made in memory.  What it promises leaves when the host   *)
(*      has written it, and a crash before that undoes both.  So a server  *)
(*      counts its own vote, and its own entries, when they are on disk.   *)
(*      The commit index is on disk, too.                                  *)
(*   2. A message is received in one step, and what is done about it are   *)
(*      others.  Many messages get no answer at all.                       *)
(*   3. A vote is also refused where the leader of the term is known.      *)
(*   4. Heartbeats are messages of their own.                              *)
(*   5. An AppendEntries that begins before the commit index is answered   *)
(*      with that; the hint of a refusal may be the index refused; one     *)
(*      from a former leader is answered, if at all, with a term only.     *)
(*   6. A configuration counts when its entry is applied, not when it is   *)
(*      appended; and one voter at a time may be exchanged without a joint *)
(*      configuration.                                                     *)
(*   7. A snapshot is not taken by whom it does not know as a member.      *)
(*   8. Nothing is logged of pre-votes, leases and leadership transfers,   *)
(*      so there is nothing of them here but what they change otherwise.   *)
(*                                                                         *)
(* What looks different and is not: that a leader sends on before it hears *)
(* of what it sent (etcd's progress states) is MoveNext.                   *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets, Sequences

CONSTANTS
    Server, Value, Nil, UsesPreVote, UsesIntervalCheck,
    InitialVoters,      \* All as in Membership.tla.
    HidesPreVotes       \* Whether there may be pre-votes that nobody logs.

(* Pre-votes and leases as these modules have them are not used: 8.        *)
ASSUME NothingIsLoggedOfThem == ~UsesPreVote /\ ~UsesIntervalCheck

VARIABLES
    currentTerm, votedFor, log,
    role, commitIndex, votesGranted, nextIndex, matchIndex,
    messages, elected, committed,
    preVotesGranted, heard,
    configIndex, transferee, urgent,
    snapshotIndex

VARIABLES
    handling,       \* The message that the server received last.
    applied,        \* Its host has applied the entries up to here.
    held,           \* Messages that wait for the host to take them.
    writing,        \* What the host has taken and is writing: a sequence.
    durable         \* What the host has written.

S == INSTANCE Snapshot
M == INSTANCE Membership
P == INSTANCE PreVote
R == INSTANCE Raft

persistent     == <<currentTerm, votedFor, log>>
volatile       == <<role, commitIndex, votesGranted, nextIndex, matchIndex>>
history        == <<elected, committed>>
preVoteVars    == <<preVotesGranted, heard>>
membershipVars == <<configIndex, transferee, urgent>>
lowerVars      == <<persistent, volatile, messages, history, preVoteVars, membershipVars, snapshotIndex>>
hostVars       == <<applied, writing, durable>>

vars == <<lowerVars, handling, held, hostVars>>

Follower  == S!Follower
Candidate == S!Candidate
Leader    == S!Leader

(* Heartbeats and their answers: 4.                                        *)
Message ==
         S!Message
    \cup [type: {"Heartbeat"}, from: Server, to: Server, term: R!Term, leaderCommit: R!Index]
    \cup [type: {"HeartbeatResponse"}, from: Server, to: Server, term: R!Term]

Nothing == [type |-> "Nothing", to |-> Nil, term |-> 0]

State(i) == [currentTerm |-> currentTerm[i], votedFor |-> votedFor[i], log |-> log[i],
             commitIndex |-> commitIndex[i], snapshotIndex |-> snapshotIndex[i]]

Init ==
    /\ S!Init
    /\ handling = [i \in Server |-> Nothing]
    /\ applied  = [i \in Server |-> 0]
    /\ held     = [i \in Server |-> {}]
    /\ writing  = [i \in Server |-> << >>]
    /\ durable  = [i \in Server |-> State(i)]

Config(i)  == M!Config(i)
Members(i) == M!Members(Config(i))

-----------------------------------------------------------------------------
(* 1. Steps, disks and messages.                                           *)
(*                                                                         *)
(* Elsewhere a step and what it makes durable are one.  Here the host      *)
(* takes what is to be written (Ready), writes it (Persist), and then      *)
(* sends what was promised: votes and acknowledgements, which others count *)
(* on.  Requests promise nothing, and may leave while the disk is busy     *)
(* (thesis, section 10.2.1).  A message is on the network as soon as it is *)
(* made, but nobody receives it before it is released.                     *)

IsPromise(m) == m.type \in {"RequestVoteResponse", "AppendEntriesResponse"}

IsReleased(m) ==
    /\ m \notin held[m.from]
    /\ \A k \in DOMAIN writing[m.from] : m \notin writing[m.from][k].promises

(* What is new among the messages waits for the host.  (One that was sent  *)
(* before says nothing new; it may have been released long ago.)           *)
Hold(i) == held' = [held EXCEPT ![i] = @ \cup (messages' \ messages)]

Ready(i) ==
    /\ writing' = [writing EXCEPT ![i] =
                      Append(@, [state    |-> State(i),
                                 promises |-> {m \in held[i] : IsPromise(m)}])]
    /\ held' = [held EXCEPT ![i] = {}]
    /\ UNCHANGED <<lowerVars, handling, applied, durable>>

(* The first n of what is being written are on disk.  (Logs are compacted  *)
(* there by the host, which does not wait for this.)                       *)
Persist(i, n) ==
    /\ n \in 1 .. Len(writing[i])
    /\ durable' = [durable EXCEPT ![i] =
                      [writing[i][n].state EXCEPT
                          !.snapshotIndex = R!Max(@, durable[i].snapshotIndex)]]
    /\ writing' = [writing EXCEPT ![i] = SubSeq(@, n + 1, Len(@))]
    /\ UNCHANGED <<lowerVars, handling, applied, held>>

(* A crash takes what was not written, and the messages that promised it   *)
(* with it.  Entries up to k need not be applied again: the host kept what *)
(* they made.                                                              *)
Restart(i, k) ==
    /\ k \in durable[i].snapshotIndex .. durable[i].commitIndex
    /\ currentTerm'   = [currentTerm EXCEPT ![i] = durable[i].currentTerm]
    /\ votedFor'      = [votedFor EXCEPT ![i] = durable[i].votedFor]
    /\ log'           = [log EXCEPT ![i] = durable[i].log]
    /\ commitIndex'   = [commitIndex EXCEPT ![i] = durable[i].commitIndex]
    /\ snapshotIndex' = [snapshotIndex EXCEPT ![i] = durable[i].snapshotIndex]
    /\ R!LeaveOffice(i)
    /\ applied'       = [applied EXCEPT ![i] = k]
    /\ configIndex'   = [configIndex EXCEPT ![i] = M!LastConfigIndex(durable[i].log, k)]
    /\ handling'      = [handling EXCEPT ![i] = Nothing]
    /\ messages'      = messages \ (held[i] \cup UNION {writing[i][n].promises : n \in DOMAIN writing[i]})
    /\ held'          = [held EXCEPT ![i] = {}]
    /\ writing'       = [writing EXCEPT ![i] = << >>]
    /\ UNCHANGED <<durable, history, preVoteVars, transferee, urgent>>

HasWrittenVote(i) ==
    /\ durable[i].currentTerm = currentTerm[i]
    /\ durable[i].votedFor = i

HasWritten(i, k) ==
    /\ k <= Len(durable[i].log)
    /\ durable[i].log[k] = log[i][k]

BecomeLeader(i) ==
    /\ M!IsQuorum(votesGranted[i] \ (IF HasWrittenVote(i) THEN {} ELSE {i}), Config(i))
    /\ S!BecomeLeader(i)
    /\ UNCHANGED <<handling, held, hostVars>>

AdvanceCommit(i, k) ==
    /\ S!AdvanceCommit(i, k)
    /\ M!IsQuorum(R!Acknowledged(i, k) \ (IF HasWritten(i, k) THEN {} ELSE {i}), Config(i))
    /\ UNCHANGED <<handling, held, hostVars>>

-----------------------------------------------------------------------------
(* 2. Receiving.  An answer that teaches something is counted when it is   *)
(* received; all else is only noted, and nothing need come of it.          *)

Take(i, m) ==
    /\ m.to = i
    /\ IsReleased(m)
    /\ handling' = [handling EXCEPT ![i] = m]

Teaches(i, m) ==
    \/ /\ m.type = "RequestVoteResponse"
       /\ role[i] = Candidate
       /\ m.term = currentTerm[i]
       /\ m.granted
    \/ /\ m.type = "AppendEntriesResponse"
       /\ role[i] = Leader
       /\ m.term = currentTerm[i]
       /\ m.from \in Members(i)

Receive(i, m) ==
    /\ ~Teaches(i, m)
    /\ Take(i, m)
    /\ UNCHANGED <<lowerVars, held, hostVars>>

CountVote(i, m) ==
    /\ Take(i, m)
    /\ S!CountVote(i, m)
    /\ UNCHANGED <<held, hostVars>>

AdvanceMatch(i, m) ==
    /\ Take(i, m)
    /\ S!AdvanceMatch(i, m)
    /\ UNCHANGED <<held, hostVars>>

BacktrackNext(i, m) ==
    /\ Take(i, m)
    /\ S!BacktrackNext(i, m)
    /\ UNCHANGED <<held, hostVars>>

UpdateTerm(i) ==
    /\ S!UpdateTerm(i, handling[i])
    /\ UNCHANGED <<handling, held, hostVars>>

-----------------------------------------------------------------------------
(* 3. Elections.  A server that knows who leads the term refuses its vote  *)
(* even if it gave it to nobody: the candidate has lost already.           *)

(* Nobody campaigns who has a configuration to apply: 6.                   *)
Timeout(i) ==
    /\ ~\E k \in applied[i] + 1 .. commitIndex[i] : M!IsConfig(log[i][k])
    /\ S!Timeout(i)
    /\ UNCHANGED <<handling, held, hostVars>>

RequestVote(i, j) ==
    /\ S!RequestVote(i, j)
    /\ Hold(i)
    /\ UNCHANGED <<handling, hostVars>>

GrantVote(i) ==
    /\ S!GrantVote(i, handling[i])
    /\ Hold(i)
    /\ UNCHANGED <<handling, hostVars>>

HasHeardFromLeader(i) ==
    \E m \in messages :
        /\ m.to = i
        /\ m.type \in {"AppendEntries", "Heartbeat", "InstallSnapshot"}
        /\ m.term = currentTerm[i]

DenyVote(i) ==
    LET m == handling[i]
    IN  /\ m.type = "RequestVote"
        /\ m.term = currentTerm[i]
        /\ \/ S!DenyVote(i, m)
           \/ /\ HasHeardFromLeader(i)
              /\ R!Send([type |-> "RequestVoteResponse", from |-> i, to |-> m.from,
                         term |-> currentTerm[i], granted |-> FALSE])
              /\ UNCHANGED <<persistent, volatile, history, preVoteVars, membershipVars, snapshotIndex>>
        /\ Hold(i)
        /\ UNCHANGED <<handling, hostVars>>

(* The leader that a candidate gives way to may be one whose heartbeat it  *)
(* got: 4.                                                                 *)
ReturnToFollower(i) ==
    LET m == handling[i]
    IN  /\ \/ S!ReturnToFollower(i, m)
           \/ m.type = "Heartbeat" /\ S!GiveWay(i, m)
        /\ UNCHANGED <<handling, held, hostVars>>

StepDown(i) ==
    /\ S!StepDown(i)
    /\ UNCHANGED <<handling, held, hostVars>>

(* 8. The answer to a request for a pre-vote carries a term, and is not    *)
(* logged.                                                                 *)
LearnTerm(i, t) ==
    /\ HidesPreVotes
    /\ R!LearnTerm(i, t)
    /\ UNCHANGED <<preVoteVars, membershipVars, snapshotIndex, handling, held, hostVars>>

-----------------------------------------------------------------------------
(* Replication.                                                            *)

ClientRequest(i, v) ==
    /\ S!ClientRequest(i, v)
    /\ UNCHANGED <<handling, held, hostVars>>

AppendEntries(i, j, n) ==
    /\ S!AppendEntries(i, j, n)
    /\ Hold(i)
    /\ UNCHANGED <<handling, hostVars>>

MoveNext(i, j, k) ==
    /\ S!MoveNext(i, j, k)
    /\ UNCHANGED <<handling, held, hostVars>>

(* What answers and heartbeats have in common.                             *)
Tell(i, m) ==
    /\ R!Send(m)
    /\ Hold(i)
    /\ UNCHANGED <<persistent, role, votesGranted, nextIndex, matchIndex, history,
                   preVoteVars, membershipVars, snapshotIndex, handling, hostVars>>

(* 4. A heartbeat says nothing of the log, so it may only tell what of it  *)
(* is known to be committed, and to be there.  It is an AppendEntries      *)
(* without entries that begins at matchIndex, and the answer to it teaches *)
(* nothing.                                                                *)
Heartbeat(i, j, known) ==
    /\ role[i] = Leader
    /\ j \in Members(i) \ {i}
    /\ known = R!Min(matchIndex[i][j], commitIndex[i])
    /\ Tell(i, [type |-> "Heartbeat", from |-> i, to |-> j, term |-> currentTerm[i],
                leaderCommit |-> known])
    /\ UNCHANGED commitIndex

AcceptHeartbeat(i) ==
    LET m == handling[i]
    IN  /\ m.type = "Heartbeat"
        /\ m.term = currentTerm[i]
        /\ role[i] = Follower
        /\ m.leaderCommit <= Len(log[i])
        /\ commitIndex' = [commitIndex EXCEPT ![i] = R!Max(@, m.leaderCommit)]
        /\ Tell(i, [type |-> "HeartbeatResponse", from |-> i, to |-> m.from,
                    term |-> currentTerm[i]])

(* 5. Only what begins at the commit index or after it is looked at.       *)
Acknowledge(i, index) ==
    Tell(i, [type |-> "AppendEntriesResponse", from |-> i, to |-> handling[i].from,
             term |-> currentTerm[i], success |-> TRUE, index |-> index, hintTerm |-> 0])

AcceptEntries(i) ==
    /\ P!AcceptEntries(i, handling[i])
    /\ handling[i].prevLogIndex >= commitIndex[i]
    /\ Hold(i)
    /\ UNCHANGED <<membershipVars, snapshotIndex, handling, hostVars>>

(* The leader's log and this one are equal up to the commit index, whatever*)
(* the message says.                                                       *)
AcknowledgeCommitted(i) ==
    LET m == handling[i]
    IN  /\ m.type = "AppendEntries"
        /\ m.term = currentTerm[i]
        /\ role[i] = Follower
        /\ m.prevLogIndex < commitIndex[i]
        /\ Acknowledge(i, commitIndex[i])
        /\ UNCHANGED commitIndex

(* Where the log has an entry of an older term at the index that is        *)
(* refused, that index is the hint: the leader skips to the entries of     *)
(* that term by itself.                                                    *)
RejectEntries(i) ==
    LET m    == handling[i]
        hint == R!LastNotAfter(log[i], R!Min(m.prevLogIndex, Len(log[i])), m.prevLogTerm)
    IN  /\ m.type = "AppendEntries"
        /\ m.term = currentTerm[i]
        /\ role[i] = Follower
        /\ m.prevLogIndex >= commitIndex[i]
        /\ ~R!LogMatches(i, m)
        /\ Tell(i, [type |-> "AppendEntriesResponse", from |-> i, to |-> m.from,
                    term |-> currentTerm[i], success |-> FALSE,
                    index |-> hint, hintTerm |-> R!TermAt(log[i], hint)])
        /\ UNCHANGED commitIndex

(* With CheckQuorum or PreVote, where nobody else's term might reach it, a *)
(* former leader is told of the newer one, by an acknowledgement of        *)
(* nothing.                                                                *)
TellTerm(i) ==
    /\ handling[i].type \in {"AppendEntries", "Heartbeat"}
    /\ handling[i].term < currentTerm[i]
    /\ Acknowledge(i, 0)
    /\ UNCHANGED commitIndex

-----------------------------------------------------------------------------
(* 6. Configurations.                                                      *)
(*                                                                         *)
(* Elsewhere (thesis, section 4.1) a configuration counts as soon as it is *)
(* in the log.  Here configIndex moves when the host applies the entry, so *)
(* it was committed under the configuration before it, and is never taken  *)
(* back.  In exchange, nobody proposes one while its log has another that  *)
(* is not applied, and nobody campaigns while one that it knows to be      *)
(* committed is not.  That also does what an entry of the leader's own     *)
(* term does elsewhere: no two leaders have different ones under way that  *)
(* could both be committed.                                                *)

Apply(i) ==
    LET k      == applied[i] + 1
        old    == Members(i)
        new    == IF M!IsConfig(log[i][k]) THEN M!Members(log[i][k].config) ELSE old
        joined == new \ old
    IN  /\ k <= commitIndex[i]
        /\ applied' = [applied EXCEPT ![i] = k]
        /\ configIndex' = IF M!IsConfig(log[i][k]) THEN [configIndex EXCEPT ![i] = k] ELSE configIndex
        /\ IF role[i] = Leader /\ joined # {}
           THEN /\ nextIndex'  = [nextIndex EXCEPT ![i] = [j \in Server |->
                                     IF j \in joined THEN Len(log[i]) + 1 ELSE @[j]]]
                /\ matchIndex' = [matchIndex EXCEPT ![i] = [j \in Server |->
                                     IF j \in joined THEN 0 ELSE @[j]]]
           ELSE UNCHANGED <<nextIndex, matchIndex>>
        /\ UNCHANGED <<persistent, role, commitIndex, votesGranted, messages, history, preVoteVars,
                       transferee, urgent, snapshotIndex, handling, held, writing, durable>>

AppendConfig(i, c) ==
    /\ M!Governs(i)
    /\ ~\E k \in applied[i] + 1 .. Len(log[i]) : M!IsConfig(log[i][k])
    /\ log' = [log EXCEPT ![i] = Append(@, [term |-> currentTerm[i], config |-> c])]
    /\ UNCHANGED <<currentTerm, votedFor, volatile, messages, history, preVoteVars, membershipVars,
                   snapshotIndex, handling, held, hostVars>>

(* One voter more or less needs no joint configuration: every majority     *)
(* before and every majority after have somebody in common (section 4.1).  *)
ChangeConfig(i, voters, learners, isJoint) ==
    /\ ~M!IsJoint(Config(i))
    /\ voters # {}
    /\ voters \cap learners = {}
    /\ ~isJoint => Cardinality((voters \ Config(i).voters) \cup (Config(i).voters \ voters)) <= 1
    /\ AppendConfig(i, [voters   |-> voters,
                        outgoing |-> IF isJoint THEN Config(i).voters ELSE {},
                        learners |-> learners])

LeaveJoint(i) ==
    /\ M!IsJoint(Config(i))
    /\ AppendConfig(i, [Config(i) EXCEPT !.outgoing = {}])

-----------------------------------------------------------------------------
(* 7. Snapshots.                                                           *)

(* A host compacts what it has applied and knows from its disk to be       *)
(* committed.                                                              *)
Compact(i, k) ==
    /\ k <= applied[i]
    /\ k <= durable[i].commitIndex
    /\ S!Compact(i, k)
    /\ durable' = [durable EXCEPT ![i].snapshotIndex = k]
    /\ UNCHANGED <<handling, applied, held, writing>>

SendSnapshot(i, j) ==
    /\ S!SendSnapshot(i, j)
    /\ Hold(i)
    /\ UNCHANGED <<handling, hostVars>>

IsKnownTo(i, m) == i \in M!Members(M!ConfigAt(m.state, M!LastConfigIndex(m.state, m.lastIndex)))

(* Where it takes the place of the log, it is applied as well.             *)
InstallSnapshot(i) ==
    LET m == handling[i]
    IN  /\ S!InstallSnapshot(i, m)
        /\ IsKnownTo(i, m)
        /\ applied' = [applied EXCEPT ![i] = IF snapshotIndex' = snapshotIndex THEN @ ELSE m.lastIndex]
        /\ Hold(i)
        /\ UNCHANGED <<handling, writing, durable>>

(* It is also answered in a step of its own.                               *)
IgnoreSnapshot(i) ==
    LET m == handling[i]
    IN  /\ m.type = "InstallSnapshot"
        /\ m.term = currentTerm[i]
        /\ role[i] = Follower
        /\ m.lastIndex <= commitIndex[i] \/ ~IsKnownTo(i, m)
        /\ Acknowledge(i, commitIndex[i])
        /\ UNCHANGED commitIndex

-----------------------------------------------------------------------------
Next ==
    \/ \E i \in Server : Ready(i)
    \/ \E i \in Server : \E n \in 1 .. Len(writing[i]) : Persist(i, n)
    \/ \E i \in Server : \E k \in 0 .. durable[i].commitIndex : Restart(i, k)
    \/ \E i \in Server, m \in messages : Receive(i, m)
    \/ \E i \in Server : UpdateTerm(i)
    \/ \E i, j \in Server : \E t \in 1 .. currentTerm[j] : LearnTerm(i, t)
    \/ \E i \in Server : Timeout(i)
    \/ \E i, j \in Server : RequestVote(i, j)
    \/ \E i \in Server : GrantVote(i)
    \/ \E i \in Server : DenyVote(i)
    \/ \E i \in Server, m \in messages : CountVote(i, m)
    \/ \E i \in Server : BecomeLeader(i)
    \/ \E i \in Server : ReturnToFollower(i)
    \/ \E i \in Server : StepDown(i)
    \/ \E i \in Server, v \in Value : ClientRequest(i, v)
    \/ \E i, j \in Server : \E n \in 0 .. Len(log[i]) : AppendEntries(i, j, n)
    \/ \E i, j \in Server : \E k \in 1 .. Len(log[i]) + 1 : MoveNext(i, j, k)
    \/ \E i \in Server : AcceptEntries(i)
    \/ \E i \in Server : AcknowledgeCommitted(i)
    \/ \E i \in Server : RejectEntries(i)
    \/ \E i \in Server : TellTerm(i)
    \/ \E i, j \in Server : \E known \in 0 .. commitIndex[i] : Heartbeat(i, j, known)
    \/ \E i \in Server : AcceptHeartbeat(i)
    \/ \E i \in Server, m \in messages : AdvanceMatch(i, m)
    \/ \E i \in Server, m \in messages : BacktrackNext(i, m)
    \/ \E i \in Server : \E k \in 1 .. Len(log[i]) : AdvanceCommit(i, k)
    \/ \E i \in Server : Apply(i)
    \/ \E i \in Server, voters, learners \in SUBSET Server, isJoint \in BOOLEAN :
           ChangeConfig(i, voters, learners, isJoint)
    \/ \E i \in Server : LeaveJoint(i)
    \/ \E i \in Server : \E k \in 1 .. commitIndex[i] : Compact(i, k)
    \/ \E i, j \in Server : SendSnapshot(i, j)
    \/ \E i \in Server : InstallSnapshot(i)
    \/ \E i \in Server : IgnoreSnapshot(i)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
(* What holds of Raft holds here as well, but for what a crash may take:   *)
(* a vote, a term and entries that were not written yet, and a commit      *)
(* index.  Those were promised to nobody.                                  *)

TypeOKInv ==
    /\ S!TypeOK(Message)
    /\ \A i \in Server :
           /\ handling[i] \in messages \cup {Nothing}
           /\ applied[i] \in R!Index
           /\ held[i] \subseteq messages
           /\ \A k \in DOMAIN writing[i] : writing[i][k].promises \subseteq messages

ElectionSafetyInv          == S!ElectionSafetyInv
LogMatchingInv             == S!LogMatchingInv
LeaderCompletenessInv      == S!LeaderCompletenessInv
StateMachineSafetyInv      == S!StateMachineSafetyInv
MatchInv                   == S!MatchInv
OneChangeInFlightInv       == S!OneChangeInFlightInv
SnapshotIsCommittedInv     == S!SnapshotIsCommittedInv
SentSnapshotIsCommittedInv == S!SentSnapshotIsCommittedInv
RefinesReplicatedLogProp   == S!RefinesReplicatedLogProp
=============================================================================
