----------------------------- MODULE MCPreVote ------------------------------
(***************************************************************************)
(* PreVote made finite, so that TLC can visit every state.                 *)
(*                                                                         *)
(* The bounds and the reductions are those of MCRaft, which explains them. *)
(* What is said here is what pre-votes and the interval check add.         *)
(***************************************************************************)
EXTENDS PreVote, TLC

CONSTANTS
    \* As in MCRaft.
    MaxTerm, MaxLogLength, MaxRestarts, OddCampaigners, EvenCampaigners,
    MaxEntries, Eager,
    \* Bounds on who hears whom.
    MayMiss,            \* Who may cease to hear its leader, or to lead.
    Deaf,               \* Whom nothing that a leader sends reaches.
    \* Bounds on the order in which it happens.
    Refusals            \* Whether they are sent; see below.

ASSUME BoundsAreNumbers ==
    {MaxTerm, MaxLogLength, MaxRestarts, MaxEntries} \subseteq Nat
ASSUME TheseAreServers ==
    OddCampaigners \cup EvenCampaigners \cup MayMiss \cup Deaf \subseteq Server
ASSUME SwitchesOfTheModelAreBooleans == {Eager, Refusals} \subseteq BOOLEAN

VARIABLES
    restarts,   \* The number of crashes so far that cost something.
    due         \* Who is to send what to whom, before anything else.

mcVars == <<vars, restarts, due>>

-----------------------------------------------------------------------------
(* Eager sending.  A pre-candidate has the same to say as long as it is    *)
(* one, so it says it at once, as a candidate does.  No guard asks that a  *)
(* message be absent.  NoDisruptionProp does ask that a pre-vote was not   *)
(* granted: but answers are not sent eagerly, only requests are.           *)
(*                                                                         *)
(* What can be counted is counted at once, too.  Votes and pre-votes do    *)
(* nothing but let their receiver campaign or lead, and that may still     *)
(* happen late.                                                            *)

IsGrant(m) == m.type = "RequestPreVoteResponse" /\ m.granted

Countable(m) ==
    \/ /\ IsGrant(m)
       /\ role[m.to] = PreCandidate
       /\ m.forTerm = currentTerm[m.to]
       /\ m.from \notin preVotesGranted[m.to]
    \/ /\ m.type = "RequestVoteResponse"
       /\ m.granted
       /\ role[m.to] = Candidate
       /\ m.term = currentTerm[m.to]
       /\ m.from \notin votesGranted[m.to]

Counted == Eager => ~ \E m \in messages : Countable(m)

Settled == due = {} /\ Counted

Sizes(i, j) ==
    IF role[i] = Leader
    THEN 0 .. R!Min(MaxEntries, Len(log[i]) - nextIndex[i][j] + 1)
    ELSE {0}

(* A leader owes nothing to those who cannot hear it.                      *)
Owes(i, peers) ==
    due' = IF Eager
           THEN UNION {{i} \X {j} \X Sizes(i, j)' :
                           j \in peers \ ({i} \cup IF role'[i] = Leader
                                                   THEN Deaf ELSE {})}
           ELSE {}

OwesNothing == due' = {}

Pays(i, j, n) ==
    IF Eager
    THEN /\ due # {}
         /\ <<i, j, n>> = (CHOOSE d \in due : TRUE)
         /\ due' = due \ {<<i, j, n>>}
    ELSE due' = due

(* Sound also for the refinement: what TLC checks of it is that each       *)
(* initial state is one of Raft and each step is one, which is an          *)
(* invariant and an action property, and Raft does not tell its servers    *)
(* apart.  (There is no fairness in it that would need whole behaviors.)   *)
Symmetry == Permutations(Server) \cup Permutations(Value)

