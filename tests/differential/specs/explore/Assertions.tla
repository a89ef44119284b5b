---- MODULE Assertions ----
EXTENDS Naturals, TLC
VARIABLE x
Init == x = 0
Next == x' = x + 1 /\ Assert(x < 3, <<"too large", x>>)
Inv == Assert(x # 2, "two")
====
