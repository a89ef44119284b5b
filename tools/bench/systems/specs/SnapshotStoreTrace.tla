Transactions on a store with snapshot isolation, against a log.
------------------------- MODULE SnapshotStoreTrace -------------------------
EXTENDS SnapshotStore, Sequences, TLC, Json, IOUtils
VARIABLE l

Lines == ndJsonDeserialize(IOEnv.JSON)
Log == Tail(Lines)
Of(items) == {items[k] : k \in DOMAIN items}
TraceKey == Of(Lines[1].constants.Key)
TraceVal == Of(Lines[1].constants.Val)
TraceTxId == Of(Lines[1].constants.TxId)
TraceNoVal == "none"

Says(e, field, value) == field \in DOMAIN e => e[field] = value

\* What the step leaves agrees with what the event says.
Agrees(e) ==
    /\ "open" \in DOMAIN e => Cardinality(open') = e.open
    /\ "stored" \in DOMAIN e => \A k \in DOMAIN e.stored : store'[k] = e.stored[k]

Step(e) ==
    \/ \E t \in TxId : e.event = "OpenTx" /\ Says(e, "t", t) /\ OpenTx(t)
    \/ \E t \in TxId, k \in Key, v \in Val \cup {NoVal} :
        e.event = "Read" /\ Says(e, "t", t) /\ Says(e, "k", k) /\ Says(e, "v", v) /\ Read(t, k, v)
    \/ \E t \in TxId, k \in Key, v \in Val :
        e.event = "Put" /\ Says(e, "t", t) /\ Says(e, "k", k) /\ Says(e, "v", v) /\ Put(t, k, v)
    \/ \E t \in TxId : e.event = "Rollback" /\ Says(e, "t", t) /\ Rollback(t)
    \/ \E t \in TxId : e.event = "CloseTx" /\ Says(e, "t", t) /\ CloseTx(t)

\* Every step leaves an event.
Unlogged == FALSE

TraceInit == Init /\ l = 1 /\ TLCSet(1, 1)
TraceNext == l <= Len(Log) /\ Step(Log[l]) /\ Agrees(Log[l]) /\ l' = l + 1
TraceSpec == TraceInit /\ [][TraceNext]_<<vars, l>>

Furthest == TLCSet(1, IF l > TLCGet(1) THEN l ELSE TLCGet(1))
Matched == TLCGet(1) = Len(Log) + 1
NotMatched == l <= Len(Log)
=============================================================================
