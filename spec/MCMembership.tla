----------------------------- MODULE MCMembership -----------------------------
(***************************************************************************)
(* Membership made finite, so that TLC can visit every state.              *)
(*                                                                         *)
(* As in MCRaft, each action MC<A> is the action <A> of Membership with a  *)
(* bound in front: it takes steps away and adds none, so whatever goes     *)
(* wrong here goes wrong in Membership.  What may go wrong there and is    *)
(* not seen here is what the comments account for; those of MCRaft hold    *)
(* here too and are not repeated.  README.md says which model has which    *)
(* bounds, and how many states that makes.                                 *)
(***************************************************************************)
EXTENDS Membership, TLC

CONSTANTS
    \* Bounds on what happens.
    MaxTerm,            \* No server campaigns for a later term.
    MaxRequests,        \* So many entries of clients in each term.
    MaxChanges,         \* So many changes, over all servers, also ones undone.
    MaxTransfers,       \* So many transfers, over all servers, also given up.
    MaxRestarts,        \* So many crashes, over all servers, that cost something.
    OddCampaigners,     \* Who may campaign by itself for terms 1, 3, 5, ...
    EvenCampaigners,    \* and who for terms 2, 4, 6, ...
    TargetVoters,       \* The sets of voters that a change may lead to,
    TargetLearners,     \* and the sets of learners.
    \* Bounds on the order in which it happens.
    MaxEntries,         \* A message carries no more entries.
    Eager               \* Whether what can be sent is sent at once.

ASSUME BoundsAreNumbers ==
    {MaxTerm, MaxRequests, MaxChanges, MaxTransfers, MaxRestarts, MaxEntries}
        \subseteq Nat
ASSUME CampaignersAreServers ==
    OddCampaigners \cup EvenCampaigners \subseteq Server
ASSUME TargetsAreServers ==
    /\ TargetVoters   \subseteq SUBSET Server
    /\ TargetLearners \subseteq SUBSET Server
ASSUME EagerIsBoolean == Eager \in BOOLEAN

VARIABLES
    restarts,   \* The number of crashes so far that cost something,
    changes,    \* of changes begun,
    transfers,  \* and of transfers begun.
    due         \* Who is to send what to whom, before anything else.

counters == <<restarts, changes, transfers>>
mcVars   == <<vars, counters, due>>

