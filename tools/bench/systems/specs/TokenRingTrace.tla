Termination detection on a ring, against a log.
--------------------------- MODULE TokenRingTrace ---------------------------
EXTENDS TokenRing, Sequences, TLC, Json, IOUtils
VARIABLE l

Lines == ndJsonDeserialize(IOEnv.JSON)
Log == Tail(Lines)
TraceN == Lines[1].constants.N
Hidden == Lines[1].hidden

IsEvent(name) == l <= Len(Log) /\ Log[l].event = name /\ l' = l + 1
Says(field, value) == field \in DOMAIN Log[l] => Log[l][field] = value

Agrees ==
    /\ Says("tokenAt", tokenAt')
    /\ Says("tokenColor", tokenColor')
    /\ "color" \in DOMAIN Log[l] => Log[l].color = color'[Log[l].i]

Step ==
    \/ IsEvent("InitiateProbe") /\ InitiateProbe
    \/ IsEvent("Detect") /\ Detect
    \/ \E i \in Node : IsEvent("PassToken") /\ Says("i", i) /\ PassToken(i)
    \/ \E i, j \in Node : IsEvent("SendMsg") /\ Says("i", i) /\ Says("j", j) /\ SendMsg(i, j)
    \/ \E i \in Node : IsEvent("Deactivate") /\ Says("i", i) /\ Deactivate(i)

TraceInit == Init /\ l = 1 /\ TLCSet(1, 1)
TraceNext ==
    \/ Step /\ Agrees
    \/ Hidden /\ l <= Len(Log) /\ (\E i \in Node : Deactivate(i)) /\ l' = l
TraceSpec == TraceInit /\ [][TraceNext]_<<vars, l>>

Furthest == TLCSet(1, IF l > TLCGet(1) THEN l ELSE TLCGet(1))
Matched == TLCGet(1) = Len(Log) + 1
NotMatched == l <= Len(Log)
=============================================================================
