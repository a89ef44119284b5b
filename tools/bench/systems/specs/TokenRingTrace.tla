Termination detection on a ring, against a log.
--------------------------- MODULE TokenRingTrace ---------------------------
EXTENDS TokenRing, Sequences, TLC, Json, IOUtils
VARIABLE l

Lines == ndJsonDeserialize(IOEnv.JSON)
Log == Tail(Lines)
TraceN == Lines[1].constants.N
Hidden == Lines[1].hidden

Says(e, field, value) == field \in DOMAIN e => e[field] = value

\* What the step leaves agrees with what the event says.
Agrees(e) ==
    /\ Says(e, "tokenAt", tokenAt')
    /\ Says(e, "tokenColor", tokenColor')
    /\ "color" \in DOMAIN e => e.color = color'[e.i]

Step(e) ==
    \/ e.event = "InitiateProbe" /\ InitiateProbe
    \/ e.event = "Detect" /\ Detect
    \/ \E i \in Node : e.event = "PassToken" /\ Says(e, "i", i) /\ PassToken(i)
    \/ \E i, j \in Node : e.event = "SendMsg" /\ Says(e, "i", i) /\ Says(e, "j", j) /\ SendMsg(i, j)
    \/ \E i \in Node : e.event = "Deactivate" /\ Says(e, "i", i) /\ Deactivate(i)

\* A step that leaves no event.
Unlogged == Hidden /\ \E i \in Node : Deactivate(i)

TraceInit == Init /\ l = 1 /\ TLCSet(1, 1)
TraceNext ==
    \/ l <= Len(Log) /\ Step(Log[l]) /\ Agrees(Log[l]) /\ l' = l + 1
    \/ l <= Len(Log) /\ Unlogged /\ l' = l
TraceSpec == TraceInit /\ [][TraceNext]_<<vars, l>>

Furthest == TLCSet(1, IF l > TLCGet(1) THEN l ELSE TLCGet(1))
Matched == TLCGet(1) = Len(Log) + 1
NotMatched == l <= Len(Log)
=============================================================================
