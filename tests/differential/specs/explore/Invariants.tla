---- MODULE Invariants ----
EXTENDS Naturals
VARIABLES x, y
Init == x \in 0..1 /\ y = 0
Up == x < 4 /\ x' = x + 1 /\ y' = y
Add == y < 3 /\ y' = y + x /\ UNCHANGED x
Next == Up \/ Add
TypeOK == x \in 0..4 /\ y \in 0..10
Small == x + y < 6
XSmall == x < 4
NotInitial == x # 1
Broken == x[1] = 2
Guarded == y > 2 => x = "a"
====
