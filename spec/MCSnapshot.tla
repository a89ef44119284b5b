----------------------------- MODULE MCSnapshot ------------------------------
(***************************************************************************)
(* Snapshot made finite, so that TLC can visit every state.                *)
(*                                                                         *)
(* As in MCRaft, each action MC<A> is the action <A> of Snapshot with a    *)
(* bound in front: it takes steps away and adds none.  What may go wrong   *)
(* in Snapshot and is not seen here is what the comments account for;      *)
(* those of MCRaft hold here too and are not repeated.  README.md says     *)
(* which model has which bounds, and how many states that makes.           *)
(*                                                                         *)
(* Pre-votes, the interval check and transfers are for MCPreVote and       *)
(* MCMembership: nothing about a snapshot depends on who may campaign.     *)
(* Their actions are missing here, and so the switches must be off.        *)
(***************************************************************************)
EXTENDS Snapshot, TLC

CONSTANTS
    \* Bounds on what happens.
    MaxTerm,            \* No server campaigns for a later term.
    MaxLogLength,       \* No leader makes its log longer.
    MaxRestarts,        \* So many crashes, over all servers, that cost something.
    MaxMoves,           \* So many times, over all leaders, MoveNext.
    MaxChanges,         \* So many changes of the configuration.
    OddCampaigners,     \* Who may campaign for terms 1, 3, 5, ...
    EvenCampaigners,    \* and who for terms 2, 4, 6, ...
    Compactors,         \* Who cuts its log by itself.
    NewLearners,        \* The sets of learners that a change may lead to.
    \* Bounds on the order in which it happens.
    MaxEntries,         \* A message carries no more entries.
    Eager               \* Whether what can be sent is sent at once.

ASSUME BoundsAreNumbers ==
    {MaxTerm, MaxLogLength, MaxRestarts, MaxMoves, MaxChanges, MaxEntries} \subseteq Nat
ASSUME ActorsAreServers ==
    /\ OddCampaigners \cup EvenCampaigners \cup Compactors \subseteq Server
    /\ NewLearners \subseteq SUBSET Server
ASSUME EagerIsBoolean == Eager \in BOOLEAN
ASSUME SwitchesAreOff == ~UsesPreVote /\ ~UsesIntervalCheck

VARIABLES
    restarts,   \* The number of crashes so far that cost something,
    moves,      \* of leaders that moved on or back by themselves,
    changes,    \* and of changes begun.
    due         \* Who is to send what to whom, before anything else.

counters == <<restarts, moves, changes>>
mcVars   == <<vars, counters, due>>

