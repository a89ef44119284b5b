Replicated logs, against a log of what the servers did.
-------------------------- MODULE ReplicatedLogTrace --------------------------
EXTENDS ReplicatedLog, TLC, Json, IOUtils
VARIABLE l

Lines == ndJsonDeserialize(IOEnv.JSON)
Log == Tail(Lines)
Of(items) == {items[k] : k \in DOMAIN items}
TraceServer == Of(Lines[1].constants.Server)
TraceValue == Of(Lines[1].constants.Value)
Hidden == Lines[1].hidden

Says(e, field, value) == field \in DOMAIN e => e[field] = value

\* What the step leaves agrees with what the event says.
Agrees(e) ==
    /\ "length" \in DOMAIN e => e.length = Len(log'[e.i])
    /\ "lastTerm" \in DOMAIN e => e.lastTerm = LastTerm(log'[e.i])
    /\ "commit" \in DOMAIN e => e.commit = commit'[e.i]

Step(e) ==
    \/ e.event = "Elect" /\ Elect(e.i, Of(e.q), e.t)
    \/ \E i \in Server, v \in Value :
        e.event = "ClientRequest" /\ Says(e, "i", i) /\ Says(e, "v", v) /\ ClientRequest(i, v)
    \/ \E i, j \in Server : e.event = "Accept" /\ Says(e, "i", i) /\ Says(e, "j", j) /\ Accept(i, j)
    \/ \E i, j \in Server : e.event = "Truncate" /\ Says(e, "i", i) /\ Says(e, "j", j) /\ Truncate(i, j)
    \/ e.event = "Commit" /\ Commit(e.i, e.k)
    \/ \E i, j \in Server : e.event = "Learn" /\ Says(e, "i", i) /\ Says(e, "j", j) /\ Learn(i, j)

\* A step that leaves no event.
Unlogged == Hidden /\ \E i, j \in Server : Learn(i, j)

TraceInit == Init /\ l = 1 /\ TLCSet(1, 1)
TraceNext ==
    \/ l <= Len(Log) /\ Step(Log[l]) /\ Agrees(Log[l]) /\ l' = l + 1
    \/ l <= Len(Log) /\ Unlogged /\ l' = l
TraceSpec == TraceInit /\ [][TraceNext]_<<vars, l>>

Furthest == TLCSet(1, IF l > TLCGet(1) THEN l ELSE TLCGet(1))
Matched == TLCGet(1) = Len(Log) + 1
NotMatched == l <= Len(Log)
=============================================================================
