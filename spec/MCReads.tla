------------------------------- MODULE MCReads -------------------------------
(***************************************************************************)
(* Reads made finite, so that TLC can visit every state.                   *)
(*                                                                         *)
(* As in MCRaft, each action MC<A> is the action <A> of Reads with a bound *)
(* in front: it takes steps away and adds none.  What may go wrong in      *)
(* Reads and is not seen here is what the comments account for; those of   *)
(* MCRaft hold here too and are not repeated.  README.md says which model  *)
(* has which bounds, and how many states that makes.                       *)
(*                                                                         *)
(* Reads are asked of leaders, and what makes them stale is another leader *)
(* that commits: so there are elections, entries, crashes and transfers    *)
(* here, and no pre-votes, snapshots and changes of the configuration.     *)
(* Their actions are missing, and UsesPreVote must be off.  (MCWhole adds  *)
(* the last two.)                                                          *)
(***************************************************************************)
EXTENDS Reads, TLC

CONSTANTS
    \* Bounds on what happens.
    MaxTerm,            \* No server campaigns for a later term.
    MaxLogLength,       \* No leader makes its log longer.
    MaxRestarts,        \* So many crashes, over all servers, that cost something.
    MaxTransfers,       \* So many transfers, over all servers, also given up.
    MaxTime,            \* True time ends here; with 0 it stands still.
    OddCampaigners,     \* Who may campaign by itself for terms 1, 3, 5, ...
    EvenCampaigners,    \* and who for terms 2, 4, 6, ...
    Proposers,          \* Who takes requests of clients when it leads.
    RoundReads,         \* The reads that may begin a round.
    Asked,              \* Whom leaders ask whether they still lead.
    SlowClocks,         \* Whose clocks run as slowly as they may,
    FastClocks,         \* and whose as fast; others run as they like.
    \* Bounds on the order in which it happens.
    MaxEntries,         \* A message carries no more entries.
    Eager               \* Whether what can be sent is sent at once.

ASSUME BoundsAreNumbers ==
    {MaxTerm, MaxLogLength, MaxRestarts, MaxTransfers, MaxTime, MaxEntries} \subseteq Nat
ASSUME CampaignersAreServers ==
    OddCampaigners \cup EvenCampaigners \cup Proposers \cup Asked \subseteq Server
ASSUME ClocksAreSlowOrFast ==
    /\ SlowClocks \cup FastClocks \subseteq Server
    /\ SlowClocks \cap FastClocks = {}
ASSUME RoundReadsAreReads == RoundReads \subseteq Read
ASSUME EagerIsBoolean == Eager \in BOOLEAN
ASSUME NoPreVotes == ~UsesPreVote

VARIABLES
    restarts,   \* The number of crashes so far that cost something,
    transfers,  \* and of transfers begun.
    looking,    \* Who has just looked at its clock, or Nil; see MCReadClock.
    due         \* Who is to send what to whom, before anything else.

counters == <<restarts, transfers>>
mcVars   == <<vars, counters, looking, due>>

