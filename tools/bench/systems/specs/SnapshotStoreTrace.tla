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

IsEvent(name) == l <= Len(Log) /\ Log[l].event = name /\ l' = l + 1
Says(field, value) == field \in DOMAIN Log[l] => Log[l][field] = value

Agrees ==
    /\ "open" \in DOMAIN Log[l] => Cardinality(open') = Log[l].open
    /\ "stored" \in DOMAIN Log[l] => \A k \in DOMAIN Log[l].stored : store'[k] = Log[l].stored[k]

Step ==
    \/ \E t \in TxId : IsEvent("OpenTx") /\ Says("t", t) /\ OpenTx(t)
    \/ \E t \in TxId, k \in Key, v \in Val \cup {NoVal} :
        IsEvent("Read") /\ Says("t", t) /\ Says("k", k) /\ Says("v", v) /\ Read(t, k, v)
    \/ \E t \in TxId, k \in Key, v \in Val : IsEvent("Put") /\ Says("t", t) /\ Says("k", k) /\ Says("v", v) /\ Put(t, k, v)
    \/ \E t \in TxId : IsEvent("Rollback") /\ Says("t", t) /\ Rollback(t)
    \/ \E t \in TxId : IsEvent("CloseTx") /\ Says("t", t) /\ CloseTx(t)

TraceInit == Init /\ l = 1 /\ TLCSet(1, 1)
TraceNext == Step /\ Agrees
TraceSpec == TraceInit /\ [][TraceNext]_<<vars, l>>

Furthest == TLCSet(1, IF l > TLCGet(1) THEN l ELSE TLCGet(1))
Matched == TLCGet(1) = Len(Log) + 1
NotMatched == l <= Len(Log)
=============================================================================
