------------------------------- MODULE MCRaft -------------------------------
(***************************************************************************)
(* Raft made finite, so that TLC can visit every state.                    *)
(*                                                                         *)
(* Each action MC<A> is the action <A> of Raft with a bound in front: it   *)
(* takes steps away and adds none, so whatever goes wrong here goes wrong  *)
(* in Raft.  The other direction, what may go wrong in Raft and is not     *)
(* seen here, is what the comments account for.  README.md says which      *)
(* model has which bounds, and how many states that makes.                 *)
(***************************************************************************)
EXTENDS Raft, TLC

CONSTANTS
    \* Bounds on what happens.
    MaxTerm,            \* No server campaigns for a later term.
    MaxLogLength,       \* No leader makes its log longer.
    MaxRestarts,        \* So many crashes, over all servers, that cost something.
    OddCampaigners,     \* Who may campaign for terms 1, 3, 5, ...
    EvenCampaigners,    \* and who for terms 2, 4, 6, ...
    \* Bounds on the order in which it happens.
    MaxEntries,         \* A message carries no more entries.
    Eager               \* Whether what can be sent is sent at once; see below.

ASSUME BoundsAreNumbers ==
    {MaxTerm, MaxLogLength, MaxRestarts, MaxEntries} \subseteq Nat
ASSUME CampaignersAreServers ==
    OddCampaigners \cup EvenCampaigners \subseteq Server
ASSUME EagerIsBoolean == Eager \in BOOLEAN

