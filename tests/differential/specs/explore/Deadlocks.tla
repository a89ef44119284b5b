---- MODULE Deadlocks ----
EXTENDS Naturals
VARIABLE x
Init == x = 0
Next == x < 3 /\ x' = x + 1
Low == x < 2
Nobody == FALSE
Stop == x = 5 /\ x' = 6
Empty == FALSE /\ x = 0
====
