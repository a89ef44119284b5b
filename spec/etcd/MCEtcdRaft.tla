----------------------------- MODULE MCEtcdRaft -----------------------------
(***************************************************************************)
(* EtcdRaft made finite, for what it adds to Raft: disks that are written  *)
(* later, and crashes that undo what was promised to nobody.               *)
(*                                                                         *)
(* As in MCRaft, each action MC<A> is the action <A> of EtcdRaft with a    *)
(* bound in front: it takes steps away and adds none.  Left out are        *)
(* changes of the configuration, snapshots, and entries being applied,     *)
(* which matter for nothing else; refusals of votes, and what a former     *)
(* leader is told, which carry a term that others carry as well; and       *)
(* leaders that move on before they hear of what they sent.                *)
(*                                                                         *)
(* A host writes one thing after the other, and begins to when there is    *)
(* something to write or to send.                                          *)
(***************************************************************************)
EXTENDS EtcdRaft, TLC

CONSTANTS
    MaxTerm,            \* No server campaigns for a later term.
    MaxLogLength,       \* No leader makes its log longer.
    MaxRestarts,        \* So many crashes, over all servers, that cost something.
    OddCampaigners,     \* Who may campaign for terms 1, 3, 5, ...
    EvenCampaigners     \* and who for terms 2, 4, 6, ...

ASSUME BoundsAreNumbers == {MaxTerm, MaxLogLength, MaxRestarts} \subseteq Nat
ASSUME CampaignersAreServers == OddCampaigners \cup EvenCampaigners \subseteq Server
ASSUME NobodyHidesPreVotes == ~HidesPreVotes

VARIABLES
    restarts,   \* The number of crashes so far that cost something.
    fresh,      \* Who has received a message and not done what it asks for.
    due         \* Who is to send what to whom, before anything else.

mcVars == <<vars, restarts, fresh, due>>