(***************************************************************************)
(* Eager sending, as in MCRaft.  `due' holds <<sender, receiver, size>>.   *)
(* For a leader the size is the number of entries, Ask for the question    *)
(* whether it still leads, or Whole for a snapshot; for a candidate it is  *)
(* 0.                                                                      *)
(***************************************************************************)

Settled == due = {} /\ looking = Nil

Ask   == MaxEntries + 1
Whole == MaxEntries + 2

(* A leader sends as many entries as it may.  What a message with fewer    *)
(* would do, one does that was sent before the later entries existed.      *)
Sizes(i, j) ==
    CASE role[i] # Leader                    -> {0}
      [] nextIndex[i][j] <= snapshotIndex[i] -> {Whole}
      [] OTHER -> {R!Min(MaxEntries, Len(log[i]) - nextIndex[i][j] + 1)}

(* Whom the server talks to.                                               *)
Audience(i) ==
    IF role[i] = Leader THEN M!Members(Config(i)) ELSE M!Voters(Config(i))

(* After this step of i, it has something to say to those of the peers     *)
(* that it talks to.                                                       *)
Owes(i, peers) ==
    due' = IF Eager
           THEN UNION {{i} \X {j} \X Sizes(i, j)' : j \in (peers \cap Audience(i)') \ {i}}
           ELSE {}

OwesQuestions(i) ==
    due' = IF Eager THEN {i} \X ((Asked \cap Audience(i)) \ {i}) \X {Ask} ELSE {}

OwesNothing == due' = {}

Pays(i, j, n) ==
    IF Eager
    THEN /\ due # {}
         /\ <<i, j, n>> = (CHOOSE d \in due : TRUE)
         /\ due' = due \ {<<i, j, n>>}
    ELSE due' = due

(* What a step leaves as it is that is of no interest to it.               *)
Else == UNCHANGED <<counters, looking>>

(* A server says what it has matched, and has not said as much already in  *)
(* this term.                                                              *)
SaysNew(i, index) ==
    ~ \E a \in messages :
        /\ a.type = "AppendEntriesResponse"
        /\ a.from = i
        /\ a.term = currentTerm[i]
        /\ a.success
        /\ a.index >= index

(***************************************************************************)
(* With the View, states that differ only in dead messages are one state.  *)
(* To what MCRaft says of Raft, three things come.                         *)
(*                                                                         *)
(* Entries are dead as well when the follower has them, knows as much of   *)
(* commits, and has said so (commits are forgotten in a crash: as long as  *)
(* there may be one, they live); and so is a question that was answered.   *)
(* MCAcceptEntries and MCConfirmLeader do not take them again.             *)
(*                                                                         *)
(* An answer to a question is dead when the leader knows of later ones.    *)
(*                                                                         *)
(* A refusal is dead when the leader goes on from behind it anyway.        *)
(***************************************************************************)
IsAnswered(m) ==
    \E a \in messages :
        /\ a.type = "ConfirmLeaderResponse"
        /\ a.from = m.to
        /\ a.term = m.term
        /\ a.round = m.round
        /\ a.sentAt = m.sentAt

Spent(m) ==
    /\ Eager
    /\ role[m.to] = Follower
    /\ IF m.type = "AppendEntries"
       THEN /\ restarts = MaxRestarts
            /\ R!LogMatches(m.to, m)
            /\ R!Merged(log[m.to], m) = log[m.to]
            /\ commitIndex[m.to] >= R!Min(m.leaderCommit, m.prevLogIndex + Len(m.entries))
            /\ ~SaysNew(m.to, m.prevLogIndex + Len(m.entries))
       ELSE IsAnswered(m)

Dead(m) ==
    \/ m.term < currentTerm[m.to]
    \/ /\ m.term = currentTerm[m.to]
       /\ \/ /\ m.type = "RequestVote"
             /\ votedFor[m.to] # Nil
          \/ /\ m.type = "RequestVoteResponse"
             /\ \/ role[m.to] # Candidate
                \/ ~m.granted
                \/ m.from \in votesGranted[m.to]
          \/ /\ m.type \in {"AppendEntries", "ConfirmLeader"}
             /\ Spent(m)
          \/ /\ m.type = "AppendEntriesResponse"
             /\ \/ role[m.to] # Leader
                \/ /\ m.index <= matchIndex[m.to][m.from]
                   /\ \/ m.success
                      \/ nextIndex[m.to][m.from] = matchIndex[m.to][m.from] + 1
          \/ /\ m.type = "ConfirmLeaderResponse"
             /\ \/ role[m.to] # Leader
                \/ /\ m.round <= confirmed[m.to][m.from]
                   /\ m.sentAt <= leaseStart[m.to][m.from]

View == <<persistent, volatile, history, preVoteVars, membershipVars, snapshotIndex,
          readVars, counters, looking, due, {m \in messages : ~Dead(m)}>>

-----------------------------------------------------------------------------
NothingCounted == restarts = 0 /\ transfers = 0 /\ looking = Nil /\ due = {}

MCInit == Init /\ NothingCounted

(***************************************************************************)
(* States in the middle, which Reads reaches (but for when time begins),   *)
(* so that breadth-first search gets to reads before it has been through   *)
(* all elections.  The first leader leads the first term, all voted for    *)
(* it, and it has committed some entries of its own that these servers     *)
(* have.  Every message that was sent is lost.  When it has begun a read   *)
(* already, it can have a lease.                                           *)
(***************************************************************************)

First  == CHOOSE i \in OddCampaigners : TRUE
Second == CHOOSE i \in EvenCampaigners \ {First} : TRUE

AnEntry(term) == [term |-> term, value |-> CHOOSE v \in Value : TRUE]

(* Whoever is no voter learns.                                             *)
WithLearners(term) ==
    [term |-> term, config |-> [voters   |-> InitialVoters,
                                outgoing |-> {},
                                learners |-> Server \ InitialVoters]]

Led(initial, byFirst) == [i \in Server |-> IF i = First THEN byFirst ELSE initial]

Midway(entries, reads, promised, having) ==
    LET length == Len(entries)
        held(i) == IF i \in having THEN entries ELSE << >>
    IN  /\ currentTerm  = [i \in Server |-> 1]
        /\ votedFor     = [i \in Server |-> IF i \in InitialVoters THEN First ELSE Nil]
        /\ log          = [i \in Server |-> held(i)]
        /\ role         = Led(Follower, Leader)
        /\ commitIndex  = Led(0, length)
        /\ votesGranted = [i \in Server |-> R!InitialVotes]
        /\ nextIndex    = Led(R!InitialNext,
                             [j \in Server |-> IF j = First THEN 1 ELSE Len(held(j)) + 1])
        /\ matchIndex   = Led(R!InitialMatch,
                             [j \in Server |-> IF j = First THEN 0 ELSE Len(held(j))])
        /\ messages     = {}
        /\ elected      = {<<1, First>>}
        /\ committed    = [k \in 1 .. length |-> [entry |-> entries[k], by |-> 1]]
        /\ preVotesGranted = [i \in Server |-> {}]
        /\ heard           = [i \in Server |-> UsesIntervalCheck /\ i \in {First} \cup promised]
        /\ configIndex     = [i \in Server |-> M!LastConfigIndex(held(i), Len(held(i)))]
        /\ transferee      = [i \in Server |-> Nil]
        /\ urgent          = [i \in Server |-> FALSE]
        /\ snapshotIndex   = [i \in Server |-> 0]
        /\ pendingReads    = Led({}, {[id |-> r, index |-> length, round |-> 1,
                                       begun |-> length] : r \in reads})
        /\ readRound       = Led(0, Cardinality(reads))
        /\ confirmed       = Led(NoPeers, [j \in Server |-> IF j \in promised THEN 1 ELSE 0])
        /\ leaseStart      = [i \in Server |-> NoPeers]
        /\ handedOver      = [i \in Server |-> FALSE]
        /\ heardAt         = [i \in Server |-> 0]
        /\ now             = 0
        /\ reading         = [i \in Server |-> Started(0)]
        /\ answered        = {}
        /\ NothingCounted

CommittedInit == Midway(<<AnEntry(1)>>, {}, {}, Server)

LearnerInit == Midway(<<AnEntry(1), WithLearners(1)>>, {}, {}, Server)

(* Nobody waits for the answer to this read any more.                      *)
ReadInit == Midway(<<AnEntry(1)>>, {CHOOSE r \in Read : TRUE}, {}, Server)

(* And those who will not campaign have just confirmed the leader.         *)
LeaseInit ==
    Midway(<<AnEntry(1)>>, {CHOOSE r \in Read : TRUE},
           Server \ (OddCampaigners \cup EvenCampaigners), Server)

-----------------------------------------------------------------------------
(* Clocks.  A clock is read to be used: whoever looks at its clock does    *)
(* something next for which the time matters, and nobody else does         *)
(* anything in between.  Readings that are not used can be left out, since *)
(* a clock that is read less often is bound by less; and one that is used  *)
(* later could as well have been used at once.                             *)
(*                                                                         *)
(* The slower a leader's clock, the longer it believes in its lease; and   *)
(* the faster a follower's, the shorter is its promise.  So if anything    *)
(* goes wrong, it goes wrong when the one is as slow and the others are as *)
(* fast as they may be (SlowClocks, FastClocks).                           *)
(*                                                                         *)
(* Where time stands still, nobody needs to look.                          *)

TimePasses == MaxTime > 0

UsesClock(i) == Eager => due = {} /\ looking = IF TimePasses THEN i ELSE Nil

StopsLooking == looking' = Nil

(* What the clock of i can count in so much time.                          *)
Counts(i, passed) ==
    LET least == (RateMin * passed + RateUnit - 1) \div RateUnit
        most  == (RateMax * passed) \div RateUnit
    IN  CASE i \in SlowClocks -> {R!Max(0, least - Rounding)}
          [] i \in FastClocks -> {most + Rounding}
          [] OTHER            -> R!Max(0, least - Rounding) .. most + Rounding

MCReadClock(i, t, c) ==
    /\ Settled
    /\ TimePasses
    /\ \/ role[i] = Leader
       \/ heard[i]
       \/ \E m \in messages : m.to = i /\ m.type = "ConfirmLeader" /\ ~Dead(m)
    /\ ReadClock(i, t, c)
    /\ looking' = i
    /\ OwesNothing
    /\ UNCHANGED counters

MCMissLeader(i) ==
    /\ UsesClock(i)
    /\ MissLeader(i)
    /\ StopsLooking
    /\ OwesNothing
    /\ UNCHANGED counters

-----------------------------------------------------------------------------
(* Reads.                                                                  *)

MCStartRead(i, r) ==
    /\ Settled
    /\ r \in RoundReads
    /\ StartRead(i, r)
    /\ OwesQuestions(i)
    /\ Else

(* A leader asks at once when a read begins.  With leases it asks again    *)
(* when it has looked at its clock.  (A question that carries an older     *)
(* time does less than the one that was sent at that time.)  Whom it does  *)
(* not ask is one to whom all its questions are lost.                      *)
MCAskToConfirm(i, j) ==
    /\ \/ Pays(i, j, Ask) /\ Else
       \/ /\ UsesLeases
          /\ j \in Asked
          /\ UsesClock(i)
          /\ StopsLooking
          /\ OwesNothing
          /\ UNCHANGED counters
    /\ AskToConfirm(i, j)

(* To answer again renews a promise, and the leader does not count on it.  *)
MCConfirmLeader(i, m) ==
    /\ UsesClock(i)
    /\ ConfirmLeader(i, m)
    /\ Eager => ~IsAnswered(m)
    /\ StopsLooking
    /\ OwesNothing
    /\ UNCHANGED counters

MCCountConfirmation(i, m) ==
    /\ Settled
    /\ CountConfirmation(i, m)
    /\ OwesNothing
    /\ Else

MCAnswerRead(i, r, upTo) ==
    /\ Settled
    /\ r \in RoundReads
    /\ AnswerRead(i, r, upTo)
    /\ OwesNothing
    /\ Else

MCLeaseRead(i, r) ==
    /\ UsesClock(i)
    /\ LeaseRead(i, r)
    /\ StopsLooking
    /\ OwesNothing
    /\ UNCHANGED counters

-----------------------------------------------------------------------------
(* Elections.                                                              *)

MCTimeout(i) ==
    /\ Settled
    /\ currentTerm[i] < MaxTerm
    /\ i \in IF currentTerm[i] % 2 = 0 THEN OddCampaigners ELSE EvenCampaigners
    /\ Timeout(i)
    /\ Owes(i, Server)
    /\ Else

MCRequestVote(i, j) ==
    /\ Pays(i, j, 0)
    /\ RequestVote(i, j)
    /\ Else

MCGrantVote(i, m) ==
    /\ Settled
    /\ GrantVote(i, m)
    /\ OwesNothing
    /\ Else

MCDenyVote(i, m) ==
    /\ ~Eager
    /\ DenyVote(i, m)
    /\ OwesNothing
    /\ Else

MCCountVote(i, m) ==
    /\ Settled
    /\ CountVote(i, m)
    /\ OwesNothing
    /\ Else

MCBecomeLeader(i) ==
    /\ Settled
    /\ BecomeLeader(i)
    /\ Owes(i, Server)
    /\ Else

MCReturnToFollower(i, m) ==
    /\ Settled
    /\ ReturnToFollower(i, m)
    /\ OwesNothing
    /\ Else

MCStepDown(i) ==
    /\ ~Eager
    /\ StepDown(i)
    /\ OwesNothing
    /\ Else

-----------------------------------------------------------------------------
(* Replication.                                                            *)

MCClientRequest(i, v) ==
    /\ Settled
    /\ Len(log[i]) < MaxLogLength
    /\ i \in Proposers
    /\ ClientRequest(i, v)
    /\ Owes(i, Server)
    /\ Else

MCAppendEntries(i, j, n) ==
    /\ Pays(i, j, n)
    /\ n <= MaxEntries
    /\ AppendEntries(i, j, n)
    /\ Else

(* Entries, too, renew a promise, if not one that a leader counts on.      *)
MCAcceptEntries(i, m) ==
    /\ Settled
    /\ AcceptEntries(i, m)
    /\ Eager => \/ log' # log
                \/ commitIndex' # commitIndex
                \/ SaysNew(i, m.prevLogIndex + Len(m.entries))
    /\ OwesNothing
    /\ Else

MCRejectEntries(i, m) ==
    /\ Settled
    /\ Eager => m.term = currentTerm[i]
    /\ RejectEntries(i, m)
    /\ OwesNothing
    /\ Else

MCAdvanceMatch(i, m) ==
    /\ Settled
    /\ AdvanceMatch(i, m)
    /\ Owes(i, IF nextIndex' # nextIndex THEN {m.from} ELSE {})
    /\ Else

MCBacktrackNext(i, m) ==
    /\ Settled
    /\ BacktrackNext(i, m)
    /\ Owes(i, IF nextIndex' # nextIndex THEN {m.from} ELSE {})
    /\ Else

MCAdvanceCommit(i, k) ==
    /\ Settled
    /\ AdvanceCommit(i, k)
    /\ Owes(i, Server)
    /\ Else

-----------------------------------------------------------------------------
(* Transfers: one that is given up leaves an heir that may still campaign. *)

MCTransferLeadership(i, j) ==
    /\ Settled
    /\ transfers < MaxTransfers
    /\ j \in IF currentTerm[i] % 2 = 0 THEN OddCampaigners ELSE EvenCampaigners
    /\ TransferLeadership(i, j)
    /\ transfers' = transfers + 1
    /\ OwesNothing
    /\ UNCHANGED <<restarts, looking>>

MCSendTimeoutNow(i) ==
    /\ Settled
    /\ SendTimeoutNow(i)
    /\ OwesNothing
    /\ Else

MCAbortTransfer(i) ==
    /\ Settled
    /\ AbortTransfer(i)
    /\ OwesNothing
    /\ Else

MCTimeoutNow(i, m) ==
    /\ Settled
    /\ currentTerm[i] < MaxTerm
    /\ TimeoutNow(i, m)
    /\ Owes(i, Server)
    /\ Else

-----------------------------------------------------------------------------
(* Terms and crashes.                                                      *)

MCUpdateTerm(i, m) ==
    /\ Settled
    /\ UpdateTerm(i, m)
    /\ OwesNothing
    /\ Else

(* As in MCRaft, a crash that costs nothing is free.                       *)
MCRestart(i) ==
    /\ Settled
    /\ restarts < MaxRestarts
    /\ Restart(i)
    /\ OwesNothing
    /\ restarts' = IF vars' = vars THEN restarts ELSE restarts + 1
    /\ UNCHANGED <<transfers, looking>>

-----------------------------------------------------------------------------
(* Names for TLC, as in MCRaft.                                            *)
SomeGrantVote         == \E i \in Server, m \in messages : MCGrantVote(i, m)
SomeDenyVote          == \E i \in Server, m \in messages : MCDenyVote(i, m)
SomeCountVote         == \E i \in Server, m \in messages : MCCountVote(i, m)
SomeReturnToFollower  == \E i \in Server, m \in messages : MCReturnToFollower(i, m)
SomeAcceptEntries     == \E i \in Server, m \in messages : MCAcceptEntries(i, m)
SomeRejectEntries     == \E i \in Server, m \in messages : MCRejectEntries(i, m)
SomeAdvanceMatch      == \E i \in Server, m \in messages : MCAdvanceMatch(i, m)
SomeBacktrackNext     == \E i \in Server, m \in messages : MCBacktrackNext(i, m)
SomeTimeoutNow        == \E i \in Server, m \in messages : MCTimeoutNow(i, m)
SomeUpdateTerm        == \E i \in Server, m \in messages : MCUpdateTerm(i, m)
SomeConfirmLeader     == \E i \in Server, m \in messages : MCConfirmLeader(i, m)
SomeCountConfirmation == \E i \in Server, m \in messages : MCCountConfirmation(i, m)
SomeAdvanceCommit     == \E i \in Server : \E k \in 1 .. Len(log[i]) : MCAdvanceCommit(i, k)
SomeReadClock ==
    \E i \in Server : \E t \in now .. MaxTime :
        \E n \in Counts(i, t - reading[i].at) :
            MCReadClock(i, t, Clock(i) + n)

MCNext ==
    \/ SomeReadClock
    \/ \E i \in Server : MCMissLeader(i)
    \/ \E i \in Server, r \in Read : MCStartRead(i, r)
    \/ \E i, j \in Server : MCAskToConfirm(i, j)
    \/ SomeConfirmLeader
    \/ SomeCountConfirmation
    \/ \E i \in Server, r \in Read : \E k \in 0 .. commitIndex[i] : MCAnswerRead(i, r, k)
    \/ \E i \in Server, r \in Read : MCLeaseRead(i, r)
    \/ \E i \in Server : MCTimeout(i)
    \/ \E i, j \in Server : MCRequestVote(i, j)
    \/ SomeGrantVote
    \/ SomeDenyVote
    \/ SomeCountVote
    \/ \E i \in Server : MCBecomeLeader(i)
    \/ SomeReturnToFollower
    \/ \E i \in Server : MCStepDown(i)
    \/ \E i \in Server, v \in Value : MCClientRequest(i, v)
    \/ \E i, j \in Server : \E n \in 0 .. MaxEntries : MCAppendEntries(i, j, n)
    \/ SomeAcceptEntries
    \/ SomeRejectEntries
    \/ SomeAdvanceMatch
    \/ SomeBacktrackNext
    \/ SomeAdvanceCommit
    \/ \E i, j \in Server : MCTransferLeadership(i, j)
    \/ \E i \in Server : MCSendTimeoutNow(i)
    \/ \E i \in Server : MCAbortTransfer(i)
    \/ SomeTimeoutNow
    \/ SomeUpdateTerm
    \/ \E i \in Server : MCRestart(i)

MCSpec == MCInit /\ [][MCNext]_mcVars

FromCommittedSpec == CommittedInit /\ [][MCNext]_mcVars
FromLearnerSpec   == LearnerInit /\ [][MCNext]_mcVars
FromReadSpec      == ReadInit /\ [][MCNext]_mcVars
FromLeaseSpec     == LeaseInit /\ [][MCNext]_mcVars

(* The refinement of LinearizableLog (and with it that of ReplicatedLog),  *)
(* for models that begin in the middle: something is committed, and a read *)
(* may be under way, in their first states.                                *)
LinearizesProp ==
    [][\/ AsLinearizableLog!Grow
       \/ AsLinearizableLog!Ask
       \/ AsLinearizableLog!Answer]_(AsLinearizableLog!vars)
=============================================================================
