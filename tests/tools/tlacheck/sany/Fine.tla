---- MODULE Fine ----
EXTENDS Naturals, Sequences
VARIABLE x
Init == x = 0
====
