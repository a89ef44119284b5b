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

Says(e, field, value) == field \in DOMAIN e => e[field] = value

\* What the step leaves agrees with what the event says.
Agrees(e) ==
    /\ Says(e, "size", Len(buffer'))
    /\ "waiting" \in DOMAIN e => Of(e.waiting) = waiting'

Step(e) ==
    \/ \E t \in Producer, x \in Item : e.event = "Put" /\ Says(e, "t", t) /\ Says(e, "x", x) /\ Put(t, x)
    \/ \E t \in Producer : e.event = "PutWaits" /\ Says(e, "t", t) /\ PutWaits(t)
    \/ \E t \in Consumer, x \in Item : e.event = "Get" /\ Says(e, "t", t) /\ Says(e, "x", x) /\ Get(t, x)
    \/ \E t \in Consumer : e.event = "GetWaits" /\ Says(e, "t", t) /\ GetWaits(t)

\* Every step leaves an event.
Unlogged == FALSE

TraceInit == Init /\ l = 1 /\ TLCSet(1, 1)
TraceNext == l <= Len(Log) /\ Step(Log[l]) /\ Agrees(Log[l]) /\ l' = l + 1
TraceSpec == TraceInit /\ [][TraceNext]_<<vars, l>>

Furthest == TLCSet(1, IF l > TLCGet(1) THEN l ELSE TLCGet(1))
Matched == TLCGet(1) = Len(Log) + 1
NotMatched == l <= Len(Log)
=============================================================================
