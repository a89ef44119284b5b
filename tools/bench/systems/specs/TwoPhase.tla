Two-phase commit, round after round, as in Lamport's paper with Gray ("Consensus on transaction commit", 2006): a
transaction manager and resource managers that talk through a set of messages.
------------------------------ MODULE TwoPhase ------------------------------
EXTENDS Naturals, FiniteSets
CONSTANT RM
VARIABLES rmState, tmState, tmPrepared, msgs, round
vars == <<rmState, tmState, tmPrepared, msgs, round>>

Message == [type : {"Prepared"}, rm : RM] \cup [type : {"Commit", "Abort"}]

Fresh ==
    /\ rmState = [rm \in RM |-> "working"]
    /\ tmState = "init"
    /\ tmPrepared = {}
    /\ msgs = {}

Init == Fresh /\ round = 0

TMRcvPrepared(rm) ==
    /\ tmState = "init"
    /\ [type |-> "Prepared", rm |-> rm] \in msgs
    /\ rm \notin tmPrepared
    /\ tmPrepared' = tmPrepared \cup {rm}
    /\ UNCHANGED <<rmState, tmState, msgs, round>>

TMCommit ==
    /\ tmState = "init"
    /\ tmPrepared = RM
    /\ tmState' = "committed"
    /\ msgs' = msgs \cup {[type |-> "Commit"]}
    /\ UNCHANGED <<rmState, tmPrepared, round>>

TMAbort ==
    /\ tmState = "init"
    /\ tmState' = "aborted"
    /\ msgs' = msgs \cup {[type |-> "Abort"]}
    /\ UNCHANGED <<rmState, tmPrepared, round>>

RMPrepare(rm) ==
    /\ rmState[rm] = "working"
    /\ rmState' = [rmState EXCEPT ![rm] = "prepared"]
    /\ msgs' = msgs \cup {[type |-> "Prepared", rm |-> rm]}
    /\ UNCHANGED <<tmState, tmPrepared, round>>

RMChooseToAbort(rm) ==
    /\ rmState[rm] = "working"
    /\ rmState' = [rmState EXCEPT ![rm] = "aborted"]
    /\ UNCHANGED <<tmState, tmPrepared, msgs, round>>

RMRcvCommitMsg(rm) ==
    /\ [type |-> "Commit"] \in msgs
    /\ rmState[rm] = "prepared"
    /\ rmState' = [rmState EXCEPT ![rm] = "committed"]
    /\ UNCHANGED <<tmState, tmPrepared, msgs, round>>

RMRcvAbortMsg(rm) ==
    /\ [type |-> "Abort"] \in msgs
    /\ rmState[rm] \in {"working", "prepared"}
    /\ rmState' = [rmState EXCEPT ![rm] = "aborted"]
    /\ UNCHANGED <<tmState, tmPrepared, msgs, round>>

\* Everybody has heard of the decision: the next transaction.
NextRound ==
    /\ \A rm \in RM : rmState[rm] \in {"committed", "aborted"}
    /\ tmState # "init"
    /\ rmState' = [rm \in RM |-> "working"]
    /\ tmState' = "init"
    /\ tmPrepared' = {}
    /\ msgs' = {}
    /\ round' = round + 1

Next ==
    \/ TMCommit \/ TMAbort \/ NextRound
    \/ \E rm \in RM : TMRcvPrepared(rm)
    \/ \E rm \in RM : RMPrepare(rm)
    \/ \E rm \in RM : RMChooseToAbort(rm)
    \/ \E rm \in RM : RMRcvCommitMsg(rm)
    \/ \E rm \in RM : RMRcvAbortMsg(rm)

Spec == Init /\ [][Next]_vars

ConsistentInv == ~ \E a, b \in RM : rmState[a] = "aborted" /\ rmState[b] = "committed"
=============================================================================
