---- MODULE Counter ----
\* A bounded counter; an unnamed disjunct, and a guard that is a disjunction: one successor for each branch.
EXTENDS Naturals
CONSTANT Max
VARIABLES x, y
Init == x = 0 /\ y \in 0..1
Up == x < Max /\ x' = x + 1 /\ UNCHANGED y
Down(d) == /\ d \in 1..2
           /\ x >= d \/ x = Max \/ y = 1
           /\ x' = IF x >= d THEN x - d ELSE 0
           /\ y' \in {y, 1 - y}
Next == \/ Up
        \/ \E d \in 1..3 : Down(d)
        \/ x = Max /\ x' = 0 /\ y' = y
Inv == x \in 0..Max
====