(* Sending is eager, as in MCRaft: `due' holds <<sender, receiver, type>>. *)
(* And who receives a message does at once what it asks for, or nothing:   *)
(* what others do meanwhile, they can as well have done before.            *)
Settled == due = {} /\ fresh = {}

Owes(i, peers, type) == due' = {i} \X (peers \ {i}) \X {type}

OwesNothing == due' = {}

Pays(i, j, type) ==
    /\ due # {}
    /\ <<i, j, type>> = (CHOOSE d \in due : TRUE)
    /\ due' = due \ {<<i, j, type>>}
    /\ UNCHANGED <<restarts, fresh>>

Else == UNCHANGED <<restarts, fresh>>

(* What is done about a message is done once, but that a newer term is     *)
(* adopted first.                                                          *)
Handles(i) ==
    /\ i \in fresh
    /\ fresh' = {}
    /\ OwesNothing
    /\ UNCHANGED restarts

(* Dead messages are not told apart, as in MCRaft; nor are those that were *)
(* received and dealt with.                                                *)
Dead(m) ==
    \/ m.term < currentTerm[m.to]
    \/ /\ m.term = currentTerm[m.to]
       /\ \/ m.type = "HeartbeatResponse"
          \/ /\ m.type = "RequestVoteResponse"
             /\ \/ role[m.to] # Candidate
                \/ ~m.granted
                \/ m.from \in votesGranted[m.to]
          \/ /\ m.type = "AppendEntriesResponse"
             /\ \/ role[m.to] # Leader
                \/ m.success /\ m.index <= matchIndex[m.to][m.from]

(* A crash may take a vote, a term, and a match with it: then they live.   *)
MayForget == restarts < MaxRestarts

View == <<persistent, volatile, history, held, hostVars, restarts, fresh, due,
          [i \in fresh |-> handling[i]],
          {m \in messages : MayForget \/ ~Dead(m)}>>

-----------------------------------------------------------------------------
MCInit == Init /\ restarts = 0 /\ fresh = {} /\ due = {}

HasNews(i) == State(i) # durable[i] \/ held[i] # {}

MCReady(i) ==
    /\ Settled
    /\ writing[i] = << >>
    /\ HasNews(i)
    /\ Ready(i)
    /\ OwesNothing
    /\ Else

MCPersist(i) ==
    /\ Settled
    /\ Persist(i, 1)
    /\ OwesNothing
    /\ Else

MCRestart(i) ==
    /\ Settled
    /\ restarts < MaxRestarts
    /\ Restart(i, 0)
    /\ vars' # vars
    /\ restarts' = restarts + 1
    /\ OwesNothing
    /\ UNCHANGED fresh

(* Only what asks for something, or carries a newer term, is received.     *)
MCReceive(i, m) ==
    /\ Settled
    /\ \/ m.term > currentTerm[i]
       \/ m.term = currentTerm[i] /\ m.type \in {"RequestVote", "AppendEntries", "Heartbeat"}
    /\ Receive(i, m)
    /\ fresh' = {i}
    /\ OwesNothing
    /\ UNCHANGED restarts

(* A request that is of no use any more is not dealt with.                 *)
MCDrop(i) ==
    /\ i \in fresh
    /\ fresh' = {}
    /\ OwesNothing
    /\ UNCHANGED <<vars, restarts>>

MCUpdateTerm(i) ==
    /\ i \in fresh
    /\ UpdateTerm(i)
    /\ OwesNothing
    /\ Else

MCTimeout(i) ==
    /\ Settled
    /\ currentTerm[i] < MaxTerm
    /\ i \in IF currentTerm[i] % 2 = 0 THEN OddCampaigners ELSE EvenCampaigners
    /\ Timeout(i)
    /\ Owes(i, Server, "RequestVote")
    /\ Else

MCRequestVote(i, j) == Pays(i, j, "RequestVote") /\ RequestVote(i, j)

MCGrantVote(i) == Handles(i) /\ GrantVote(i)

MCCountVote(i, m) ==
    /\ Settled
    /\ m.from \notin votesGranted[i]
    /\ CountVote(i, m)
    /\ OwesNothing
    /\ Else

MCBecomeLeader(i) ==
    /\ Settled
    /\ BecomeLeader(i)
    /\ Owes(i, Server, "AppendEntries")
    /\ Else

MCReturnToFollower(i) ==
    /\ i \in fresh
    /\ ReturnToFollower(i)
    /\ OwesNothing
    /\ Else

MCClientRequest(i, v) ==
    /\ Settled
    /\ Len(log[i]) < MaxLogLength
    /\ ClientRequest(i, v)
    /\ Owes(i, Server, "AppendEntries")
    /\ Else

(* All that the peer lacks, for all that the leader knows.                 *)
MCAppendEntries(i, j) ==
    /\ Pays(i, j, "AppendEntries")
    /\ AppendEntries(i, j, Len(log[i]) - nextIndex[i][j] + 1)

MCHeartbeat(i, j) ==
    /\ Pays(i, j, "Heartbeat")
    /\ Heartbeat(i, j, R!Min(matchIndex[i][j], commitIndex[i]))

MCAcceptHeartbeat(i) == Handles(i) /\ AcceptHeartbeat(i)

MCAcceptEntries(i) == Handles(i) /\ AcceptEntries(i)

MCAcknowledgeCommitted(i) == Handles(i) /\ AcknowledgeCommitted(i)

MCRejectEntries(i) == Handles(i) /\ RejectEntries(i)

MCAdvanceMatch(i, m) ==
    /\ Settled
    /\ m.index > matchIndex[i][m.from]
    /\ AdvanceMatch(i, m)
    /\ OwesNothing
    /\ Else

MCBacktrackNext(i, m) ==
    /\ Settled
    /\ BacktrackNext(i, m)
    /\ Owes(i, IF nextIndex' # nextIndex THEN {m.from} ELSE {}, "AppendEntries")
    /\ Else

MCAdvanceCommit(i, k) ==
    /\ Settled
    /\ AdvanceCommit(i, k)
    /\ Owes(i, Server, "Heartbeat")
    /\ Else

-----------------------------------------------------------------------------
(* Names for TLC, as in MCRaft.                                            *)
SomeReceive       == \E i \in Server, m \in messages : MCReceive(i, m)
SomeCountVote     == \E i \in Server, m \in messages : m.type = "RequestVoteResponse" /\ MCCountVote(i, m)
SomeAdvanceMatch  == \E i \in Server, m \in messages : m.type = "AppendEntriesResponse" /\ MCAdvanceMatch(i, m)
SomeBacktrackNext == \E i \in Server, m \in messages : MCBacktrackNext(i, m)
SomeAdvanceCommit == \E i \in Server : \E k \in 1 .. Len(log[i]) : MCAdvanceCommit(i, k)

MCNext ==
    \/ \E i \in Server : MCReady(i)
    \/ \E i \in Server : MCPersist(i)
    \/ \E i \in Server : MCRestart(i)
    \/ SomeReceive
    \/ \E i \in Server : MCDrop(i)
    \/ \E i \in Server : MCUpdateTerm(i)
    \/ \E i \in Server : MCTimeout(i)
    \/ \E i, j \in Server : MCRequestVote(i, j)
    \/ \E i \in Server : MCGrantVote(i)
    \/ SomeCountVote
    \/ \E i \in Server : MCBecomeLeader(i)
    \/ \E i \in Server : MCReturnToFollower(i)
    \/ \E i \in Server, v \in Value : MCClientRequest(i, v)
    \/ \E i, j \in Server : MCAppendEntries(i, j)
    \/ \E i, j \in Server : MCHeartbeat(i, j)
    \/ \E i \in Server : MCAcceptEntries(i)
    \/ \E i \in Server : MCAcknowledgeCommitted(i)
    \/ \E i \in Server : MCRejectEntries(i)
    \/ \E i \in Server : MCAcceptHeartbeat(i)
    \/ SomeAdvanceMatch
    \/ SomeBacktrackNext
    \/ SomeAdvanceCommit

MCSpec == MCInit /\ [][MCNext]_mcVars

-----------------------------------------------------------------------------
(* What was committed is on the disks of a majority.                       *)
CommittedIsOnDisksInv ==
    \A k \in 1 .. Len(committed) :
        M!Majority({i \in Server : /\ Len(durable[i].log) >= k
                                   /\ durable[i].log[k] = committed[k].entry},
                   M!CommittedConfig.voters)

(* What must be found violated, as in DebugRaft.  A crash takes a vote     *)
(* that was not written, and that nobody heard of.                         *)
DebugNoVoteForgottenProp ==
    [][\A i \in Server : votedFor'[i] = Nil /\ votedFor[i] # Nil
          => currentTerm'[i] > currentTerm[i]]_mcVars

(* A leader commits an entry that it has not written itself.               *)
DebugNoCommitBeforeWriteInv ==
    \A i \in Server : role[i] = Leader => commitIndex[i] <= Len(durable[i].log)
=============================================================================
