---- MODULE Missing ----
EXTENDS Naturals, Nowhere
VARIABLE x
Init == x = 0
====
