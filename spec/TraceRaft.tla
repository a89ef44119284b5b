------------------------------ MODULE TraceRaft ------------------------------
(***************************************************************************)
(* Are recorded traces behaviors of Raft?  Asked of TLC alone: this module *)
(* and those that it extends are standard, and the traces come as TLA+     *)
(* values.  It was written from Raft.tla and from the format of the        *)
(* traces, so that it can contradict whoever else judges them.             *)
(*                                                                         *)
(* An event is one action of Raft, with the variables of the server that   *)
(* took it right after that action:                                        *)
(*                                                                         *)
(*     [node |-> "n1", action |-> "GrantVote", args |-> << >>,             *)
(*      message |-> [type |-> "RequestVote", ...],                         *)
(*      vars |-> [currentTerm |-> 2, votedFor |-> "n2", ...],              *)
(*      sent |-> << [type |-> "RequestVoteResponse", ...] >>]              *)
(*                                                                         *)
(* where an absent field of the recorded event is absent here.  A behavior *)
(* of TraceSpec picks a trace and takes its events, one step each, as long *)
(* as Raft allows them.  A trace is accepted when all of its events can be *)
(* taken: then Unmatched is violated.  If it is not, the first event that  *)
(* Raft does not allow is the one after the last that TLC took; Progress   *)
(* prints a line, <<"taken", trace, event>>, the first time that TLC takes *)
(* an event, so that several traces can be judged in one run.  That needs  *)
(* one worker, and no check for deadlocks: every behavior ends in one.     *)
(***************************************************************************)
EXTENDS Raft, TLC

CONSTANT Traces     \* A sequence of traces, each a sequence of events.

VARIABLES
    trace,          \* Which of the traces this behavior follows.
    next            \* The number of the event that it takes next.

traceVars == <<vars, trace, next>>

AnyString == STRING     \* For models in which clients may ask for any string.

-----------------------------------------------------------------------------
(* What an event says of the step.                                         *)

(* The message that the server received was sent, by an earlier event.     *)
Received(e) == e.message \in messages

(* The action that the event names, with the arguments that it gives.      *)
Taken(e) ==
    LET i == e.node
    IN  CASE e.action = "Timeout"          -> Timeout(i)
          [] e.action = "RequestVote"      -> e.args.j \in Server /\ RequestVote(i, e.args.j)
          [] e.action = "GrantVote"        -> Received(e) /\ GrantVote(i, e.message)
          [] e.action = "DenyVote"         -> Received(e) /\ DenyVote(i, e.message)
          [] e.action = "CountVote"        -> Received(e) /\ CountVote(i, e.message)
          [] e.action = "BecomeLeader"     -> BecomeLeader(i)
          [] e.action = "ClientRequest"    -> ClientRequest(i, e.args.v)
          [] e.action = "AppendEntries"    -> e.args.j \in Server /\ AppendEntries(i, e.args.j, e.args.n)
          [] e.action = "ReturnToFollower" -> Received(e) /\ ReturnToFollower(i, e.message)
          [] e.action = "AcceptEntries"    -> Received(e) /\ AcceptEntries(i, e.message)
          [] e.action = "RejectEntries"    -> Received(e) /\ RejectEntries(i, e.message)
          [] e.action = "AdvanceMatch"     -> Received(e) /\ AdvanceMatch(i, e.message)
          [] e.action = "BacktrackNext"    -> Received(e) /\ BacktrackNext(i, e.message)
          [] e.action = "AdvanceCommit"    -> AdvanceCommit(i, e.args.k)
          [] e.action = "UpdateTerm"       -> Received(e) /\ UpdateTerm(i, e.message)
          [] e.action = "Restart"          -> Restart(i)

Has(record, name) == name \in DOMAIN record

Elements(sequence) == {sequence[k] : k \in DOMAIN sequence}

(* The server's variables after the step are the logged ones.  Those of a  *)
(* campaign or an office are logged by whoever is in one.                  *)
Logged(i, logged) ==
    /\ currentTerm'[i] = logged.currentTerm
    /\ votedFor'[i]    = logged.votedFor
    /\ role'[i]        = logged.role
    /\ commitIndex'[i] = logged.commitIndex
    /\ Len(log'[i])    = logged.logLength
    /\ LastTerm(log'[i]) = logged.lastLogTerm
    /\ Has(logged, "votesGranted") => votesGranted'[i] = Elements(logged.votesGranted)
    /\ Has(logged, "nextIndex")    => nextIndex'[i] = logged.nextIndex
    /\ Has(logged, "matchIndex")   => matchIndex'[i] = logged.matchIndex

(* What the server says it sent is what the action sends.                  *)
Sent(sent) == Elements(sent) \subseteq messages'

Step(e) ==
    /\ e.node \in Server
    /\ Taken(e)
    /\ Logged(e.node, e.vars)
    /\ Sent(e.sent)

-----------------------------------------------------------------------------
(* How far TLC has come, in its register of the trace's number.            *)

ASSUME \A t \in DOMAIN Traces : TLCSet(t, 0)

Progress ==
    IF next > TLCGet(trace)
    THEN TLCSet(trace, next) /\ PrintT(<<"taken", trace, next>>)
    ELSE TRUE

TraceInit == Init /\ trace \in DOMAIN Traces /\ next = 1

TraceNext ==
    /\ next <= Len(Traces[trace])
    /\ \E e \in {Traces[trace][next]} : Step(e)
    /\ Progress
    /\ next' = next + 1
    /\ UNCHANGED trace

TraceSpec == TraceInit /\ [][TraceNext]_traceVars

(* Violated when a trace is accepted.                                      *)
Unmatched == next <= Len(Traces[trace])
=============================================================================
