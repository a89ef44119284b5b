---- MODULE AssumedWithStates ----
EXTENDS Naturals
CONSTANT N
ASSUME NIsSmall == N < 5
VARIABLE x
Init == x = 0
Next == x' = (x + 1) % N
====
