---- MODULE Sets ----
EXTENDS Naturals, FiniteSets, Sequences
VARIABLES s, f, q
Init == s \in SUBSET {1, 2} /\ f \in [{1, 2} -> {"a", "b"}] /\ q = <<>>
Grow == \E i \in 1..3 : s' = s \cup {i} /\ UNCHANGED <<f, q>>
Swap == f' = [f EXCEPT ![1] = f[2], ![2] = f[1]] /\ UNCHANGED <<s, q>>
Push == Len(q) < 2 /\ \E i \in s : q' = Append(q, i) /\ UNCHANGED <<s, f>>
Same == s # {} /\ q # <<>> /\ s' = {q[1]} /\ q' = [i \in 1..0 |-> 0] /\ UNCHANGED f
Next == Grow \/ Swap \/ Push \/ Same
====
