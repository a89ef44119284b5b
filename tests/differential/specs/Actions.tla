---- MODULE Actions ----
EXTENDS Integers, Sequences, FiniteSets
VARIABLES x, y
vars == <<x, y>>
Init == x = 0 /\ y = 0
Set(v, e) == v' = e
Un == UNCHANGED vars
SetX == x' = 5
Ap(F(_)) == F(3)
AX(v) == x' = v
Both(A, B) == A /\ B
Pick(S, Op(_)) == \E e \in S : Op(e)
LZ(a) == IF x = 0 THEN x' = 1 ELSE a
RECURSIVE RecA(_)
RecA(n) == IF n = 0 THEN x' = 7 ELSE RecA(n-1)
Inc(v) == v' = v + 1
Arg(a) == x' = 1 /\ y' = a
Guard(p) == p
Err == CHOOSE q \in {} : TRUE
Next == x' = 1 /\ y' = 1
====
