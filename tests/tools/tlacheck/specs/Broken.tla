---- MODULE Broken ----
EXTENDS Naturals
VARIABLE x
Init == x = undefined
Next == x' = Twice(x)
====
