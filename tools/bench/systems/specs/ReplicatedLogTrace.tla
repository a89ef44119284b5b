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

IsEvent(name) == l <= Len(Log) /\ Log[l].event = name /\ l' = l + 1
Says(field, value) == field \in DOMAIN Log[l] => Log[l][field] = value

Agrees ==
    /\ "length" \in DOMAIN Log[l] => Log[l].length = Len(log'[Log[l].i])
    /\ "lastTerm" \in DOMAIN Log[l] => Log[l].lastTerm = LastTerm(log'[Log[l].i])
    /\ "commit" \in DOMAIN Log[l] => Log[l].commit = commit'[Log[l].i]

Step ==
    \/ IsEvent("Elect") /\ Elect(Log[l].i, Of(Log[l].q), Log[l].t)
    \/ \E i \in Server, v \in Value : IsEvent("ClientRequest") /\ Says("i", i) /\ Says("v", v) /\ ClientRequest(i, v)
    \/ \E i, j \in Server : IsEvent("Accept") /\ Says("i", i) /\ Says("j", j) /\ Accept(i, j)
    \/ \E i, j \in Server : IsEvent("Truncate") /\ Says("i", i) /\ Says("j", j) /\ Truncate(i, j)
    \/ IsEvent("Commit") /\ Commit(Log[l].i, Log[l].k)
    \/ \E i, j \in Server : IsEvent("Learn") /\ Says("i", i) /\ Says("j", j) /\ Learn(i, j)

TraceInit == Init /\ l = 1 /\ TLCSet(1, 1)
TraceNext ==
    \/ Step /\ Agrees
    \/ Hidden /\ l <= Len(Log) /\ (\E i, j \in Server : Learn(i, j)) /\ l' = l
TraceSpec == TraceInit /\ [][TraceNext]_<<vars, l>>

Furthest == TLCSet(1, IF l > TLCGet(1) THEN l ELSE TLCGet(1))
Matched == TLCGet(1) = Len(Log) + 1
NotMatched == l <= Len(Log)
=============================================================================
