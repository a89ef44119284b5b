---- MODULE Layers ----
\* EXTENDS of a module with variables, LOCAL, a wrapped action, unnamed INSTANCE, Next through several modules.
EXTENDS Base, Integers
VARIABLE m
INSTANCE Sequences
Hidden == 7
Wrap == Bump /\ m' = -n
Keep(k) == BaseNext /\ k \in 1..2 /\ m' = k
Next == Wrap \/ (\E k \in 1..Len(<<1, 2, 3>>) : Keep(k)) \/ (n > 1 /\ (\E k \in {0} : Keep(k + 1)))
Init == BaseInit /\ m = Hidden
Spec == Init /\ [][Next]_<<n, m>> /\ WF_n(BaseNext)
====