(***************************************************************************)
(* Eager sending.  Nearly all states of Raft differ only in what was sent, *)
(* and nearly none of these differences matters: no guard and no property  *)
(* asks that a message be absent, so a behavior can go on as it would have *)
(* when more was sent than it uses; what it does not use was lost or late. *)
(* It is therefore enough to look at the behaviors in which a server that  *)
(* has something new to say says it before anything else happens, and in   *)
(* a fixed order, since the order of sending leaves no mark on a set.      *)
(*                                                                         *)
(* `due' holds what is still to be sent: <<sender, receiver, number of     *)
(* entries>>.  It is empty for ever when Eager is FALSE: then a server may *)
(* say anything that Raft lets it say, at any time, or never.  The         *)
(* unreduced model does that, and is what the reductions were compared     *)
(* with.                                                                   *)
(***************************************************************************)

VARIABLES
    restarts,   \* The number of crashes so far that cost something.
    due         \* Who is to send what to whom, before anything else.

mcVars == <<vars, restarts, due>>

Settled == due = {}

(* A leader has something to say with any number of entries: with fewer    *)
(* than it could send, or with none, a message tells a peer that lags of   *)
(* commits it cannot take part in yet.  With MaxEntries = 1 logs grow      *)
(* entry by entry; with 2 a message can agree with a log in its first      *)
(* entry and contradict it in the second.                                  *)
Sizes(i, j) ==
    IF role[i] = Leader
    THEN 0 .. Min(MaxEntries, Len(log[i]) - nextIndex[i][j] + 1)
    ELSE {0}

(* After this step of i, it has something to say to each of these peers.   *)
Owes(i, peers) ==
    due' = IF Eager
           THEN UNION {{i} \X {j} \X Sizes(i, j)' : j \in peers \ {i}}
           ELSE {}

OwesNothing == due' = {}

Pays(i, j, n) ==
    IF Eager
    THEN /\ due # {}
         /\ <<i, j, n>> = (CHOOSE d \in due : TRUE)
         /\ due' = due \ {<<i, j, n>>}
    ELSE due' = due

(* Servers are alike, unless the model says who may campaign when; values  *)
(* are alike.  Sound for invariants and action properties, and there are   *)
(* no others.                                                              *)
Symmetry == Permutations(Server) \cup Permutations(Value)

(***************************************************************************)
(* With the View, states that differ only in dead messages are one state.  *)
(* A message is dead when no action that takes it changes anything, now or *)
(* later.  Terms only rise, a server votes once a term and campaigns or    *)
(* leads in it once, votes and matches only grow within it: so a message   *)
(* stays dead.  (That is so in Raft and need not be so in a mutation of    *)
(* it: there the View may hide a violation, but not make one up.)  What a  *)
(* request of an old term would be answered does not count; see MCDenyVote *)
(* and MCRejectEntries.                                                    *)
(***************************************************************************)
Dead(m) ==
    \/ m.term < currentTerm[m.to]
    \/ /\ m.term = currentTerm[m.to]
       /\ \/ /\ m.type = "RequestVote"
             /\ votedFor[m.to] # Nil
          \/ /\ m.type = "RequestVoteResponse"
             /\ \/ role[m.to] # Candidate
                \/ ~m.granted
                \/ m.from \in votesGranted[m.to]
          \/ /\ m.type = "AppendEntriesResponse"
             /\ \/ role[m.to] # Leader
                \/ m.success /\ m.index <= matchIndex[m.to][m.from]

View == <<persistent, volatile, history, restarts, due,
          {m \in messages : ~Dead(m)}>>

-----------------------------------------------------------------------------
MCInit == Init /\ restarts = 0 /\ due = {}

(* A state that Raft reaches, for mutations that would be found late from  *)
(* the beginning: the leaders of the first two terms have each an entry    *)
(* that nobody else has, both crashed, all have heard of the second term,  *)
(* and all other messages were lost.                                       *)
Figure8Init ==
    LET first  == CHOOSE i \in OddCampaigners : TRUE
        second == CHOOSE i \in EvenCampaigners \ {first} : TRUE
        entry(term) == [term |-> term, value |-> CHOOSE v \in Value : TRUE]
    IN  /\ currentTerm  = [i \in Server |-> 2]
        /\ votedFor     = [i \in Server |-> IF i = first THEN Nil ELSE second]
        /\ log          = [i \in Server |-> CASE i = first  -> <<entry(1)>>
                                              [] i = second -> <<entry(2)>>
                                              [] OTHER      -> << >>]
        /\ role         = [i \in Server |-> Follower]
        /\ commitIndex  = [i \in Server |-> 0]
        /\ votesGranted = [i \in Server |-> InitialVotes]
        /\ nextIndex    = [i \in Server |-> InitialNext]
        /\ matchIndex   = [i \in Server |-> InitialMatch]
        /\ messages     = {}
        /\ elected      = {<<1, first>>, <<2, second>>}
        /\ committed    = << >>
        /\ restarts     = 0
        /\ due          = {}

(* Terms must be bounded, or elections go on for ever.  A bound below the  *)
(* third term hides what a deposed leader does when it is elected again.   *)
MCTimeout(i) ==
    /\ Settled
    /\ currentTerm[i] < MaxTerm
    /\ i \in IF currentTerm[i] % 2 = 0 THEN OddCampaigners ELSE EvenCampaigners
    /\ Timeout(i)
    /\ Owes(i, Server)
    /\ UNCHANGED restarts

MCRequestVote(i, j) ==
    /\ Pays(i, j, 0)
    /\ RequestVote(i, j)
    /\ UNCHANGED restarts

MCGrantVote(i, m) ==
    /\ Settled
    /\ GrantVote(i, m)
    /\ OwesNothing
    /\ UNCHANGED restarts

(* A refusal tells its receiver nothing but a newer term.  Where sending   *)
(* is eager it can hear of it anyway: the first server of that term came   *)
(* to it by Timeout, and has asked all others for their vote.              *)
MCDenyVote(i, m) ==
    /\ ~Eager
    /\ DenyVote(i, m)
    /\ OwesNothing
    /\ UNCHANGED restarts

MCCountVote(i, m) ==
    /\ Settled
    /\ CountVote(i, m)
    /\ OwesNothing
    /\ UNCHANGED restarts

MCBecomeLeader(i) ==
    /\ Settled
    /\ BecomeLeader(i)
    /\ Owes(i, Server)
    /\ UNCHANGED restarts

(* Entries must be bounded.  One entry can be overwritten; two can be      *)
(* committed by one count, come late, or be cut to one.                    *)
MCClientRequest(i, v) ==
    /\ Settled
    /\ Len(log[i]) < MaxLogLength
    /\ ClientRequest(i, v)
    /\ Owes(i, Server)
    /\ UNCHANGED restarts

MCAppendEntries(i, j, n) ==
    /\ Pays(i, j, n)
    /\ n <= MaxEntries
    /\ AppendEntries(i, j, n)
    /\ UNCHANGED restarts

MCReturnToFollower(i, m) ==
    /\ Settled
    /\ ReturnToFollower(i, m)
    /\ OwesNothing
    /\ UNCHANGED restarts

(* In an eager model a server that takes nothing new from a message does   *)
(* not answer it when an earlier answer of the same term says as much.     *)
MCAcceptEntries(i, m) ==
    /\ Settled
    /\ AcceptEntries(i, m)
    /\ Eager =>
          \/ log' # log
          \/ commitIndex' # commitIndex
          \/ ~ \E a \in messages :
                  /\ a.type = "AppendEntriesResponse"
                  /\ a.from = i
                  /\ a.term = m.term
                  /\ a.success
                  /\ a.index >= m.prevLogIndex + Len(m.entries)
    /\ OwesNothing
    /\ UNCHANGED restarts

(* Refusals for the term's sake are left out as in MCDenyVote.  That loses *)
(* one thing: a leader whose message of an older term, in which it led as  *)
(* well, is refused late goes back to what it knows to match.  Those for   *)
(* the log's sake, which can do the same, are all there.                   *)
MCRejectEntries(i, m) ==
    /\ Settled
    /\ Eager => m.term = currentTerm[i]
    /\ RejectEntries(i, m)
    /\ OwesNothing
    /\ UNCHANGED restarts

MCAdvanceMatch(i, m) ==
    /\ Settled
    /\ AdvanceMatch(i, m)
    /\ Owes(i, IF nextIndex' # nextIndex THEN {m.from} ELSE {})
    /\ UNCHANGED restarts

MCBacktrackNext(i, m) ==
    /\ Settled
    /\ BacktrackNext(i, m)
    /\ Owes(i, IF nextIndex' # nextIndex THEN {m.from} ELSE {})
    /\ UNCHANGED restarts

MCAdvanceCommit(i, k) ==
    /\ Settled
    /\ AdvanceCommit(i, k)
    /\ Owes(i, Server)
    /\ UNCHANGED restarts

MCUpdateTerm(i, m) ==
    /\ Settled
    /\ UpdateTerm(i, m)
    /\ OwesNothing
    /\ UNCHANGED restarts

(* Where sending is eager, a server hears of every term from a message of  *)
(* Raft's own.                                                             *)
MCLearnTerm(i, t) ==
    /\ ~Eager
    /\ LearnTerm(i, t)
    /\ OwesNothing
    /\ UNCHANGED restarts

(* Who steps down is as one who crashed and forgot less: the models with   *)
(* crashes account for it.                                                 *)
MCStepDown(i) ==
    /\ ~Eager
    /\ StepDown(i)
    /\ OwesNothing
    /\ UNCHANGED restarts

(* A crash that costs nothing, as that of an idle follower, is free: in    *)
(* Raft it is no step at all, in a mutation it may be the one that counts. *)
MCRestart(i) ==
    /\ Settled
    /\ restarts < MaxRestarts
    /\ Restart(i)
    /\ OwesNothing
    /\ restarts' = IF vars' = vars THEN restarts ELSE restarts + 1

(* TLC gives a step the name of the last definition before a quantifier    *)
(* whose bound is not constant: without these, all would be MCNext.        *)
SomeGrantVote        == \E i \in Server, m \in messages : MCGrantVote(i, m)
SomeDenyVote         == \E i \in Server, m \in messages : MCDenyVote(i, m)
SomeCountVote        == \E i \in Server, m \in messages : MCCountVote(i, m)
SomeReturnToFollower == \E i \in Server, m \in messages : MCReturnToFollower(i, m)
SomeAcceptEntries    == \E i \in Server, m \in messages : MCAcceptEntries(i, m)
SomeRejectEntries    == \E i \in Server, m \in messages : MCRejectEntries(i, m)
SomeAdvanceMatch     == \E i \in Server, m \in messages : MCAdvanceMatch(i, m)
SomeBacktrackNext    == \E i \in Server, m \in messages : MCBacktrackNext(i, m)
SomeUpdateTerm       == \E i \in Server, m \in messages : MCUpdateTerm(i, m)
SomeLearnTerm        == \E i, j \in Server : \E t \in 1 .. currentTerm[j] : MCLearnTerm(i, t)
SomeAdvanceCommit    == \E i \in Server : \E k \in 1 .. Len(log[i]) : MCAdvanceCommit(i, k)

MCNext ==
    \/ \E i \in Server : MCTimeout(i)
    \/ \E i, j \in Server : MCRequestVote(i, j)
    \/ SomeGrantVote
    \/ SomeDenyVote
    \/ SomeCountVote
    \/ \E i \in Server : MCBecomeLeader(i)
    \/ \E i \in Server, v \in Value : MCClientRequest(i, v)
    \/ \E i, j \in Server : \E n \in 0 .. MaxEntries : MCAppendEntries(i, j, n)
    \/ SomeReturnToFollower
    \/ SomeAcceptEntries
    \/ SomeRejectEntries
    \/ SomeAdvanceMatch
    \/ SomeBacktrackNext
    \/ SomeAdvanceCommit
    \/ SomeUpdateTerm
    \/ SomeLearnTerm
    \/ \E i \in Server : MCStepDown(i)
    \/ \E i \in Server : MCRestart(i)

MCSpec == MCInit /\ [][MCNext]_mcVars
=============================================================================
