-------------------------------- MODULE Raft --------------------------------
(***************************************************************************)
(* Raft: leader election and log replication, as in chapter 3 of           *)
(* D. Ongaro, "Consensus: Bridging Theory and Practice" (2014), with a     *)
(* fixed set of servers.                                                   *)
(*                                                                         *)
(* The module is written to be checked against.  Every transition that an  *)
(* implementation makes is one named action whose parameters say who acts  *)
(* and what is read, so that an event of a trace can name its action; and  *)
(* each action is a list of conjuncts, so that a step that is forbidden is *)
(* forbidden by one of them.  An implementation that does several of these *)
(* in reaction to one message (learn of a newer term, then vote) takes     *)
(* several steps.                                                          *)
(*                                                                         *)
(* Nothing is bounded here: the models (MCRaft) do that.                   *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets, Sequences

CONSTANTS
    Server,     \* The servers of the cluster.
    Value,      \* What clients can ask to have appended.
    Nil         \* "Voted for nobody".  Not a server.

ASSUME ServersAreFinite == IsFiniteSet(Server) /\ Server # {}
ASSUME NilIsNoServer    == Nil \notin Server

Follower  == "Follower"
Candidate == "Candidate"
Leader    == "Leader"

-----------------------------------------------------------------------------
(* Persistent state: what a server finds again after a crash.              *)

VARIABLES
    currentTerm,    \* The newest term the server has heard of.
    votedFor,       \* Whom it voted for in that term, or Nil.
    log             \* Its log: a sequence of entries.

persistent == <<currentTerm, votedFor, log>>

(* Volatile state: lost in a crash.  The last three mean something only    *)
(* while the server campaigns or leads, and have their initial value when  *)
(* it does not: a follower has no use for them, and states that differ     *)
(* only there would be the same state.                                     *)

VARIABLES
    role,           \* Follower, Candidate or Leader.
    commitIndex,    \* The server knows that its log is committed up to here.
    votesGranted,   \* Who voted for this candidate in its term.
    nextIndex,      \* The first entry that the leader will send to a peer.
    matchIndex      \* Up to here the peer's log is known to equal the leader's.

volatile == <<role, commitIndex, votesGranted, nextIndex, matchIndex>>

(* The network: all messages that were ever sent.  A message stays once it *)
(* was sent, so it may be received late, twice, or in another order than   *)
(* it was sent; one that is never received is a message lost.  No action   *)
(* is needed to lose or duplicate one.                                     *)

VARIABLE messages

(* History: no server can read these, and no guard does.  They remember    *)
(* what the properties below speak of, beyond any crash.                   *)

VARIABLES
    elected,        \* All <<term, server>> such that the server led that term.
    committed       \* Every entry ever committed, and the term of the leader
                    \* that committed it.

history == <<elected, committed>>

vars == <<persistent, volatile, messages, history>>

-----------------------------------------------------------------------------
(* Types.  The modules that stand on this one have more roles, entries and *)
(* messages, and say which (TypeOK): so what is said here holds there too. *)

Term  == Nat
Index == Nat        \* The first entry has index 1; 0 is "before the first".

Role  == {Follower, Candidate, Leader}
Entry == [term: Term, value: Value]

MessageWith(entry) ==
         [type: {"RequestVote"}, from: Server, to: Server, term: Term,
          lastLogIndex: Index, lastLogTerm: Term]
    \cup [type: {"RequestVoteResponse"}, from: Server, to: Server, term: Term,
          granted: BOOLEAN]
    \cup [type: {"AppendEntries"}, from: Server, to: Server, term: Term,
          prevLogIndex: Index, prevLogTerm: Term, entries: Seq(entry),
          leaderCommit: Index]
    \cup [type: {"AppendEntriesResponse"}, from: Server, to: Server,
          term: Term, success: BOOLEAN, index: Index, hintTerm: Term]

Message == MessageWith(Entry)

TypeOK(roles, entry, message) ==
    /\ currentTerm  \in [Server -> Term]
    /\ votedFor     \in [Server -> Server \cup {Nil}]
    /\ log          \in [Server -> Seq(entry)]
    /\ role         \in [Server -> roles]
    /\ commitIndex  \in [Server -> Index]
    /\ votesGranted \in [Server -> SUBSET Server]
    /\ nextIndex    \in [Server -> [Server -> Index \ {0}]]
    /\ matchIndex   \in [Server -> [Server -> Index]]
    /\ \A m \in messages : m \in message
    /\ \A e \in elected : e \in Term \X Server
    /\ committed    \in Seq([entry: entry, by: Term])

TypeOKInv == TypeOK(Role, Entry, Message)

-----------------------------------------------------------------------------
(* What the actions are said with.                                         *)

Quorum == {Q \in SUBSET Server : 2 * Cardinality(Q) > Cardinality(Server)}

Min(a, b) == IF a < b THEN a ELSE b
Max(a, b) == IF a > b THEN a ELSE b

TermAt(entries, index) == IF index = 0 THEN 0 ELSE entries[index].term

LastTerm(entries) == TermAt(entries, Len(entries))

(* A log is at least as up-to-date as one that ends in lastIndex and       *)
(* lastTerm: section 3.6.1.                                                *)
UpToDate(lastTerm, lastIndex, entries) ==
    \/ lastTerm > LastTerm(entries)
    \/ lastTerm = LastTerm(entries) /\ lastIndex >= Len(entries)

(* The last index, no later than the given one, at which an entry has no   *)
(* newer term than the given one.  Terms only rise along a log, so whoever *)
(* holds a different log with that term at that index agrees with this one *)
(* here at the latest: a leader that backs up to it skips whole terms.     *)
RECURSIVE LastNotAfter(_, _, _)
LastNotAfter(entries, index, term) ==
    IF index = 0 \/ TermAt(entries, index) <= term
    THEN index
    ELSE LastNotAfter(entries, index - 1, term)

InitialVotes == {}
InitialNext  == [j \in Server |-> 1]
InitialMatch == [j \in Server |-> 0]

Send(m) == messages' = messages \cup {m}

Receives(i, m, type) == m.to = i /\ m.type = type

(* What a server forgets when it neither campaigns nor leads any more.     *)
LeaveOffice(i) ==
    /\ role'         = [role EXCEPT ![i] = Follower]
    /\ votesGranted' = [votesGranted EXCEPT ![i] = InitialVotes]
    /\ nextIndex'    = [nextIndex EXCEPT ![i] = InitialNext]
    /\ matchIndex'   = [matchIndex EXCEPT ![i] = InitialMatch]

-----------------------------------------------------------------------------
Init ==
    /\ currentTerm  = [i \in Server |-> 0]
    /\ votedFor     = [i \in Server |-> Nil]
    /\ log          = [i \in Server |-> << >>]
    /\ role         = [i \in Server |-> Follower]
    /\ commitIndex  = [i \in Server |-> 0]
    /\ votesGranted = [i \in Server |-> InitialVotes]
    /\ nextIndex    = [i \in Server |-> InitialNext]
    /\ matchIndex   = [i \in Server |-> InitialMatch]
    /\ messages     = {}
    /\ elected      = {}
    /\ committed    = << >>

-----------------------------------------------------------------------------
(* Leader election: section 3.4.                                           *)

(* The server has heard from no leader for an election timeout, or its     *)
(* campaign has come to nothing: it campaigns in a new term.  It votes for *)
(* itself in the same step, so that nobody else can have its vote.         *)
Campaign(i) ==
    /\ currentTerm'  = [currentTerm EXCEPT ![i] = @ + 1]
    /\ votedFor'     = [votedFor EXCEPT ![i] = i]
    /\ role'         = [role EXCEPT ![i] = Candidate]
    /\ votesGranted' = [votesGranted EXCEPT ![i] = {i}]
    /\ UNCHANGED <<log, commitIndex, nextIndex, matchIndex, messages, history>>

Timeout(i) ==
    /\ role[i] \in {Follower, Candidate}
    /\ Campaign(i)

(* A candidate asks a peer for its vote, as often as it likes.             *)
RequestVote(i, j) ==
    /\ role[i] = Candidate
    /\ j # i
    /\ Send([type |-> "RequestVote", from |-> i, to |-> j,
             term |-> currentTerm[i],
             lastLogIndex |-> Len(log[i]), lastLogTerm |-> LastTerm(log[i])])
    /\ UNCHANGED <<persistent, volatile, history>>

(* One vote a term, for a candidate whose log lacks nothing of ours; the   *)
(* same candidate may be told twice.                                       *)
GrantVote(i, m) ==
    /\ Receives(i, m, "RequestVote")
    /\ m.term = currentTerm[i]
    /\ votedFor[i] \in {Nil, m.from}
    /\ UpToDate(m.lastLogTerm, m.lastLogIndex, log[i])
    /\ votedFor' = [votedFor EXCEPT ![i] = m.from]
    /\ Send([type |-> "RequestVoteResponse", from |-> i, to |-> m.from,
             term |-> currentTerm[i], granted |-> TRUE])
    /\ UNCHANGED <<currentTerm, log, volatile, history>>

DenyVote(i, m) ==
    /\ Receives(i, m, "RequestVote")
    /\ m.term <= currentTerm[i]
    /\ \/ m.term < currentTerm[i]
       \/ votedFor[i] \notin {Nil, m.from}
       \/ ~UpToDate(m.lastLogTerm, m.lastLogIndex, log[i])
    /\ Send([type |-> "RequestVoteResponse", from |-> i, to |-> m.from,
             term |-> currentTerm[i], granted |-> FALSE])
    /\ UNCHANGED <<persistent, volatile, history>>

(* A candidate counts a vote of its own term.  (A refusal teaches it       *)
(* nothing, unless it carries a newer term: UpdateTerm.)                   *)
CountVote(i, m) ==
    /\ Receives(i, m, "RequestVoteResponse")
    /\ role[i] = Candidate
    /\ m.term = currentTerm[i]
    /\ m.granted
    /\ votesGranted' = [votesGranted EXCEPT ![i] = @ \cup {m.from}]
    /\ UNCHANGED <<persistent, role, commitIndex, nextIndex, matchIndex,
                   messages, history>>

TakeOffice(i) ==
    /\ role'         = [role EXCEPT ![i] = Leader]
    /\ votesGranted' = [votesGranted EXCEPT ![i] = InitialVotes]
    /\ nextIndex'    = [nextIndex EXCEPT ![i] = [j \in Server |-> Len(log[i]) + 1]]
    /\ matchIndex'   = [matchIndex EXCEPT ![i] = InitialMatch]
    /\ elected'      = elected \cup {<<currentTerm[i], i>>}
    /\ UNCHANGED <<persistent, commitIndex, messages, committed>>

BecomeLeader(i) ==
    /\ role[i] = Candidate
    /\ votesGranted[i] \in Quorum
    /\ TakeOffice(i)

-----------------------------------------------------------------------------
(* Log replication: section 3.5.                                           *)

(* The leader appends an entry to its own log: a client's, or one of its   *)
(* own making (thesis, section 6.4: an entry that does nothing, so that    *)
(* something of the new term can be committed).                            *)
ClientRequest(i, v) ==
    /\ role[i] = Leader
    /\ v \in Value
    /\ log' = [log EXCEPT ![i] = Append(@, [term |-> currentTerm[i], value |-> v])]
    /\ UNCHANGED <<currentTerm, votedFor, volatile, messages, history>>

(* The leader sends a peer the next n entries; with none it is a heartbeat. *)
AppendEntries(i, j, n) ==
    /\ role[i] = Leader
    /\ j # i
    /\ n \in 0 .. Len(log[i]) - nextIndex[i][j] + 1
    /\ LET previous == nextIndex[i][j] - 1
       IN  Send([type |-> "AppendEntries", from |-> i, to |-> j,
                 term |-> currentTerm[i],
                 prevLogIndex |-> previous,
                 prevLogTerm  |-> TermAt(log[i], previous),
                 entries      |-> SubSeq(log[i], previous + 1, previous + n),
                 leaderCommit |-> commitIndex[i]])
    /\ UNCHANGED <<persistent, volatile, history>>

(* A candidate that hears from the leader of its term has lost.            *)
ReturnToFollower(i, m) ==
    /\ Receives(i, m, "AppendEntries")
    /\ role[i] = Candidate
    /\ m.term = currentTerm[i]
    /\ LeaveOffice(i)
    /\ UNCHANGED <<persistent, commitIndex, messages, history>>

(* The consistency check: the log holds the entry that precedes the new    *)
(* ones in the leader's log.                                               *)
LogMatches(i, m) ==
    /\ m.prevLogIndex <= Len(log[i])
    /\ m.prevLogTerm = TermAt(log[i], m.prevLogIndex)

(* The follower's log with the entries of m.  It is cut only where one of  *)
(* its entries contradicts the leader's: a message that is late, and knows *)
(* less than the log does, takes nothing away.                             *)
Merged(entries, m) ==
    LET last     == m.prevLogIndex + Len(m.entries)
        conflict == \E k \in 1 .. Len(m.entries) :
                        /\ m.prevLogIndex + k <= Len(entries)
                        /\ entries[m.prevLogIndex + k].term # m.entries[k].term
    IN  IF conflict \/ last > Len(entries)
        THEN SubSeq(entries, 1, m.prevLogIndex) \o m.entries
        ELSE entries

AcceptEntries(i, m) ==
    /\ Receives(i, m, "AppendEntries")
    /\ m.term = currentTerm[i]
    /\ role[i] = Follower
    /\ LogMatches(i, m)
    /\ LET last == m.prevLogIndex + Len(m.entries)
       IN  /\ log' = [log EXCEPT ![i] = Merged(@, m)]
           /\ commitIndex' = [commitIndex EXCEPT
                                ![i] = Max(@, Min(m.leaderCommit, last))]
           /\ Send([type |-> "AppendEntriesResponse", from |-> i, to |-> m.from,
                    term |-> currentTerm[i], success |-> TRUE,
                    index |-> last, hintTerm |-> 0])
    /\ UNCHANGED <<currentTerm, votedFor, role, votesGranted, nextIndex,
                   matchIndex, history>>

(* Entries of an older term, or ones that do not fit, are refused.  In the *)
(* second case the answer says where the logs may still agree.             *)
RejectEntries(i, m) ==
    /\ Receives(i, m, "AppendEntries")
    /\ \/ m.term < currentTerm[i]
       \/ /\ m.term = currentTerm[i]
          /\ role[i] = Follower
          /\ ~LogMatches(i, m)
    /\ LET hint == IF m.term < currentTerm[i] THEN 0
                   ELSE LastNotAfter(log[i],
                                     Min(m.prevLogIndex - 1, Len(log[i])),
                                     m.prevLogTerm)
       IN  Send([type |-> "AppendEntriesResponse", from |-> i, to |-> m.from,
                 term |-> currentTerm[i], success |-> FALSE,
                 index |-> hint, hintTerm |-> TermAt(log[i], hint)])
    /\ UNCHANGED <<persistent, volatile, history>>

(* The leader learns how far a peer's log equals its own.  An answer that  *)
(* is late teaches it nothing.                                             *)
AdvanceMatch(i, m) ==
    /\ Receives(i, m, "AppendEntriesResponse")
    /\ role[i] = Leader
    /\ m.term = currentTerm[i]
    /\ m.success
    /\ matchIndex' = [matchIndex EXCEPT ![i][m.from] = Max(@, m.index)]
    /\ nextIndex'  = [nextIndex EXCEPT ![i][m.from] = Max(@, m.index + 1)]
    /\ UNCHANGED <<persistent, role, commitIndex, votesGranted, messages, history>>

(* The leader tries again further back, but never behind what it knows     *)
(* to match: the answer may be an old one.                                 *)
BacktrackNext(i, m) ==
    /\ Receives(i, m, "AppendEntriesResponse")
    /\ role[i] = Leader
    /\ m.term = currentTerm[i]
    /\ ~m.success
    /\ LET agreed == LastNotAfter(log[i], Min(m.index, Len(log[i])), m.hintTerm)
       IN  nextIndex' = [nextIndex EXCEPT
                            ![i][m.from] = Max(matchIndex[i][m.from], agreed) + 1]
    /\ UNCHANGED <<persistent, role, commitIndex, votesGranted, matchIndex,
                   messages, history>>

(* Only an entry of the leader's own term is committed by counting; those  *)
(* before it are committed with it (section 3.6.2).                        *)
Commit(i, k) ==
    /\ commitIndex' = [commitIndex EXCEPT ![i] = k]
    /\ committed' = committed \o
                    [n \in 1 .. k - Min(k, Len(committed)) |->
                        [entry |-> log[i][Len(committed) + n],
                         by    |-> currentTerm[i]]]
    /\ UNCHANGED <<persistent, role, votesGranted, nextIndex, matchIndex,
                   messages, elected>>

Acknowledged(i, k) == {i} \cup {j \in Server : matchIndex[i][j] >= k}

AdvanceCommit(i, k) ==
    /\ role[i] = Leader
    /\ k > commitIndex[i]
    /\ k <= Len(log[i])
    /\ Acknowledged(i, k) \in Quorum
    /\ log[i][k].term = currentTerm[i]
    /\ Commit(i, k)

-----------------------------------------------------------------------------
(* Terms and crashes.                                                      *)

(* Whatever message carries a newer term: the server adopts it, and is     *)
(* nobody's candidate or leader in it (section 3.3).  It handles the       *)
(* message in a step of its own.                                           *)
AdoptTerm(i, t) ==
    /\ currentTerm' = [currentTerm EXCEPT ![i] = t]
    /\ votedFor'    = [votedFor EXCEPT ![i] = Nil]
    /\ LeaveOffice(i)
    /\ UNCHANGED <<log, commitIndex, messages, history>>

UpdateTerm(i, m) ==
    /\ m.to = i
    /\ m.term > currentTerm[i]
    /\ AdoptTerm(i, m.term)

(* An implementation may have messages that this module does not know.     *)
(* They carry the term of their sender too, and it may be an older one by  *)
(* now.                                                                    *)
LearnTerm(i, t) ==
    /\ t > currentTerm[i]
    /\ \E j \in Server : t <= currentTerm[j]
    /\ AdoptTerm(i, t)

(* A leader that reaches no quorum any more, or a candidate that has       *)
(* campaigned for too long, gives up (section 6.2).  Nobody else can lead  *)
(* its term.                                                               *)
StepDown(i) ==
    /\ role[i] # Follower
    /\ LeaveOffice(i)
    /\ UNCHANGED <<persistent, commitIndex, messages, history>>

(* The server crashed and comes back with its persistent state.  Being     *)
(* down is not a state of its own: a server that is down is one that takes *)
(* no step, and what the crash took from it shows when it is up again.     *)
Reboot(i, commit) ==
    /\ LeaveOffice(i)
    /\ commitIndex' = [commitIndex EXCEPT ![i] = commit]
    /\ UNCHANGED <<persistent, messages, history>>

Restart(i) == Reboot(i, 0)

-----------------------------------------------------------------------------
Next ==
    \/ \E i \in Server : Timeout(i)
    \/ \E i, j \in Server : RequestVote(i, j)
    \/ \E i \in Server, m \in messages : GrantVote(i, m)
    \/ \E i \in Server, m \in messages : DenyVote(i, m)
    \/ \E i \in Server, m \in messages : CountVote(i, m)
    \/ \E i \in Server : BecomeLeader(i)
    \/ \E i \in Server, v \in Value : ClientRequest(i, v)
    \/ \E i, j \in Server : \E n \in 0 .. Len(log[i]) : AppendEntries(i, j, n)
    \/ \E i \in Server, m \in messages : ReturnToFollower(i, m)
    \/ \E i \in Server, m \in messages : AcceptEntries(i, m)
    \/ \E i \in Server, m \in messages : RejectEntries(i, m)
    \/ \E i \in Server, m \in messages : AdvanceMatch(i, m)
    \/ \E i \in Server, m \in messages : BacktrackNext(i, m)
    \/ \E i \in Server : \E k \in 1 .. Len(log[i]) : AdvanceCommit(i, k)
    \/ \E i \in Server, m \in messages : UpdateTerm(i, m)
    \/ \E i, j \in Server : \E t \in 1 .. currentTerm[j] : LearnTerm(i, t)
    \/ \E i \in Server : StepDown(i)
    \/ \E i \in Server : Restart(i)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
(* Safety: figure 3.2.                                                     *)

(* At most one server leads a term, ever.                                  *)
ElectionSafetyInv ==
    \A e, f \in elected : e[1] = f[1] => e = f

(* Two logs that have an entry of the same index and term are equal up to  *)
(* there.                                                                  *)
LogMatchingInv ==
    \A i, j \in Server :
        \A k \in 1 .. Min(Len(log[i]), Len(log[j])) :
            log[i][k].term = log[j][k].term =>
                SubSeq(log[i], 1, k) = SubSeq(log[j], 1, k)

(* What was committed in a term is in the log of every leader of a later   *)
(* one.                                                                    *)
LeaderCompletenessInv ==
    \A i \in Server :
        role[i] = Leader =>
            \A k \in 1 .. Len(committed) :
                committed[k].by < currentTerm[i] =>
                    /\ k <= Len(log[i])
                    /\ log[i][k] = committed[k].entry

(* No two servers apply different entries at the same index: each one's    *)
(* committed prefix is a prefix of what was committed.                     *)
StateMachineSafetyInv ==
    \A i \in Server :
        /\ commitIndex[i] <= Len(committed)
        /\ commitIndex[i] <= Len(log[i])
        /\ \A k \in 1 .. commitIndex[i] : log[i][k] = committed[k].entry

(* What a leader knows to match does, as long as the peer has not gone on  *)
(* to a newer term; and the next entry it sends is one that it has.        *)
MatchInv ==
    \A i, j \in Server :
        role[i] = Leader =>
            /\ matchIndex[i][j] < nextIndex[i][j]
            /\ nextIndex[i][j] <= Len(log[i]) + 1
            /\ currentTerm[j] = currentTerm[i] =>
                   /\ matchIndex[i][j] <= Len(log[j])
                   /\ SubSeq(log[i], 1, matchIndex[i][j]) =
                          SubSeq(log[j], 1, matchIndex[i][j])

(* A leader only appends to its log.                                       *)
LeaderAppendOnlyProp ==
    [][\A i \in Server :
          role[i] = Leader =>
              /\ Len(log'[i]) >= Len(log[i])
              /\ SubSeq(log'[i], 1, Len(log[i])) = log[i]]_vars

(* What was committed stays committed, and what it was.                    *)
CommittedNeverShrinksProp ==
    [][/\ Len(committed') >= Len(committed)
       /\ SubSeq(committed', 1, Len(committed)) = committed]_vars

(* A quorum's memory of it never shrinks either: an entry that is          *)
(* committed is in the logs of a quorum.                                   *)
CommittedIsStoredInv ==
    \A k \in 1 .. Len(committed) :
        {i \in Server : Len(log[i]) >= k /\ log[i][k] = committed[k].entry}
            \in Quorum

(* A server gives one vote a term, also across a crash.                    *)
OneVotePerTermProp ==
    [][\A i \in Server :
          currentTerm'[i] = currentTerm[i] /\ votedFor[i] # Nil
              => votedFor'[i] = votedFor[i]]_vars

TermNeverFallsProp ==
    [][\A i \in Server : currentTerm'[i] >= currentTerm[i]]_vars

(* commitIndex is volatile: it falls in a restart, and only there.         *)
CommitIndexProp ==
    [][\A i \in Server : commitIndex'[i] < commitIndex[i] => Restart(i)]_vars
=============================================================================
