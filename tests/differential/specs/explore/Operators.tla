---- MODULE Operators ----
EXTENDS Naturals
VARIABLES x, y
Set(v, n) == v < 3 /\ x' = v + n
Init == x = 0 /\ y = 0
A(n) == Set(x, n) /\ UNCHANGED y
B == /\ x > 1 /\ y' = LET z == x - 1 IN z % 2
     /\ x' = CASE x = 2 -> 0 [] x = 3 -> 1 [] OTHER -> 2
C == \A i \in 1..2 : x # i + 1 /\ y' = 1 /\ x' = x
Next == (\E n \in 1..2 : A(n)) \/ B \/ (x = 0 /\ y' = 1 /\ x' = x)
Inv == ENABLED B => x > 1
====
