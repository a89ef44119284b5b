---- MODULE Conflict ----
EXTENDS Naturals
VARIABLE z
Foo == /\ z = 1
      /\ z = 2
       \/ z = 3
====
