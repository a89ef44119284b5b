---- MODULE Viewed ----
EXTENDS Naturals
VARIABLES x, clock
Init == x = 0 /\ clock = 0
Next == x' = (x + 1) % 4 /\ clock' = clock + 1
View == x
Pair == <<x, clock % 3>>
Truth == x = 2
====
