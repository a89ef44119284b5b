---- MODULE Semantic ----
EXTENDS Naturals
VARIABLE x
Init == y = 0 /\ F(1)
F(a, b) == a
Init == x = 0
Sub == (x')'
====
