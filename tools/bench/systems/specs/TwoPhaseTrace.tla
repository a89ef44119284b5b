Two-phase commit against a log, as it is done with TLC: the module walks the log by itself.
--------------------------- MODULE TwoPhaseTrace ---------------------------
EXTENDS TwoPhase, Sequences, TLC, Json, IOUtils
VARIABLE l

Lines == ndJsonDeserialize(IOEnv.JSON)
Log == Tail(Lines)
TraceRM == {Lines[1].constants.RM[k] : k \in DOMAIN Lines[1].constants.RM}
Hidden == Lines[1].hidden

IsEvent(name) == l <= Len(Log) /\ Log[l].event = name /\ l' = l + 1

Agrees ==
    /\ "rmState" \in DOMAIN Log[l] => rmState'[Log[l].rm] = Log[l].rmState
    /\ "tmState" \in DOMAIN Log[l] => tmState' = Log[l].tmState
    /\ "tmPrepared" \in DOMAIN Log[l] => Cardinality(tmPrepared') = Log[l].tmPrepared

Step ==
    \/ IsEvent("TMCommit") /\ TMCommit
    \/ IsEvent("TMAbort") /\ TMAbort
    \/ IsEvent("NextRound") /\ NextRound
    \/ \E rm \in RM : IsEvent("TMRcvPrepared") /\ Log[l].rm = rm /\ TMRcvPrepared(rm)
    \/ \E rm \in RM : IsEvent("RMPrepare") /\ Log[l].rm = rm /\ RMPrepare(rm)
    \/ \E rm \in RM : IsEvent("RMChooseToAbort") /\ Log[l].rm = rm /\ RMChooseToAbort(rm)
    \/ \E rm \in RM : IsEvent("RMRcvCommitMsg") /\ Log[l].rm = rm /\ RMRcvCommitMsg(rm)
    \/ \E rm \in RM : IsEvent("RMRcvAbortMsg") /\ Log[l].rm = rm /\ RMRcvAbortMsg(rm)

TraceInit == Init /\ l = 1 /\ TLCSet(1, 1)
TraceNext ==
    \/ Step /\ Agrees
    \/ Hidden /\ l <= Len(Log) /\ (\E rm \in RM : TMRcvPrepared(rm)) /\ l' = l
TraceSpec == TraceInit /\ [][TraceNext]_<<vars, l>>

Furthest == TLCSet(1, IF l > TLCGet(1) THEN l ELSE TLCGet(1))
Matched == TLCGet(1) = Len(Log) + 1
NotMatched == l <= Len(Log)
=============================================================================
