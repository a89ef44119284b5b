------------------------------- MODULE PreVote -------------------------------
(***************************************************************************)
(* Raft with pre-votes and the interval check: D. Ongaro, "Consensus:      *)
(* Bridging Theory and Practice" (2014), sections 9.6 and 4.2.3.           *)
(*                                                                         *)
(* Pre-vote: before a server raises its term it asks whether it would be   *)
(* elected.  A server that was cut off and comes back with nothing to say  *)
(* is told so, and nobody's term rises.                                    *)
(*                                                                         *)
(* Interval check: a server that heard from a leader within the least      *)
(* election timeout helps nobody to depose it.  It grants no pre-vote and  *)
(* no vote, does not learn of a newer term from a request for its vote,    *)
(* and does not campaign.                                                  *)
(*                                                                         *)
(* There is no time here: a server has heard from a leader (heard) until   *)
(* it misses it (MissLeader), which may happen at any moment.  Reads.tla   *)
(* gives servers clocks.                                                   *)
(*                                                                         *)
(* An action here is the action of Raft.tla with the same name, and what   *)
(* there is to add.  The two mechanisms are switches, so that one module   *)
(* says what a cluster does with both, with one, and with none.            *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets, Sequences

CONSTANTS
    Server, Value, Nil,     \* As in Raft.tla.
    UsesPreVote,            \* Whether servers ask before they campaign.
    UsesIntervalCheck       \* Whether servers that hear a leader protect it.

ASSUME SwitchesAreBooleans == {UsesPreVote, UsesIntervalCheck} \subseteq BOOLEAN

VARIABLES
    currentTerm, votedFor, log,
    role, commitIndex, votesGranted, nextIndex, matchIndex,
    messages, elected, committed

(* Both are volatile.  A crash takes the first; the second is a promise,   *)
(* and a server that does not remember whether it made one has to assume   *)
(* that it did.                                                            *)
VARIABLES
    preVotesGranted,    \* Who would vote for this pre-candidate.
    heard               \* Whether it heard from a leader lately (or leads).

R == INSTANCE Raft

persistent  == <<currentTerm, votedFor, log>>
volatile    == <<role, commitIndex, votesGranted, nextIndex, matchIndex>>
history     == <<elected, committed>>
raftVars    == <<persistent, volatile, messages, history>>
preVoteVars == <<preVotesGranted, heard>>

vars == <<raftVars, preVoteVars>>

Follower     == R!Follower
PreCandidate == "PreCandidate"
Candidate    == R!Candidate
Leader       == R!Leader

-----------------------------------------------------------------------------
(* Types.  A request carries the term of its sender, which would campaign  *)
(* for the next one.  The answer carries the term of whom it comes from,   *)
(* and says which request it answers.                                      *)

PreVoteMessage ==
         [type: {"RequestPreVote"}, from: Server, to: Server, term: R!Term,
          lastLogIndex: R!Index, lastLogTerm: R!Term]
    \cup [type: {"RequestPreVoteResponse"}, from: Server, to: Server,
          term: R!Term, forTerm: R!Term, granted: BOOLEAN]

IsPreVoteMessage(m) == m.type \in {"RequestPreVote", "RequestPreVoteResponse"}

TypeOK(entry, message) ==
    /\ R!TypeOK(R!Role \cup {PreCandidate}, entry, message)
    /\ preVotesGranted \in [Server -> SUBSET Server]
    /\ heard           \in [Server -> BOOLEAN]
    /\ \A i \in Server : role[i] # PreCandidate => preVotesGranted[i] = {}
    /\ ~UsesIntervalCheck => \A i \in Server : ~heard[i]

TypeOKInv == TypeOK(R!Entry, R!Message \cup PreVoteMessage)

-----------------------------------------------------------------------------
Quorum == R!Quorum

Receives(i, m, type) == R!Receives(i, m, type)

Send(m) == R!Send(m)

(* The server would not help to depose the leader it hears.                *)
Protects(i) == UsesIntervalCheck /\ heard[i]

(* Its leader has asked this candidate to take over: it is not to be       *)
(* protected against it.  Only Membership.tla sends such requests.         *)
IsUrgent(m) == "urgent" \in DOMAIN m /\ m.urgent

NoPreVotes(i)      == preVotesGranted' = [preVotesGranted EXCEPT ![i] = {}]
HearsLeader(i)     == heard' = [heard EXCEPT ![i] = UsesIntervalCheck]
HearsNoLeader(i)   == heard' = [heard EXCEPT ![i] = FALSE]

-----------------------------------------------------------------------------
Init ==
    /\ R!Init
    /\ preVotesGranted = [i \in Server |-> {}]
    /\ heard           = [i \in Server |-> FALSE]

-----------------------------------------------------------------------------
(* Pre-votes.                                                              *)

(* The least election timeout has passed since the server heard from a     *)
(* leader.                                                                 *)
MissLeader(i) ==
    /\ heard[i]
    /\ role[i] # Leader
    /\ HearsNoLeader(i)
    /\ UNCHANGED <<raftVars, preVotesGranted>>

(* An election timeout struck, or a campaign has come to nothing: the      *)
(* server asks whether it would win.  The term stays.                      *)
StartPreVote(i) ==
    /\ UsesPreVote
    /\ role[i] # Leader
    /\ ~Protects(i)
    /\ role'            = [role EXCEPT ![i] = PreCandidate]
    /\ votesGranted'    = [votesGranted EXCEPT ![i] = R!InitialVotes]
    /\ preVotesGranted' = [preVotesGranted EXCEPT ![i] = {i}]
    /\ UNCHANGED <<persistent, commitIndex, nextIndex, matchIndex, messages,
                   history, heard>>

RequestPreVote(i, j) ==
    /\ role[i] = PreCandidate
    /\ j # i
    /\ Send([type |-> "RequestPreVote", from |-> i, to |-> j,
             term |-> currentTerm[i],
             lastLogIndex |-> Len(log[i]), lastLogTerm |-> R!LastTerm(log[i])])
    /\ UNCHANGED <<persistent, volatile, history, preVoteVars>>

(* The server could vote for the sender in the sender's next term, and     *)
(* knows of no leader who would suffer from it.  It promises nothing.      *)
WouldVote(i, m) ==
    /\ m.term >= currentTerm[i]
    /\ role[i] # Leader
    /\ ~Protects(i)
    /\ R!UpToDate(m.lastLogTerm, m.lastLogIndex, log[i])

AnswerPreVote(i, m, granted) ==
    /\ Send([type |-> "RequestPreVoteResponse", from |-> i, to |-> m.from,
             term |-> currentTerm[i], forTerm |-> m.term, granted |-> granted])
    /\ UNCHANGED <<persistent, volatile, history, preVoteVars>>

GrantPreVote(i, m) ==
    /\ Receives(i, m, "RequestPreVote")
    /\ WouldVote(i, m)
    /\ AnswerPreVote(i, m, TRUE)

(* The answer carries the server's own term.  Without it two servers, one  *)
(* with the newer term and one with the longer log, could refuse each      *)
(* other for ever.                                                         *)
DenyPreVote(i, m) ==
    /\ Receives(i, m, "RequestPreVote")
    /\ ~WouldVote(i, m)
    /\ AnswerPreVote(i, m, FALSE)

(* The answer must be to a request of this term: one of an earlier term    *)
(* was about another campaign.                                             *)
CountPreVote(i, m) ==
    /\ Receives(i, m, "RequestPreVoteResponse")
    /\ role[i] = PreCandidate
    /\ m.forTerm = currentTerm[i]
    /\ m.granted
    /\ preVotesGranted' = [preVotesGranted EXCEPT ![i] = @ \cup {m.from}]
    /\ UNCHANGED <<raftVars, heard>>

-----------------------------------------------------------------------------
(* Elections.                                                              *)

(* Who campaigns: with pre-votes, who was told that it would win.          *)
MayCampaign(i) ==
    /\ role[i] \in IF UsesPreVote THEN {PreCandidate} ELSE {Follower, Candidate}
    /\ ~Protects(i)

Campaign(i) ==
    /\ R!Campaign(i)
    /\ NoPreVotes(i)
    /\ UNCHANGED heard

Timeout(i) ==
    /\ MayCampaign(i)
    /\ UsesPreVote => preVotesGranted[i] \in Quorum
    /\ Campaign(i)

RequestVote(i, j) == R!RequestVote(i, j) /\ UNCHANGED preVoteVars

(* A server that protects a leader does not answer: the request is lost on *)
(* it.                                                                     *)
GrantVote(i, m) ==
    /\ ~Protects(i) \/ IsUrgent(m)
    /\ R!GrantVote(i, m)
    /\ UNCHANGED preVoteVars

DenyVote(i, m) == R!DenyVote(i, m) /\ UNCHANGED preVoteVars

CountVote(i, m) == R!CountVote(i, m) /\ UNCHANGED preVoteVars

TakeOffice(i) ==
    /\ R!TakeOffice(i)
    /\ HearsLeader(i)
    /\ UNCHANGED preVotesGranted

BecomeLeader(i) ==
    /\ role[i] = Candidate
    /\ votesGranted[i] \in Quorum
    /\ TakeOffice(i)

(* A candidate or pre-candidate hears from the leader of its term.         *)
GiveWay(i, m) ==
    /\ role[i] \in {PreCandidate, Candidate}
    /\ m.term = currentTerm[i]
    /\ R!LeaveOffice(i)
    /\ NoPreVotes(i)
    /\ HearsLeader(i)
    /\ UNCHANGED <<persistent, commitIndex, messages, history>>

ReturnToFollower(i, m) ==
    /\ Receives(i, m, "AppendEntries")
    /\ GiveWay(i, m)

(* Check-quorum (section 6.2): a leader that has not heard from a quorum   *)
(* for an election timeout steps down, and helps others from then on.  So  *)
(* does a candidate or pre-candidate that gives up.                        *)
StepDown(i) ==
    /\ role[i] # Follower
    /\ R!LeaveOffice(i)
    /\ NoPreVotes(i)
    /\ IF role[i] = Leader THEN HearsNoLeader(i) ELSE UNCHANGED heard
    /\ UNCHANGED <<persistent, commitIndex, messages, history>>

-----------------------------------------------------------------------------
(* Replication: who hears from the leader of its term remembers it.        *)

ClientRequest(i, v) == R!ClientRequest(i, v) /\ UNCHANGED preVoteVars

AppendEntries(i, j, n) == R!AppendEntries(i, j, n) /\ UNCHANGED preVoteVars

AcceptEntries(i, m) ==
    /\ R!AcceptEntries(i, m)
    /\ HearsLeader(i)
    /\ UNCHANGED preVotesGranted

RejectEntries(i, m) ==
    /\ R!RejectEntries(i, m)
    /\ IF m.term = currentTerm[i] THEN HearsLeader(i) ELSE UNCHANGED heard
    /\ UNCHANGED preVotesGranted

AdvanceMatch(i, m) == R!AdvanceMatch(i, m) /\ UNCHANGED preVoteVars

BacktrackNext(i, m) == R!BacktrackNext(i, m) /\ UNCHANGED preVoteVars

AdvanceCommit(i, k) == R!AdvanceCommit(i, k) /\ UNCHANGED preVoteVars

-----------------------------------------------------------------------------
(* Terms and crashes.                                                      *)

(* A request for a pre-vote raises nobody's term; nor does a request for a *)
(* vote where a leader is protected.  A leader that learns of a newer term *)
(* has itself to protect no longer.                                        *)
UpdateTerm(i, m) ==
    /\ m.type # "RequestPreVote"
    /\ m.type = "RequestVote" => ~Protects(i) \/ IsUrgent(m)
    /\ R!UpdateTerm(i, m)
    /\ NoPreVotes(i)
    /\ IF role[i] = Leader THEN HearsNoLeader(i) ELSE UNCHANGED heard

(* A server that comes back may have promised a leader its protection just *)
(* before it crashed.                                                      *)
Reboot(i, commit) ==
    /\ R!Reboot(i, commit)
    /\ NoPreVotes(i)
    /\ HearsLeader(i)

Restart(i) == Reboot(i, 0)

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
    \/ \E i \in Server, m \in messages : UpdateTerm(i, m)
    \/ \E i \in Server : Restart(i)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
(* Refinement: seen without pre-votes this is Raft.  A pre-candidate is a  *)
(* follower; nobody sees its questions and their answers; and who learned  *)
(* of a term from such an answer learned of it somehow (LearnTerm).        *)

AsRaft == INSTANCE Raft WITH
    role     <- [i \in Server |-> IF role[i] = PreCandidate THEN Follower ELSE role[i]],
    messages <- {m \in messages : ~IsPreVoteMessage(m)}

RefinesRaftProp == AsRaft!Spec

-----------------------------------------------------------------------------
(* Safety.  What holds of Raft holds here, since this is a refinement of   *)
(* it; the invariants are here all the same, as they find mistakes sooner. *)

ElectionSafetyInv     == R!ElectionSafetyInv
LogMatchingInv        == R!LogMatchingInv
LeaderCompletenessInv == R!LeaderCompletenessInv
StateMachineSafetyInv == R!StateMachineSafetyInv
MatchInv              == R!MatchInv
CommittedIsStoredInv  == R!CommittedIsStoredInv

(* Who leads hears a leader, itself; who campaigns hears none.              *)
HeardInv ==
    \A i \in Server :
        /\ role[i] = Leader => heard[i] = UsesIntervalCheck
        /\ role[i] \in {PreCandidate, Candidate} => ~heard[i]

(* Who comes to hear a leader hears that of its own term: an old leader    *)
(* must not keep the others from electing a new one.                       *)
HeardProp ==
    [][\A i \in Server :
          heard'[i] /\ ~heard[i] =>
              \/ role'[i] = Leader
              \/ Restart(i)
              \/ \E m \in messages :
                    Receives(i, m, "AppendEntries") /\ m.term = currentTerm[i]]_vars

(* Those from whom the server has a pre-vote for its present term, or may  *)
(* still receive one that was given.                                       *)
PreVotesFor(i) ==
    preVotesGranted[i] \cup
    {m.from : m \in {n \in messages :
                        /\ Receives(i, n, "RequestPreVoteResponse")
                        /\ n.forTerm = currentTerm[i]
                        /\ n.granted}}

(* Nobody raises its term who was not told that it would win.              *)
CampaignProp ==
    [][\A i \in Server :
          UsesPreVote /\ currentTerm'[i] > currentTerm[i] /\ role'[i] = Candidate
              => {i} \cup PreVotesFor(i) \in Quorum]_vars

(* A candidate alone makes no server that hears a leader go on to another  *)
(* term, or vote.                                                          *)
ProtectionProp ==
    [][\A i \in Server :
          Protects(i) =>
              /\ currentTerm'[i] # currentTerm[i] =>
                    \E m \in messages :
                        /\ m.to = i
                        /\ m.term = currentTerm'[i]
                        /\ m.type \notin {"RequestVote", "RequestPreVote"}
              /\ votedFor'[i] # votedFor[i] => votedFor'[i] = Nil]_vars

(* A leader works as long as a quorum hears it, in its term.               *)
Hearing(i) == {j \in Server : heard[j] /\ currentTerm[j] = currentTerm[i]}

IsWorking(i) == role[i] = Leader /\ Hearing(i) \in Quorum

(* Nothing threatens a working leader: there is no newer term, and nobody  *)
(* has, or may get from those who do not hear the leader, the pre-votes to *)
(* make one.  (A pre-vote that was given before its giver heard the leader *)
(* is not taken back.)                                                     *)
IsSecure(i) ==
    /\ IsWorking(i)
    /\ \A j \in Server : currentTerm[j] <= currentTerm[i]
    /\ \A j \in Server :
          currentTerm[j] = currentTerm[i] =>
              PreVotesFor(j) \cup (Server \ Hearing(i)) \notin Quorum

(* What both mechanisms are for.  Such a leader goes on leading, and no    *)
(* term rises above its own, as long as those who hear it do: whatever the *)
(* others do, who were cut off and come back.                              *)
NoDisruptionProp ==
    [][\A i \in Server :
          IsSecure(i) =>
              \/ IsSecure(i)'
              \/ StepDown(i)
              \/ Restart(i)
              \/ \E j \in Hearing(i) : MissLeader(j)]_vars
=============================================================================