(***************************************************************************)
(* The View, as in MCRaft: dead messages are not told apart.  A request    *)
(* for a pre-vote is dead when it can only be refused, when its sender has *)
(* gone on to a newer term, or when it was granted already; an answer that *)
(* grants is dead when its receiver has gone on.  While it has not, it may *)
(* ask again and count the old answer, so that what was counted is not     *)
(* dead.  The term that such an answer carries is no newer than its        *)
(* receiver's and does not matter; of a refusal only the term does.        *)
(*                                                                         *)
(* A request of an old term is dead although it may be refused, with       *)
(* Refusals.  It does not matter which of the requests of that term is:    *)
(* there is one, since whoever led or campaigned in a term has told        *)
(* everybody, and a pre-candidate can ask again.                           *)
(*                                                                         *)
(* As for the refinement: a dead message makes no step but a refusal, so   *)
(* none that is not Raft's.                                                *)
(***************************************************************************)
IsGranted(m) ==
    \E a \in messages :
        /\ IsGrant(a)
        /\ a.from = m.to
        /\ a.to = m.from
        /\ a.forTerm = m.term

Dead(m) ==
    CASE m.type = "RequestPreVote" ->
            \/ m.term < currentTerm[m.to]
            \/ m.term < currentTerm[m.from]
            \/ IsGranted(m)
      [] IsGrant(m) ->
            m.forTerm < currentTerm[m.to]
      [] m.type = "RequestPreVoteResponse" /\ ~m.granted ->
            m.term <= currentTerm[m.to]
      [] OTHER ->
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

Seen(m) ==
    CASE IsGrant(m)                           -> [m EXCEPT !.term = 0]
      [] m.type = "RequestPreVoteResponse"    -> [m EXCEPT !.forTerm = 0]
      [] OTHER                                -> m

View == <<persistent, volatile, history, preVoteVars, restarts, due,
          {Seen(m) : m \in {n \in messages : ~Dead(n)}}>>

-----------------------------------------------------------------------------
MCInit == Init /\ restarts = 0 /\ due = {}

(***************************************************************************)
(* A working leader, and servers that were cut off and come back.  They    *)
(* are those in MayMiss; everybody else hears the leader.  Whoever was cut *)
(* off may have any role, any term up to the leader's, and any log.        *)
(*                                                                         *)
(* All that may have been sent to or by them is still under way, but for   *)
(* what is dead and for what only takes them to another of these states (a *)
(* newer term).  More of it could only make more happen, so there is no    *)
(* need to consider less.  The one thing that must not be under way is     *)
(* what would make the claim false: pre-votes of a quorum for the leader's *)
(* own term, by those who had missed it and came to hear it again.         *)
(*                                                                         *)
(* Logs have one entry or none.                                            *)
(*                                                                         *)
(* Not every one of these states can be reached.  What holds from all of   *)
(* them holds from those that can.                                         *)
(***************************************************************************)
RejoinTerm == 2

Loyal == Server \ MayMiss

Working == CHOOSE i \in Loyal : TRUE

(* Who may have voted, or would have, for i in this term: in the leader's  *)
(* only others who were cut off.                                           *)
Givers(i, term) == IF term < RejoinTerm THEN Server ELSE MayMiss

UnderWay(lastIndex(_), lastTerm(_)) ==
    LET others(i, givers) == givers \ {i}
    IN  UNION {
            {[type |-> "RequestPreVote", from |-> i, to |-> j,
              term |-> currentTerm[i],
              lastLogIndex |-> lastIndex(i), lastLogTerm |-> lastTerm(i)] :
                 j \in IF UsesPreVote THEN others(i, Server) ELSE {}}
            \cup
            UNION {{[type |-> "RequestPreVoteResponse", from |-> j, to |-> i,
                     term |-> 0, forTerm |-> term, granted |-> TRUE] :
                        j \in IF UsesPreVote THEN others(i, Givers(i, term)) ELSE {}} :
                   term \in 0 .. currentTerm[i]}
            \cup
            {[type |-> "RequestVoteResponse", from |-> j, to |-> i,
              term |-> currentTerm[i], granted |-> TRUE] :
                 j \in others(i, Givers(i, currentTerm[i]))}
            \cup
            {[type |-> "AppendEntries", from |-> j, to |-> i,
              term |-> currentTerm[i], prevLogIndex |-> 0, prevLogTerm |-> 0,
              entries |-> << >>, leaderCommit |-> 0] :
                 j \in IF i \notin Deaf /\ currentTerm[i] \in 1 .. RejoinTerm - 1
                       THEN others(i, Server) ELSE {}} : i \in MayMiss}

CutOffRoles(term) ==
    {Follower}
    \cup (IF UsesPreVote THEN {PreCandidate} ELSE {})
    \cup (IF term > 0 THEN {Candidate} ELSE {})
    \cup (IF 0 < term /\ term < RejoinTerm THEN {Leader} ELSE {})

Rejoining(lastIndex(_), lastTerm(_)) ==
    LET entry(term) == [term |-> term, value |-> CHOOSE v \in Value : TRUE]
        logs(term)  == {<< >>} \cup {<<entry(t)>> : t \in 1 .. term}
    IN  /\ currentTerm \in {t \in [Server -> 0 .. RejoinTerm] :
                               \A i \in Loyal : t[i] = RejoinTerm}
        /\ log \in {g \in [Server -> logs(RejoinTerm)] :
                       \A i \in Server :
                           /\ g[i] \in logs(currentTerm[i])
                           /\ g[i] \in {g[Working]} \cup logs(RejoinTerm - 1)}
        /\ role \in {r \in [Server -> {Follower, PreCandidate, Candidate, Leader}] :
                        \A i \in Server :
                            IF i \in Loyal
                            THEN r[i] = IF i = Working THEN Leader ELSE Follower
                            ELSE r[i] \in CutOffRoles(currentTerm[i])}
        /\ votedFor = [i \in Server |->
                          CASE i \in Loyal -> Working
                            [] role[i] \in {Candidate, Leader} -> i
                            [] OTHER -> Nil]
        /\ heard \in {h \in [Server -> BOOLEAN] :
                         \A i \in Server :
                             CASE ~UsesIntervalCheck -> ~h[i]
                               [] i \in Loyal \/ role[i] = Leader -> h[i]
                               [] role[i] = Follower -> TRUE
                               [] OTHER -> ~h[i]}
        /\ preVotesGranted = [i \in Server |->
               IF role[i] = PreCandidate THEN Givers(i, currentTerm[i]) ELSE {}]
        /\ votesGranted = [i \in Server |->
               IF role[i] = Candidate THEN Givers(i, currentTerm[i]) ELSE R!InitialVotes]
        /\ nextIndex = [i \in Server |->
               IF role[i] = Leader
               THEN [j \in Server |-> Len(log[i]) + 1]
               ELSE R!InitialNext]
        /\ matchIndex  = [i \in Server |-> R!InitialMatch]
        /\ commitIndex = [i \in Server |-> 0]
        /\ elected   = {<<currentTerm[i], i>> : i \in {j \in Server : role[j] = Leader}}
        /\ committed = << >>
        /\ messages  = UnderWay(lastIndex, lastTerm)
        /\ restarts  = 0
        /\ due       = {Working} \X (Server \ ({Working} \cup Deaf)) \X {0}

(* Whoever was cut off may have asked when its log was better than it is.  *)
RejoinInit ==
    LET longest(i) == 1
        newest(i)  == currentTerm[i]
    IN  Rejoining(longest, newest)

(* Without the interval check the logs decide: of those who would grant a  *)
(* pre-vote to one who was cut off, there is no quorum.                    *)
RejoinBehindInit ==
    /\ LET length(i) == Len(log[i])
           last(i)   == R!LastTerm(log[i])
       IN  Rejoining(length, last)
    /\ \A i \in MayMiss :
          MayMiss \cup {j \in Loyal \ {Working} :
                          R!UpToDate(R!LastTerm(log[i]), Len(log[i]), log[j])}
              \notin Quorum

(* The leader is not deposed.                                              *)
LeaderStaysInv ==
    /\ role[Working] = Leader
    /\ \A i \in Loyal : currentTerm[i] = RejoinTerm

(* And nobody disturbs anybody.                                            *)
NoTermRisesInv == \A i \in Server : currentTerm[i] <= RejoinTerm

SecureInv == IsSecure(Working)

(* Who may campaign for the next term.                                     *)
MayCampaignNext(i) ==
    /\ currentTerm[i] < MaxTerm
    /\ i \in IF currentTerm[i] % 2 = 0 THEN OddCampaigners ELSE EvenCampaigners

-----------------------------------------------------------------------------
(* Pre-votes.                                                              *)

Waits(m) ==
    \/ /\ m.type = "RequestPreVote"
       /\ m.term >= currentTerm[m.to]
       /\ ~IsGranted(m)
       /\ R!UpToDate(m.lastLogTerm, m.lastLogIndex, log[m.to])
    \/ /\ m.type = "RequestVote"
       /\ \/ m.term > currentTerm[m.to]
          \/ m.term = currentTerm[m.to] /\ votedFor[m.to] = Nil

(* In an eager model a server misses its leader when that lets it do       *)
(* something: campaign, or take a request that waits for it.  What else    *)
(* happens meanwhile would have happened to it as well without a leader.   *)
MCMissLeader(i) ==
    /\ i \in MayMiss
    /\ Eager => \/ MayCampaignNext(i)
                \/ \E m \in messages : m.to = i /\ Waits(m)
    /\ MissLeader(i)
    /\ OwesNothing
    /\ UNCHANGED restarts

(* In an eager model a pre-candidate does not ask again: it has asked      *)
(* everybody, and would only forget answers that it can count once more.   *)
MCStartPreVote(i) ==
    /\ MayCampaignNext(i)
    /\ Eager => role[i] # PreCandidate
    /\ StartPreVote(i)
    /\ Owes(i, Server)
    /\ UNCHANGED restarts

MCRequestPreVote(i, j) ==
    /\ Pays(i, j, 0)
    /\ RequestPreVote(i, j)
    /\ UNCHANGED restarts

(* In an eager model a server that has granted a pre-vote does not repeat  *)
(* it.                                                                     *)
MCGrantPreVote(i, m) ==
    /\ Eager => ~IsGranted(m)
    /\ GrantPreVote(i, m)
    /\ OwesNothing
    /\ UNCHANGED restarts

(* As MCDenyVote in MCRaft: a refusal tells nothing but a newer term,      *)
(* which its receiver can hear of from the request for a vote of the first *)
(* server of that term.  It can, unless it hears a leader by now: then it  *)
(* has to miss that leader first, and can do less until it does.  But who  *)
(* deposes a working leader does it by a refusal, since requests are not   *)
(* heard: so models of that have Refusals, each of them once.              *)
MCDenyPreVote(i, m) ==
    /\ Refusals
    /\ DenyPreVote(i, m)
    /\ Eager => messages' # messages
    /\ OwesNothing
    /\ UNCHANGED restarts

MCCountPreVote(i, m) ==
    /\ CountPreVote(i, m)
    /\ OwesNothing
    /\ UNCHANGED restarts

-----------------------------------------------------------------------------
(* What Raft does.                                                         *)

MCTimeout(i) ==
    /\ MayCampaignNext(i)
    /\ Timeout(i)
    /\ Owes(i, Server)
    /\ UNCHANGED restarts

MCRequestVote(i, j) ==
    /\ Pays(i, j, 0)
    /\ RequestVote(i, j)
    /\ UNCHANGED restarts

MCGrantVote(i, m) ==
    /\ GrantVote(i, m)
    /\ OwesNothing
    /\ UNCHANGED restarts

MCDenyVote(i, m) ==
    /\ Refusals
    /\ DenyVote(i, m)
    /\ Eager => messages' # messages
    /\ OwesNothing
    /\ UNCHANGED restarts

MCCountVote(i, m) ==
    /\ CountVote(i, m)
    /\ OwesNothing
    /\ UNCHANGED restarts

MCBecomeLeader(i) ==
    /\ BecomeLeader(i)
    /\ Owes(i, Server)
    /\ UNCHANGED restarts

MCReturnToFollower(i, m) ==
    /\ ReturnToFollower(i, m)
    /\ OwesNothing
    /\ UNCHANGED restarts

(* A leader that steps down is not as one that crashed: it has nobody to   *)
(* protect.  Of candidates and pre-candidates what MCRaft says is true.    *)
MCStepDown(i) ==
    /\ i \in MayMiss
    /\ Eager => role[i] = Leader /\ UsesIntervalCheck
    /\ StepDown(i)
    /\ OwesNothing
    /\ UNCHANGED restarts

MCClientRequest(i, v) ==
    /\ Len(log[i]) < MaxLogLength
    /\ ClientRequest(i, v)
    /\ Owes(i, Server)
    /\ UNCHANGED restarts

MCAppendEntries(i, j, n) ==
    /\ Pays(i, j, n)
    /\ j \notin Deaf
    /\ n <= MaxEntries
    /\ AppendEntries(i, j, n)
    /\ UNCHANGED restarts

(* As in MCRaft; and a message that tells a server nothing else may tell   *)
(* it that its leader is there.                                            *)
MCAcceptEntries(i, m) ==
    /\ AcceptEntries(i, m)
    /\ Eager =>
          \/ log' # log
          \/ commitIndex' # commitIndex
          \/ heard' # heard
          \/ ~ \E a \in messages :
                  /\ a.type = "AppendEntriesResponse"
                  /\ a.from = i
                  /\ a.term = m.term
                  /\ a.success
                  /\ a.index >= m.prevLogIndex + Len(m.entries)
    /\ OwesNothing
    /\ UNCHANGED restarts

MCRejectEntries(i, m) ==
    /\ Refusals \/ m.term = currentTerm[i]
    /\ RejectEntries(i, m)
    /\ Eager => vars' # vars
    /\ OwesNothing
    /\ UNCHANGED restarts

MCAdvanceMatch(i, m) ==
    /\ AdvanceMatch(i, m)
    /\ Owes(i, IF nextIndex' # nextIndex THEN {m.from} ELSE {})
    /\ UNCHANGED restarts

MCBacktrackNext(i, m) ==
    /\ BacktrackNext(i, m)
    /\ Owes(i, IF nextIndex' # nextIndex THEN {m.from} ELSE {})
    /\ UNCHANGED restarts

MCAdvanceCommit(i, k) ==
    /\ AdvanceCommit(i, k)
    /\ Owes(i, Server)
    /\ UNCHANGED restarts

MCUpdateTerm(i, m) ==
    /\ UpdateTerm(i, m)
    /\ OwesNothing
    /\ UNCHANGED restarts

(* A leader that has to stay does not crash either.                        *)
MCRestart(i) ==
    /\ role[i] = Leader => i \in MayMiss
    /\ restarts < MaxRestarts
    /\ Restart(i)
    /\ OwesNothing
    /\ restarts' = IF vars' = vars THEN restarts ELSE restarts + 1

SomeMissLeader       == Settled /\ \E i \in Server : MCMissLeader(i)
SomeStartPreVote     == Settled /\ \E i \in Server : MCStartPreVote(i)
SomeRequestPreVote   == \E i, j \in Server : MCRequestPreVote(i, j)
SomeGrantPreVote     == Settled /\ \E m \in messages : MCGrantPreVote(m.to, m)
SomeDenyPreVote      == Settled /\ \E m \in messages : MCDenyPreVote(m.to, m)
SomeCountPreVote     == due = {} /\ \E m \in messages : MCCountPreVote(m.to, m)
SomeTimeout          == Settled /\ \E i \in Server : MCTimeout(i)
SomeRequestVote      == \E i, j \in Server : MCRequestVote(i, j)
SomeGrantVote        == Settled /\ \E m \in messages : MCGrantVote(m.to, m)
SomeDenyVote         == Settled /\ \E m \in messages : MCDenyVote(m.to, m)
SomeCountVote        == due = {} /\ \E m \in messages : MCCountVote(m.to, m)
SomeBecomeLeader     == Settled /\ \E i \in Server : MCBecomeLeader(i)
SomeReturnToFollower == Settled /\ \E m \in messages : MCReturnToFollower(m.to, m)
SomeStepDown         == Settled /\ \E i \in Server : MCStepDown(i)
SomeClientRequest    == Settled /\ \E i \in Server, v \in Value : MCClientRequest(i, v)
SomeAppendEntries    == \E i, j \in Server : \E n \in 0 .. MaxEntries : MCAppendEntries(i, j, n)
SomeAcceptEntries    == Settled /\ \E m \in messages : MCAcceptEntries(m.to, m)
SomeRejectEntries    == Settled /\ \E m \in messages : MCRejectEntries(m.to, m)
SomeAdvanceMatch     == Settled /\ \E m \in messages : MCAdvanceMatch(m.to, m)
SomeBacktrackNext    == Settled /\ \E m \in messages : MCBacktrackNext(m.to, m)
SomeAdvanceCommit    == Settled /\ \E i \in Server : \E k \in 1 .. Len(log[i]) : MCAdvanceCommit(i, k)
SomeUpdateTerm       == Settled /\ \E m \in messages : MCUpdateTerm(m.to, m)
SomeRestart          == Settled /\ \E i \in Server : MCRestart(i)

MCNext ==
    \/ SomeMissLeader
    \/ SomeStartPreVote
    \/ SomeRequestPreVote
    \/ SomeGrantPreVote
    \/ SomeDenyPreVote
    \/ SomeCountPreVote
    \/ SomeTimeout
    \/ SomeRequestVote
    \/ SomeGrantVote
    \/ SomeDenyVote
    \/ SomeCountVote
    \/ SomeBecomeLeader
    \/ SomeReturnToFollower
    \/ SomeStepDown
    \/ SomeClientRequest
    \/ SomeAppendEntries
    \/ SomeAcceptEntries
    \/ SomeRejectEntries
    \/ SomeAdvanceMatch
    \/ SomeBacktrackNext
    \/ SomeAdvanceCommit
    \/ SomeUpdateTerm
    \/ SomeRestart

MCSpec == MCInit /\ [][MCNext]_mcVars

(***************************************************************************)
(* Liveness, of one case.  Of the servers that are up one has the longest  *)
(* log, so that no other can win, but perhaps an older term, so that its   *)
(* requests are refused.  Nothing is lost and nobody gives up too early:   *)
(* then it leads in the end.                                               *)
(*                                                                         *)
(* No step here can be taken back: it sends something new, counts          *)
(* something new, raises a term, or is the one step that a role waits for. *)
(* So they come to an end, and it is enough to ask for some step while     *)
(* there is one.                                                           *)
(***************************************************************************)
MismatchInit ==
    LET longest == CHOOSE i \in OddCampaigners : TRUE
        entry   == [term |-> 1, value |-> CHOOSE v \in Value : TRUE]
    IN  /\ currentTerm \in {t \in [Server -> 0 .. MaxTerm - 1] : t[longest] > 0}
        /\ votedFor     = [i \in Server |-> Nil]
        /\ log          = [i \in Server |-> IF i = longest THEN <<entry>> ELSE << >>]
        /\ role         = [i \in Server |-> Follower]
        /\ heard \in [Server -> {FALSE, UsesIntervalCheck}]
        /\ preVotesGranted = [i \in Server |-> {}]
        /\ commitIndex  = [i \in Server |-> 0]
        /\ votesGranted = [i \in Server |-> R!InitialVotes]
        /\ nextIndex    = [i \in Server |-> R!InitialNext]
        /\ matchIndex   = [i \in Server |-> R!InitialMatch]
        /\ messages     = {}
        /\ elected      = {}
        /\ committed    = << >>
        /\ restarts     = 0
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
    /\ UNCHANGED <<restarts, due>>

PatientSpec == MismatchInit /\ [][PatientNext]_mcVars /\ WF_mcVars(PatientNext)

LeaderInTheEndProp == <>(\E i \in Server : role[i] = Leader)
=============================================================================
