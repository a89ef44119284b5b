Dijkstra's detection of termination on a ring (EWD 840): a token goes round, and takes the colour of whom it passes.
------------------------------ MODULE TokenRing ------------------------------
EXTENDS Naturals
CONSTANT N
VARIABLES active, color, tokenAt, tokenColor, rounds
vars == <<active, color, tokenAt, tokenColor, rounds>>
Node == 0 .. N - 1

Init ==
    /\ active = [i \in Node |-> TRUE]
    /\ color = [i \in Node |-> "white"]
    /\ tokenAt = 0
    /\ tokenColor = "black"
    /\ rounds = 0

Detected == tokenAt = 0 /\ tokenColor = "white" /\ color[0] = "white" /\ ~ active[0]

InitiateProbe ==
    /\ tokenAt = 0
    /\ tokenColor = "black" \/ color[0] = "black"
    /\ tokenAt' = N - 1
    /\ tokenColor' = "white"
    /\ color' = [color EXCEPT ![0] = "white"]
    /\ UNCHANGED <<active, rounds>>

PassToken(i) ==
    /\ tokenAt = i /\ i # 0
    /\ ~ active[i]
    /\ tokenAt' = i - 1
    /\ tokenColor' = IF color[i] = "black" THEN "black" ELSE tokenColor
    /\ color' = [color EXCEPT ![i] = "white"]
    /\ UNCHANGED <<active, rounds>>

SendMsg(i, j) ==
    /\ active[i]
    /\ i # j
    /\ active' = [active EXCEPT ![j] = TRUE]
    /\ color' = [color EXCEPT ![i] = IF j > i THEN "black" ELSE @]
    /\ UNCHANGED <<tokenAt, tokenColor, rounds>>

Deactivate(i) ==
    /\ active[i]
    /\ active' = [active EXCEPT ![i] = FALSE]
    /\ UNCHANGED <<color, tokenAt, tokenColor, rounds>>

\* Termination was detected; new work comes in at node 0.
Detect ==
    /\ Detected
    /\ rounds' = rounds + 1
    /\ active' = [active EXCEPT ![0] = TRUE]
    /\ tokenColor' = "black"
    /\ UNCHANGED <<color, tokenAt>>

Next ==
    \/ InitiateProbe
    \/ Detect
    \/ \E i \in Node : PassToken(i)
    \/ \E i, j \in Node : SendMsg(i, j)
    \/ \E i \in Node : Deactivate(i)

Spec == Init /\ [][Next]_vars
DetectionInv == Detected => \A i \in Node : ~ active[i]
=============================================================================
