---- MODULE Booleans ----
EXTENDS Naturals
VARIABLES flag, n, mixed
Init == flag = FALSE /\ n = 0 /\ mixed = 1
Next == \/ flag' = ~flag /\ UNCHANGED <<n, mixed>>
        \/ n < 2 /\ n' = n + 1 /\ mixed' = (n = 0) /\ UNCHANGED flag
        \/ n' = 0 /\ mixed' = n /\ UNCHANGED flag
====
