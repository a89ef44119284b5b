A bounded queue, against a log.
-------------------------- MODULE BoundedQueueTrace --------------------------
EXTENDS BoundedQueue, TLC, Json, IOUtils
VARIABLE l

Lines == ndJsonDeserialize(IOEnv.JSON)
Log == Tail(Lines)
Of(items) == {items[k] : k \in DOMAIN items}
TraceProducer == Of(Lines[1].constants.Producer)
TraceConsumer == Of(Lines[1].constants.Consumer)
TraceCapacity == Lines[1].constants.Capacity
TraceItem == Of(Lines[1].constants.Item)

IsEvent(name) == l <= Len(Log) /\ Log[l].event = name /\ l' = l + 1
Says(field, value) == field \in DOMAIN Log[l] => Log[l][field] = value

Agrees ==
    /\ Says("size", Len(buffer'))
    /\ "waiting" \in DOMAIN Log[l] => Of(Log[l].waiting) = waiting'

Step ==
    \/ \E t \in Producer, x \in Item : IsEvent("Put") /\ Says("t", t) /\ Says("x", x) /\ Put(t, x)
    \/ \E t \in Producer : IsEvent("PutWaits") /\ Says("t", t) /\ PutWaits(t)
    \/ \E t \in Consumer, x \in Item : IsEvent("Get") /\ Says("t", t) /\ Says("x", x) /\ Get(t, x)
    \/ \E t \in Consumer : IsEvent("GetWaits") /\ Says("t", t) /\ GetWaits(t)

TraceInit == Init /\ l = 1 /\ TLCSet(1, 1)
TraceNext == Step /\ Agrees
TraceSpec == TraceInit /\ [][TraceNext]_<<vars, l>>

Furthest == TLCSet(1, IF l > TLCGet(1) THEN l ELSE TLCGet(1))
Matched == TLCGet(1) = Len(Log) + 1
NotMatched == l <= Len(Log)
=============================================================================
