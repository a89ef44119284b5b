Two-phase commit against a log, as it is done with TLC: the module walks the log by itself.
--------------------------- MODULE TwoPhaseTrace ---------------------------
EXTENDS TwoPhase, Sequences, TLC, Json, IOUtils
VARIABLE l

Lines == ndJsonDeserialize(IOEnv.JSON)
Log == Tail(Lines)
TraceRM == {Lines[1].constants.RM[k] : k \in DOMAIN Lines[1].constants.RM}
Hidden == Lines[1].hidden

\* What the step leaves agrees with what the event says.
Agrees(e) ==
    /\ "rmState" \in DOMAIN e => rmState'[e.rm] = e.rmState
    /\ "tmState" \in DOMAIN e => tmState' = e.tmState
    /\ "tmPrepared" \in DOMAIN e => Cardinality(tmPrepared') = e.tmPrepared

Step(e) ==
    \/ e.event = "TMCommit" /\ TMCommit
    \/ e.event = "TMAbort" /\ TMAbort
    \/ e.event = "NextRound" /\ NextRound
    \/ \E rm \in RM : e.event = "TMRcvPrepared" /\ e.rm = rm /\ TMRcvPrepared(rm)
    \/ \E rm \in RM : e.event = "RMPrepare" /\ e.rm = rm /\ RMPrepare(rm)
    \/ \E rm \in RM : e.event = "RMChooseToAbort" /\ e.rm = rm /\ RMChooseToAbort(rm)
    \/ \E rm \in RM : e.event = "RMRcvCommitMsg" /\ e.rm = rm /\ RMRcvCommitMsg(rm)
    \/ \E rm \in RM : e.event = "RMRcvAbortMsg" /\ e.rm = rm /\ RMRcvAbortMsg(rm)

\* A step that leaves no event.
Unlogged == Hidden /\ \E rm \in RM : TMRcvPrepared(rm)

TraceInit == Init /\ l = 1 /\ TLCSet(1, 1)
TraceNext ==
    \/ l <= Len(Log) /\ Step(Log[l]) /\ Agrees(Log[l]) /\ l' = l + 1
    \/ l <= Len(Log) /\ Unlogged /\ l' = l
TraceSpec == TraceInit /\ [][TraceNext]_<<vars, l>>

Furthest == TLCSet(1, IF l > TLCGet(1) THEN l ELSE TLCGet(1))
Matched == TLCGet(1) = Len(Log) + 1
NotMatched == l <= Len(Log)
=============================================================================