(***************************************************************************)
(* Eager sending, as in MCRaft.  `due' holds <<sender, receiver, size>>:   *)
(* for a leader the size is the number of entries, or HandOver for a       *)
(* TimeoutNow; for everybody else it is 0.                                 *)
(***************************************************************************)

Settled == due = {}

HandOver == MaxEntries + 1

(* Whom the server talks to.                                               *)
Audience(i) == IF role[i] = Leader THEN Members(Config(i)) ELSE Voters(Config(i))

(* A leader sends as many entries as it may; with none left to send it is  *)
(* a heartbeat.  What a message with fewer would do, one does that was     *)
(* sent before the later entries existed: it speaks of every change in     *)
(* the log, and of every commit, when it happens.  Only to a newcomer      *)
(* nothing was sent before: it has all that is there, or nothing.          *)
Sizes(i, j) ==
    IF role[i] = Leader
    THEN {R!Min(MaxEntries, Len(log[i]) - nextIndex[i][j] + 1)}
         \cup IF transferee[i] = j /\ matchIndex[i][j] = Len(log[i])
              THEN {HandOver}
              ELSE {}
    ELSE {0}

(* After this step of i, it has something to say to those of the peers     *)
(* that it talks to.                                                       *)
Owes(i, peers) ==
    due' = IF Eager
           THEN UNION {{i} \X {j} \X Sizes(i, j)' : j \in (peers \cap Audience(i)') \ {i}}
           ELSE {}

OwesNothing == due' = {}

Pays(i, j, n) ==
    IF Eager
    THEN /\ due # {}
         /\ <<i, j, n>> = (CHOOSE d \in due : TRUE)
         /\ due' = due \ {<<i, j, n>>}
    ELSE due' = due

(***************************************************************************)
(* With the View, states that differ only in dead messages are one state.  *)
(* To what MCRaft says of Raft, three things come.                         *)
(*                                                                         *)
(* A leader forgets what it knew of a server that joins anew, and then an  *)
(* old answer tells it something again: as long as there are changes left  *)
(* for that, answers live.                                                 *)
(*                                                                         *)
(* Entries are dead as well when the follower has them, knows as much of   *)
(* commits, and has said so.  It forgets commits in a crash and who leads  *)
(* in a pre-vote: as long as there may be one of these, they live.         *)
(*                                                                         *)
(* A refusal is dead when the leader goes on from behind it anyway.        *)
(***************************************************************************)
MayJoinAnew(i, j) ==
    MaxChanges - changes >= IF j \in Members(Config(i)) THEN 2 ELSE 1

Answered(m) ==
    \E a \in messages :
        /\ a.type = "AppendEntriesResponse"
        /\ a.from = m.to
        /\ a.term = m.term
        /\ a.success
        /\ a.index >= m.prevLogIndex + Len(m.entries)

Spent(m) ==
    /\ Eager
    /\ ~UsesPreVote
    /\ ~UsesIntervalCheck
    /\ restarts = MaxRestarts
    /\ role[m.to] = Follower
    /\ R!LogMatches(m.to, m)
    /\ R!Merged(log[m.to], m) = log[m.to]
    /\ commitIndex[m.to] >= R!Min(m.leaderCommit, m.prevLogIndex + Len(m.entries))
    /\ Answered(m)

Dead(m) ==
    \/ m.term < currentTerm[m.to] /\ m.type # "RequestPreVoteResponse"
    \/ /\ m.term = currentTerm[m.to]
       /\ \/ /\ m.type = "RequestVote"
             /\ votedFor[m.to] # Nil
          \/ /\ m.type = "RequestVoteResponse"
             /\ \/ role[m.to] # Candidate
                \/ ~m.granted
                \/ m.from \in votesGranted[m.to]
          \/ /\ m.type = "AppendEntries"
             /\ Spent(m)
          \/ /\ m.type = "AppendEntriesResponse"
             /\ \/ role[m.to] # Leader
                \/ /\ ~MayJoinAnew(m.to, m.from)
                   /\ m.index <= matchIndex[m.to][m.from]
                   /\ m.success \/ nextIndex[m.to][m.from] = matchIndex[m.to][m.from] + 1

View == <<persistent, volatile, history, preVoteVars, membershipVars, counters, due,
          {m \in messages : ~Dead(m)}>>

-----------------------------------------------------------------------------
MCInit == Init /\ restarts = 0 /\ changes = 0 /\ transfers = 0 /\ due = {}

(***************************************************************************)
(* States in the middle, so that breadth-first search gets to what matters *)
(* here, which begins when there is a leader that has committed something. *)
(* DebugMembership shows that they are reached from the beginning.         *)
(***************************************************************************)

Founder == CHOOSE i \in OddCampaigners \cap InitialVoters : TRUE

SomeRequest(term) == [term |-> term, value |-> CHOOSE v \in Value : TRUE]

(* The first voters have elected one of them, it has committed its first   *)
(* entry, which they all have, and is about to tell them so.  All other    *)
(* messages were lost.                                                     *)
IsGoverned ==
    /\ currentTerm  = [i \in Server |-> IF i \in InitialVoters THEN 1 ELSE 0]
    /\ votedFor     = [i \in Server |-> IF i \in InitialVoters THEN Founder ELSE Nil]
    /\ log          = [i \in Server |-> IF i \in InitialVoters THEN <<SomeRequest(1)>> ELSE << >>]
    /\ role         = [i \in Server |-> IF i = Founder THEN Leader ELSE Follower]
    /\ commitIndex  = [i \in Server |-> IF i = Founder THEN 1 ELSE 0]
    /\ votesGranted = [i \in Server |-> R!InitialVotes]
    /\ nextIndex    = [i \in Server |->
                         IF i = Founder
                         THEN [j \in Server |-> IF j \in InitialVoters \ {i} THEN 2 ELSE 1]
                         ELSE R!InitialNext]
    /\ matchIndex   = [i \in Server |->
                         IF i = Founder
                         THEN [j \in Server |-> IF j \in InitialVoters \ {i} THEN 1 ELSE 0]
                         ELSE R!InitialMatch]
    /\ elected      = {<<1, Founder>>}
    /\ committed    = <<[entry |-> SomeRequest(1), by |-> 1]>>
    /\ preVotesGranted = [i \in Server |-> {}]
    /\ heard        = [i \in Server |-> UsesIntervalCheck /\ i \in InitialVoters]
    /\ configIndex  = [i \in Server |-> 0]
    /\ transferee   = [i \in Server |-> Nil]
    /\ urgent       = [i \in Server |-> FALSE]
    /\ restarts     = 0
    /\ changes      = 0
    /\ transfers    = 0

GovernedInit ==
    /\ IsGoverned
    /\ messages = {}
    /\ due      = IF Eager THEN {Founder} \X (InitialVoters \ {Founder}) \X {0} ELSE {}

(* Two leaders, each of which may change the configuration without the     *)
(* other: the founder has begun to bring in everybody else, and nobody but *)
(* these newcomers has heard of it; meanwhile the other first voters have  *)
(* elected a rival, who has sent nothing yet.  Of all messages one is left *)
(* by which the founder can learn of the new term.                         *)
(*                                                                         *)
(* With changes of one server at a time, and no joint configurations, this *)
(* is where the published mistake begins (D. Ongaro, raft-dev, July 2015): *)
(* a rival that may remove somebody at once commits that without anybody   *)
(* who would vote against the founder in its new configuration.            *)
Rival     == CHOOSE i \in EvenCampaigners \cap InitialVoters : TRUE
Newcomers == Server \ InitialVoters

IsForked ==
    LET oldLog == <<SomeRequest(1)>>
        newLog == Append(oldLog, [term   |-> 1,
                                  config |-> Proposed(InitialConfig, Server, {})])
    IN  /\ currentTerm  = [i \in Server |-> IF i \in InitialVoters \ {Founder} THEN 2 ELSE 1]
        /\ votedFor     = [i \in Server |-> CASE i = Founder  -> Founder
                                             [] i \in Newcomers -> Nil
                                             [] OTHER        -> Rival]
        /\ log          = [i \in Server |-> IF i \in Newcomers \cup {Founder} THEN newLog ELSE oldLog]
        /\ role         = [i \in Server |-> IF i \in {Founder, Rival} THEN Leader ELSE Follower]
        /\ commitIndex  = [i \in Server |-> IF i \in Newcomers \cup {Founder} THEN 1 ELSE 0]
        /\ votesGranted = [i \in Server |-> R!InitialVotes]
        /\ nextIndex    = [i \in Server |->
                             CASE i = Rival   -> [j \in Server |-> 2]
                               [] i = Founder -> [j \in Server |->
                                                    IF j \in InitialVoters \ {i} THEN 2 ELSE 1]
                               [] OTHER       -> R!InitialNext]
        /\ matchIndex   = [i \in Server |->
                             IF i = Founder
                             THEN [j \in Server |-> IF j \in InitialVoters \ {i} THEN 1 ELSE 0]
                             ELSE R!InitialMatch]
        /\ elected      = {<<1, Founder>>, <<2, Rival>>}
        /\ committed    = <<[entry |-> SomeRequest(1), by |-> 1]>>
        /\ preVotesGranted = [i \in Server |-> {}]
        /\ heard        = [i \in Server |-> UsesIntervalCheck /\ i \in {Founder, Rival}]
        /\ configIndex  = [i \in Server |-> IF i \in Newcomers \cup {Founder} THEN 2 ELSE 0]
        /\ transferee   = [i \in Server |-> Nil]
        /\ urgent       = [i \in Server |-> FALSE]
        /\ restarts     = 0
        /\ changes      = 1
        /\ transfers    = 0

ForkedInit ==
    /\ IsForked
    /\ messages = {[type |-> "RequestVote", from |-> Rival, to |-> Founder, term |-> 2,
                    lastLogIndex |-> 1, lastLogTerm |-> 1]}
    /\ due      = {}

-----------------------------------------------------------------------------
(* Elections.                                                              *)

MayCampaign(i) ==
    /\ currentTerm[i] < MaxTerm
    /\ i \in IF currentTerm[i] % 2 = 0 THEN OddCampaigners ELSE EvenCampaigners

MCMissLeader(i) ==
    /\ Settled
    /\ MissLeader(i)
    /\ OwesNothing
    /\ UNCHANGED counters

MCStartPreVote(i) ==
    /\ Settled
    /\ MayCampaign(i)
    /\ StartPreVote(i)
    /\ Owes(i, Server)
    /\ UNCHANGED counters

MCRequestPreVote(i, j) ==
    /\ Pays(i, j, 0)
    /\ RequestPreVote(i, j)
    /\ UNCHANGED counters

MCGrantPreVote(i, m) ==
    /\ Settled
    /\ GrantPreVote(i, m)
    /\ OwesNothing
    /\ UNCHANGED counters

MCDenyPreVote(i, m) ==
    /\ ~Eager
    /\ DenyPreVote(i, m)
    /\ OwesNothing
    /\ UNCHANGED counters

MCCountPreVote(i, m) ==
    /\ Settled
    /\ CountPreVote(i, m)
    /\ OwesNothing
    /\ UNCHANGED counters

MCTimeout(i) ==
    /\ Settled
    /\ MayCampaign(i)
    /\ Timeout(i)
    /\ Owes(i, Server)
    /\ UNCHANGED counters

MCRequestVote(i, j) ==
    /\ Pays(i, j, 0)
    /\ RequestVote(i, j)
    /\ UNCHANGED counters

MCGrantVote(i, m) ==
    /\ Settled
    /\ GrantVote(i, m)
    /\ OwesNothing
    /\ UNCHANGED counters

MCDenyVote(i, m) ==
    /\ ~Eager
    /\ DenyVote(i, m)
    /\ OwesNothing
    /\ UNCHANGED counters

MCCountVote(i, m) ==
    /\ Settled
    /\ CountVote(i, m)
    /\ OwesNothing
    /\ UNCHANGED counters

MCBecomeLeader(i) ==
    /\ Settled
    /\ BecomeLeader(i)
    /\ Owes(i, Server)
    /\ UNCHANGED counters

MCReturnToFollower(i, m) ==
    /\ Settled
    /\ ReturnToFollower(i, m)
    /\ OwesNothing
    /\ UNCHANGED counters

(* Where sending is eager only a leader that has nothing to do any more    *)
(* steps down: all others are as ones that crashed and forgot less.        *)
MCStepDown(i) ==
    /\ Settled
    /\ Eager => /\ role[i] = Leader
                /\ i \notin Voters(Config(i))
                /\ configIndex[i] <= commitIndex[i]
    /\ StepDown(i)
    /\ OwesNothing
    /\ UNCHANGED counters

-----------------------------------------------------------------------------
(* Replication.                                                            *)

Requests(i) ==
    Cardinality({k \in DOMAIN log[i] : ~IsConfig(log[i][k]) /\ log[i][k].term = currentTerm[i]})

(* A leader needs one entry of its own term to do anything else.           *)
MCClientRequest(i, v) ==
    /\ Settled
    /\ Requests(i) < MaxRequests
    /\ ClientRequest(i, v)
    /\ Owes(i, Server)
    /\ UNCHANGED counters

MCAppendEntries(i, j, n) ==
    /\ Pays(i, j, n)
    /\ n <= MaxEntries
    /\ AppendEntries(i, j, n)
    /\ UNCHANGED counters

MCAcceptEntries(i, m) ==
    /\ Settled
    /\ AcceptEntries(i, m)
    /\ Eager =>
          \/ log' # log
          \/ commitIndex' # commitIndex
          \/ heard' # heard
          \/ ~Answered(m)
    /\ OwesNothing
    /\ UNCHANGED counters

MCRejectEntries(i, m) ==
    /\ Settled
    /\ Eager => m.term = currentTerm[i]
    /\ RejectEntries(i, m)
    /\ OwesNothing
    /\ UNCHANGED counters

MCAdvanceMatch(i, m) ==
    /\ Settled
    /\ AdvanceMatch(i, m)
    /\ Owes(i, IF nextIndex' # nextIndex \/ matchIndex' # matchIndex THEN {m.from} ELSE {})
    /\ UNCHANGED counters

MCBacktrackNext(i, m) ==
    /\ Settled
    /\ BacktrackNext(i, m)
    /\ Owes(i, IF nextIndex' # nextIndex THEN {m.from} ELSE {})
    /\ UNCHANGED counters

MCAdvanceCommit(i, k) ==
    /\ Settled
    /\ AdvanceCommit(i, k)
    /\ Owes(i, Server)
    /\ UNCHANGED counters

-----------------------------------------------------------------------------
(* Changes and transfers.                                                  *)

(* Changes must be bounded, and what they lead to chosen: there are        *)
(* hundreds of configurations of four servers.                             *)
MCChangeConfig(i, voters, learners) ==
    /\ Settled
    /\ changes < MaxChanges
    /\ ChangeConfig(i, voters, learners)
    /\ Owes(i, Server)
    /\ changes' = changes + 1
    /\ UNCHANGED <<restarts, transfers>>

(* One for each joint configuration: no bound is needed.                   *)
MCLeaveJoint(i) ==
    /\ Settled
    /\ LeaveJoint(i)
    /\ Owes(i, Server)
    /\ UNCHANGED counters

MCTransferLeadership(i, j) ==
    /\ Settled
    /\ transfers < MaxTransfers
    /\ TransferLeadership(i, j)
    /\ Owes(i, {j})
    /\ transfers' = transfers + 1
    /\ UNCHANGED <<restarts, changes>>

MCSendTimeoutNow(i) ==
    /\ Pays(i, transferee[i], HandOver)
    /\ SendTimeoutNow(i)
    /\ UNCHANGED counters

MCAbortTransfer(i) ==
    /\ Settled
    /\ AbortTransfer(i)
    /\ OwesNothing
    /\ UNCHANGED counters

(* Who is told to campaign does, whoever else may.                         *)
MCTimeoutNow(i, m) ==
    /\ Settled
    /\ currentTerm[i] < MaxTerm
    /\ TimeoutNow(i, m)
    /\ Owes(i, Server)
    /\ UNCHANGED counters

-----------------------------------------------------------------------------
(* Terms and crashes.                                                      *)

MCUpdateTerm(i, m) ==
    /\ Settled
    /\ UpdateTerm(i, m)
    /\ OwesNothing
    /\ UNCHANGED counters

MCRestart(i) ==
    /\ Settled
    /\ restarts < MaxRestarts
    /\ Restart(i)
    /\ OwesNothing
    /\ restarts' = IF vars' = vars THEN restarts ELSE restarts + 1
    /\ UNCHANGED <<changes, transfers>>

-----------------------------------------------------------------------------
(* Definitions without parameters, as in MCRaft: TLC names steps by them.  *)
(* To look at each message once, and only while something can be received, *)
(* makes TLC several times faster.                                         *)
Received(type) == IF Settled THEN {m \in messages : m.type = type} ELSE {}

SomeGrantPreVote     == \E m \in Received("RequestPreVote") : MCGrantPreVote(m.to, m)
SomeDenyPreVote      == \E m \in Received("RequestPreVote") : MCDenyPreVote(m.to, m)
SomeCountPreVote     == \E m \in Received("RequestPreVoteResponse") : MCCountPreVote(m.to, m)
SomeGrantVote        == \E m \in Received("RequestVote") : MCGrantVote(m.to, m)
SomeDenyVote         == \E m \in Received("RequestVote") : MCDenyVote(m.to, m)
SomeCountVote        == \E m \in Received("RequestVoteResponse") : MCCountVote(m.to, m)
SomeReturnToFollower == \E m \in Received("AppendEntries") : MCReturnToFollower(m.to, m)
SomeAcceptEntries    == \E m \in Received("AppendEntries") : MCAcceptEntries(m.to, m)
SomeRejectEntries    == \E m \in Received("AppendEntries") : MCRejectEntries(m.to, m)
SomeAdvanceMatch     == \E m \in Received("AppendEntriesResponse") : MCAdvanceMatch(m.to, m)
SomeBacktrackNext    == \E m \in Received("AppendEntriesResponse") : MCBacktrackNext(m.to, m)
SomeAdvanceCommit    == \E i \in Server : \E k \in 1 .. Len(log[i]) : MCAdvanceCommit(i, k)
SomeTimeoutNow       == \E m \in Received("TimeoutNow") : MCTimeoutNow(m.to, m)
SomeUpdateTerm       == Settled /\ \E m \in messages : MCUpdateTerm(m.to, m)

MCNext ==
    \/ \E i \in Server : MCMissLeader(i)
    \/ \E i \in Server : MCStartPreVote(i)
    \/ \E i, j \in Server : MCRequestPreVote(i, j)
    \/ SomeGrantPreVote
    \/ SomeDenyPreVote
    \/ SomeCountPreVote
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
    \/ \E i \in Server, voters \in TargetVoters, learners \in TargetLearners :
           MCChangeConfig(i, voters, learners)
    \/ \E i \in Server : MCLeaveJoint(i)
    \/ \E i, j \in Server : MCTransferLeadership(i, j)
    \/ \E i \in Server : MCSendTimeoutNow(i)
    \/ \E i \in Server : MCAbortTransfer(i)
    \/ SomeTimeoutNow
    \/ SomeUpdateTerm
    \/ \E i \in Server : MCRestart(i)

MCSpec       == MCInit /\ [][MCNext]_mcVars
GovernedSpec == GovernedInit /\ [][MCNext]_mcVars
ForkedSpec   == ForkedInit /\ [][MCNext]_mcVars

(***************************************************************************)
(* Liveness, of one case.  The leader of two servers has taken itself out, *)
(* and crashed when only it had the configuration without it.  It has the  *)
(* longest log: the other needs its vote, as long as that configuration    *)
(* has not reached it, and does not get it.  Nothing is lost and nobody    *)
(* gives up too early: then there is a leader in the end.                  *)
(*                                                                         *)
(* As in MCPreVote, no step here can be taken back.                        *)
(***************************************************************************)
Departed == CHOOSE i \in InitialVoters : TRUE

DepartedInit ==
    LET joint   == Proposed(InitialConfig, InitialVoters \ {Departed}, {})
        without == [joint EXCEPT !.outgoing = {}]
        begun   == <<SomeRequest(1), [term |-> 1, config |-> joint]>>
    IN  /\ currentTerm  = [i \in Server |-> 1]
        /\ votedFor     = [i \in Server |-> Departed]
        /\ log          = [i \in Server |-> IF i = Departed
                                            THEN Append(begun, [term |-> 1, config |-> without])
                                            ELSE begun]
        /\ role         = [i \in Server |-> Follower]
        /\ commitIndex  = [i \in Server |-> IF i = Departed THEN 0 ELSE 1]
        /\ votesGranted = [i \in Server |-> R!InitialVotes]
        /\ nextIndex    = [i \in Server |-> R!InitialNext]
        /\ matchIndex   = [i \in Server |-> R!InitialMatch]
        /\ messages     = {}
        /\ elected      = {<<1, Departed>>}
        /\ committed    = [k \in 1 .. 2 |-> [entry |-> begun[k], by |-> 1]]
        /\ preVotesGranted = [i \in Server |-> {}]
        /\ heard        = [i \in Server |-> UsesIntervalCheck]
        /\ configIndex  = [i \in Server |-> IF i = Departed THEN 3 ELSE 2]
        /\ transferee   = [i \in Server |-> Nil]
        /\ urgent       = [i \in Server |-> FALSE]
        /\ restarts     = 0
        /\ changes      = 1
        /\ transfers    = 0
        /\ due          = {}

PatientNext ==
    /\ \/ \E i \in Server : MissLeader(i)
       \/ \E i \in Server : role[i] = Follower /\ StartPreVote(i)
       \/ \E i, j \in Server : RequestPreVote(i, j)
       \/ \E m \in messages : GrantPreVote(m.to, m)
       \/ \E m \in messages : DenyPreVote(m.to, m)
       \/ \E m \in messages : CountPreVote(m.to, m)
       \/ \E i \in Server : Timeout(i)
       \/ \E i, j \in Server : RequestVote(i, j)
       \/ \E m \in messages : GrantVote(m.to, m)
       \/ \E m \in messages : CountVote(m.to, m)
       \/ \E i \in Server : BecomeLeader(i)
       \/ \E m \in messages : UpdateTerm(m.to, m)
    /\ UNCHANGED <<counters, due>>

PatientSpec == DepartedInit /\ [][PatientNext]_mcVars /\ WF_mcVars(PatientNext)

LeaderInTheEndProp == <>(\E i \in Server : role[i] = Leader)

(* The refinement of ReplicatedLog, for models that begin in the middle:   *)
(* something is committed in their first states.                           *)
GrowsProp == [][AsLog!Grow]_CommittedEntries
=============================================================================