(***************************************************************************)
(* Eager sending, as in MCRaft.  `due' holds <<sender, receiver, size>>.   *)
(* For a leader the size is the number of entries, or Whole for its        *)
(* snapshot; for a candidate it is 0.                                      *)
(***************************************************************************)

Settled == due = {}

Whole == MaxEntries + 1

(* A leader sends as many entries as it may, or its snapshot where the     *)
(* next entry is in that.  What a message with fewer entries would do, one *)
(* does that was sent before the later entries existed: the leader speaks  *)
(* of every entry and of every commit when it happens, and goes on         *)
(* speaking of it before its log is cut (Compact waits for what is due).   *)
Sizes(i, j) ==
    CASE role[i] # Leader                    -> {0}
      [] nextIndex[i][j] <= snapshotIndex[i] -> {Whole}
      [] OTHER -> {R!Min(MaxEntries, Len(log[i]) - nextIndex[i][j] + 1)}

(* Whom the server talks to.                                               *)
Audience(i) == IF role[i] = Leader THEN Members(i) ELSE M!Voters(M!Config(i))

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

(* A server says what it has matched, and has not said as much already in  *)
(* this term.                                                              *)
SaysNew(i, index) ==
    ~ \E a \in messages :
        /\ a.type = "AppendEntriesResponse"
        /\ a.from = i
        /\ a.term = currentTerm[i]
        /\ a.success
        /\ a.index >= index

(* Servers that never campaign are alike, if what they may do is.          *)
Symmetry == Permutations(Server \ (OddCampaigners \cup EvenCampaigners))

(***************************************************************************)
(* With the View, states that differ only in dead messages are one state.  *)
(* To what MCRaft says of Raft, three things come.                         *)
(*                                                                         *)
(* Entries are dead as well when the follower has them, knows as much of   *)
(* commits, and has said so; and a snapshot when its receiver knows of as  *)
(* many commits and has said that.  Commits are forgotten in a crash: as   *)
(* long as there may be one, both live.                                    *)
(*                                                                         *)
(* A refusal is dead when the leader goes on from behind it anyway, and    *)
(* will not move on by itself any more.                                    *)
(*                                                                         *)
(* A leader that moves back by itself finds matchIndex where it was: an    *)
(* answer that says no more than that is as dead as ever.                  *)
(***************************************************************************)
Spent(m) ==
    /\ Eager
    /\ restarts = MaxRestarts
    /\ role[m.to] = Follower
    /\ IF m.type = "AppendEntries"
       THEN /\ R!LogMatches(m.to, m)
            /\ R!Merged(log[m.to], m) = log[m.to]
            /\ commitIndex[m.to] >= R!Min(m.leaderCommit, m.prevLogIndex + Len(m.entries))
            /\ ~SaysNew(m.to, m.prevLogIndex + Len(m.entries))
       ELSE /\ commitIndex[m.to] >= m.lastIndex
            /\ ~SaysNew(m.to, commitIndex[m.to])

Dead(m) ==
    \/ m.term < currentTerm[m.to]
    \/ /\ m.term = currentTerm[m.to]
       /\ \/ /\ m.type = "RequestVote"
             /\ votedFor[m.to] # Nil
          \/ /\ m.type = "RequestVoteResponse"
             /\ \/ role[m.to] # Candidate
                \/ ~m.granted
                \/ m.from \in votesGranted[m.to]
          \/ /\ m.type \in {"AppendEntries", "InstallSnapshot"}
             /\ Spent(m)
          \/ /\ m.type = "AppendEntriesResponse"
             /\ \/ role[m.to] # Leader
                \/ /\ m.index <= matchIndex[m.to][m.from]
                   /\ \/ m.success
                      \/ /\ nextIndex[m.to][m.from] = matchIndex[m.to][m.from] + 1
                         /\ moves = MaxMoves

View == <<persistent, volatile, history, preVoteVars, membershipVars, snapshotIndex,
          counters, due, {m \in messages : ~Dead(m)}>>

-----------------------------------------------------------------------------
NothingCounted == restarts = 0 /\ moves = 0 /\ changes = 0 /\ due = {}

MCInit == Init /\ NothingCounted

(***************************************************************************)
(* States in the middle, which Snapshot reaches, so that breadth-first     *)
(* search gets to snapshots before it has been through all elections.  In  *)
(* each, every message that was sent is lost.                              *)
(***************************************************************************)

First  == CHOOSE i \in OddCampaigners : TRUE
Second == CHOOSE i \in EvenCampaigners \ {First} : TRUE

AnEntry(term) == [term |-> term, value |-> CHOOSE v \in Value : TRUE]

Midway(term, logs, leader, led) ==
    /\ currentTerm  = [i \in Server |-> term]
    /\ votedFor     = [i \in Server |-> leader]
    /\ log          = logs
    /\ role         = [i \in Server |-> IF i = leader THEN Leader ELSE Follower]
    /\ commitIndex  = [i \in Server |-> 0]
    /\ votesGranted = [i \in Server |-> R!InitialVotes]
    /\ nextIndex    = [i \in Server |-> IF i = leader
                                        THEN [j \in Server |-> Len(log[leader]) + 1]
                                        ELSE R!InitialNext]
    /\ matchIndex   = [i \in Server |-> R!InitialMatch]
    /\ messages     = {}
    /\ elected      = led
    /\ committed    = << >>
    /\ preVotesGranted = [i \in Server |-> {}]
    /\ heard           = [i \in Server |-> FALSE]
    /\ configIndex     = [i \in Server |-> 0]
    /\ transferee      = [i \in Server |-> Nil]
    /\ urgent          = [i \in Server |-> FALSE]
    /\ snapshotIndex   = [i \in Server |-> 0]
    /\ NothingCounted

(* The first leader was just elected.                                      *)
LeaderInit ==
    Midway(1, [i \in Server |-> << >>], First, {<<1, First>>})

(* The first leader has two entries.  The second has one of them, and was  *)
(* just elected in its place.                                              *)
DeposedInit ==
    Midway(2, [i \in Server |-> CASE i = First  -> <<AnEntry(1), AnEntry(1)>>
                                   [] i = Second -> <<AnEntry(1)>>
                                   [] OTHER      -> << >>],
           Second, {<<1, First>>, <<2, Second>>})

-----------------------------------------------------------------------------
(* Elections.                                                              *)

MCTimeout(i) ==
    /\ Settled
    /\ currentTerm[i] < MaxTerm
    /\ i \in IF currentTerm[i] % 2 = 0 THEN OddCampaigners ELSE EvenCampaigners
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

MCStepDown(i) ==
    /\ ~Eager
    /\ StepDown(i)
    /\ OwesNothing
    /\ UNCHANGED counters

-----------------------------------------------------------------------------
(* Replication.                                                            *)

MCClientRequest(i, v) ==
    /\ Settled
    /\ Len(log[i]) < MaxLogLength
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
    /\ Eager => \/ log' # log
                \/ commitIndex' # commitIndex
                \/ SaysNew(i, m.prevLogIndex + Len(m.entries))
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
    /\ Owes(i, IF nextIndex' # nextIndex THEN {m.from} ELSE {})
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

(* How far ahead or back does not matter much, how often does: two moves   *)
(* of the same leader can take back a refusal.                             *)
MCMoveNext(i, j, k) ==
    /\ Settled
    /\ moves < MaxMoves
    /\ j \in Members(i)
    /\ MoveNext(i, j, k)
    /\ Owes(i, {j})
    /\ moves' = moves + 1
    /\ UNCHANGED <<restarts, changes>>

-----------------------------------------------------------------------------
(* Snapshots.                                                              *)

(* A follower that cuts its log differs from one that does not when it     *)
(* comes back from a crash, and when it leads.                             *)
MCCompact(i, k) ==
    /\ Settled
    /\ i \in Compactors
    /\ Compact(i, k)
    /\ Owes(i, IF role[i] = Leader THEN {j \in Server : nextIndex[i][j] <= k} ELSE {})
    /\ UNCHANGED counters

MCSendSnapshot(i, j) ==
    /\ Pays(i, j, Whole)
    /\ SendSnapshot(i, j)
    /\ UNCHANGED counters

MCInstallSnapshot(i, m) ==
    /\ Settled
    /\ InstallSnapshot(i, m)
    /\ OwesNothing
    /\ UNCHANGED counters

(* Refusals for the term's sake are left out as in MCRejectEntries.        *)
MCIgnoreSnapshot(i, m) ==
    /\ Settled
    /\ IgnoreSnapshot(i, m)
    /\ Eager => m.term = currentTerm[i] /\ SaysNew(i, commitIndex[i])
    /\ OwesNothing
    /\ UNCHANGED counters

-----------------------------------------------------------------------------
(* A configuration, to see what a snapshot does with it: only learners     *)
(* come and go, so that no quorum changes.                                 *)
MCChangeConfig(i, learners) ==
    /\ Settled
    /\ changes < MaxChanges
    /\ Len(log[i]) < MaxLogLength
    /\ ChangeConfig(i, M!Config(i).voters, learners)
    /\ Owes(i, Server)
    /\ changes' = changes + 1
    /\ UNCHANGED <<restarts, moves>>

-----------------------------------------------------------------------------
(* Terms and crashes.                                                      *)

MCUpdateTerm(i, m) ==
    /\ Settled
    /\ UpdateTerm(i, m)
    /\ OwesNothing
    /\ UNCHANGED counters

(* As in MCRaft, a crash that costs nothing is free.                       *)
MCRestart(i) ==
    /\ Settled
    /\ restarts < MaxRestarts
    /\ Restart(i)
    /\ OwesNothing
    /\ restarts' = IF vars' = vars THEN restarts ELSE restarts + 1
    /\ UNCHANGED <<moves, changes>>

-----------------------------------------------------------------------------
(* Names for TLC, as in MCRaft.                                            *)
SomeGrantVote        == \E i \in Server, m \in messages : MCGrantVote(i, m)
SomeDenyVote         == \E i \in Server, m \in messages : MCDenyVote(i, m)
SomeCountVote        == \E i \in Server, m \in messages : MCCountVote(i, m)
SomeReturnToFollower == \E i \in Server, m \in messages : MCReturnToFollower(i, m)
SomeAcceptEntries    == \E i \in Server, m \in messages : MCAcceptEntries(i, m)
SomeRejectEntries    == \E i \in Server, m \in messages : MCRejectEntries(i, m)
SomeAdvanceMatch     == \E i \in Server, m \in messages : MCAdvanceMatch(i, m)
SomeBacktrackNext    == \E i \in Server, m \in messages : MCBacktrackNext(i, m)
SomeUpdateTerm       == \E i \in Server, m \in messages : MCUpdateTerm(i, m)
SomeInstallSnapshot  == \E i \in Server, m \in messages : MCInstallSnapshot(i, m)
SomeIgnoreSnapshot   == \E i \in Server, m \in messages : MCIgnoreSnapshot(i, m)
SomeAdvanceCommit    == \E i \in Server : \E k \in 1 .. Len(log[i]) : MCAdvanceCommit(i, k)
SomeCompact          == \E i \in Server : \E k \in 1 .. Len(log[i]) : MCCompact(i, k)
SomeMoveNext         == \E i, j \in Server : \E k \in 1 .. Len(log[i]) + 1 : MCMoveNext(i, j, k)

MCNext ==
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
    \/ SomeMoveNext
    \/ SomeCompact
    \/ \E i, j \in Server : MCSendSnapshot(i, j)
    \/ SomeInstallSnapshot
    \/ SomeIgnoreSnapshot
    \/ \E i \in Server, learners \in NewLearners : MCChangeConfig(i, learners)
    \/ SomeUpdateTerm
    \/ \E i \in Server : MCRestart(i)

MCSpec == MCInit /\ [][MCNext]_mcVars

FromLeaderSpec  == LeaderInit /\ [][MCNext]_mcVars
FromDeposedSpec == DeposedInit /\ [][MCNext]_mcVars
=============================================================================
