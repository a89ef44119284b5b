---- MODULE Duplicates ----
EXTENDS Naturals
VARIABLE x
Init == x = 0 \/ x \in {0, 1, 1} \/ \E i \in 1..2 : x = i % 2
Next == \/ x' = x \/ x' = 1 - x \/ \E i \in 0..2 : x' = i % 2
        \/ IF x = 0 THEN x' = 1 \/ x' = 1 ELSE x' = 0
====
