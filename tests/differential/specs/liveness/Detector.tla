---- MODULE Detector ----
EXTENDS Naturals
VARIABLES x, y
vars == <<x, y>>
Init == x = 0 /\ y = 0
Next == \/ x < 2 /\ x' = x + 1 /\ y' = y
        \/ x = 2 /\ y = 0 /\ y' = 1 /\ x' = x
Unfair == Init /\ [][Next]_vars
Weak == Unfair /\ WF_vars(Next)
detected == y = 1
A == INSTANCE Abstract WITH a <- x, d <- detected
Fair == A!Fair
Strong == A!Strong
FairUndo == A!FairUndo
FairFor == A!FairFor
====
