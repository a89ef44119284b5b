------------------------------ MODULE Relation ------------------------------
(* Relations over a set `S', as functions of two arguments to BOOLEAN. *)
EXTENDS Naturals, FiniteSets

IsReflexive(R, S) == \A x \in S : R[x, x]
IsIrreflexive(R, S) == \A x \in S : ~R[x, x]
IsSymmetric(R, S) == \A x, y \in S : R[x, y] <=> R[y, x]
IsAsymmetric(R, S) == \A x, y \in S : ~(R[x, y] /\ R[y, x])
IsTransitive(R, S) == \A x, y, z \in S : R[x, y] /\ R[y, z] => R[x, z]

(* Which elements lead to which in at most 2^n steps, for n large enough. *)
TransitiveClosure(R, S) ==
  LET reach[n \in Nat] ==
        IF n = 0
        THEN [x, y \in S |-> R[x, y]]
        ELSE LET half == reach[n - 1]
             IN [x, y \in S |-> half[x, y] \/ \E z \in S : half[x, z] /\ half[z, y]]
  IN reach[Cardinality(S)]
ReflexiveTransitiveClosure(R, S) ==
  LET closure == TransitiveClosure(R, S) IN [x, y \in S |-> x = y \/ closure[x, y]]
=============================================================================
