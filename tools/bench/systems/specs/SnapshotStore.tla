A key-value store whose transactions read a snapshot and fail to close when somebody else wrote what they wrote.
---------------------------- MODULE SnapshotStore ----------------------------
EXTENDS Naturals, FiniteSets
CONSTANTS Key, Val, TxId, NoVal
VARIABLES store, open, snapshot, written, missed
vars == <<store, open, snapshot, written, missed>>

Init ==
    /\ store = [k \in Key |-> NoVal]
    /\ open = {}
    /\ snapshot = [t \in TxId |-> [k \in Key |-> NoVal]]
    /\ written = [t \in TxId |-> {}]
    /\ missed = [t \in TxId |-> {}]

OpenTx(t) ==
    /\ t \notin open
    /\ open' = open \cup {t}
    /\ snapshot' = [snapshot EXCEPT ![t] = store]
    /\ written' = [written EXCEPT ![t] = {}]
    /\ missed' = [missed EXCEPT ![t] = {}]
    /\ UNCHANGED store

Read(t, k, v) ==
    /\ t \in open
    /\ snapshot[t][k] = v
    /\ UNCHANGED vars

Put(t, k, v) ==
    /\ t \in open
    /\ snapshot' = [snapshot EXCEPT ![t][k] = v]
    /\ written' = [written EXCEPT ![t] = @ \cup {k}]
    /\ UNCHANGED <<store, open, missed>>

\* Nobody reads any more what a transaction saw and wrote.
Forget(t) ==
    /\ snapshot' = [snapshot EXCEPT ![t] = [k \in Key |-> NoVal]]
    /\ written' = [written EXCEPT ![t] = {}]

Rollback(t) ==
    /\ t \in open
    /\ open' = open \ {t}
    /\ missed' = [missed EXCEPT ![t] = {}]
    /\ Forget(t)
    /\ UNCHANGED store

CloseTx(t) ==
    /\ t \in open
    /\ missed[t] \cap written[t] = {}
    /\ store' = [k \in Key |-> IF k \in written[t] THEN snapshot[t][k] ELSE store[k]]
    /\ open' = open \ {t}
    /\ missed' = [u \in TxId |-> IF u \in open' THEN missed[u] \cup written[t] ELSE {}]
    /\ Forget(t)

Next ==
    \/ \E t \in TxId : OpenTx(t)
    \/ \E t \in TxId, k \in Key, v \in Val \cup {NoVal} : Read(t, k, v)
    \/ \E t \in TxId, k \in Key, v \in Val : Put(t, k, v)
    \/ \E t \in TxId : Rollback(t)
    \/ \E t \in TxId : CloseTx(t)

Spec == Init /\ [][Next]_vars
OpenInv == open \subseteq TxId
=============================================================================
