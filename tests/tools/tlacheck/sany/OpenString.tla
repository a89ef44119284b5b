---- MODULE OpenString ----
EXTENDS Naturals
VARIABLE x
Init == x = "abc
Next == x' = x + 1
====
