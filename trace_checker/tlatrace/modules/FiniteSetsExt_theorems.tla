----------------------- MODULE FiniteSetsExt_theorems -----------------------
(* The older name of FiniteSetsExtTheorems, and the theorems that went by another name in it. *)
EXTENDS FiniteSetsExtTheorems

LEMMA MapThenSumSetType ==
  ASSUME NEW S, IsFiniteSet(S), NEW op(_), \A x \in S : op(x) \in Nat
  PROVE MapThenSumSet(op, S) \in Nat
THEOREM MapThenSumSetAddElem ==
  ASSUME NEW S, IsFiniteSet(S), NEW op(_), \A x \in S : op(x) \in Nat, NEW e, e \notin S, op(e) \in Nat
  PROVE MapThenSumSet(op, S \cup {e}) = op(e) + MapThenSumSet(op, S)
LEMMA MapThenSumSetRemElem ==
  ASSUME NEW S, IsFiniteSet(S), NEW op(_), \A x \in S : op(x) \in Nat, NEW e \in S
  PROVE MapThenSumSet(op, S) = op(e) + MapThenSumSet(op, S \ {e})
LEMMA MapThenSumSetMonotonicOpGE ==
  ASSUME NEW S, IsFiniteSet(S), NEW f(_), \A x \in S : f(x) \in Nat, NEW g(_), \A x \in S : g(x) \in Nat,
         \A x \in S : f(x) <= g(x)
  PROVE MapThenSumSet(f, S) <= MapThenSumSet(g, S)
LEMMA MapThenSumSetMonotonicOpGT ==
  ASSUME NEW S, IsFiniteSet(S), NEW f(_), \A x \in S : f(x) \in Nat, NEW g(_), \A x \in S : g(x) \in Nat,
         \A x \in S : f(x) <= g(x), \E x \in S : f(x) < g(x)
  PROVE MapThenSumSet(f, S) < MapThenSumSet(g, S)
LEMMA MapThenSumSetZeros ==
  ASSUME NEW S, IsFiniteSet(S), NEW op(_), \A x \in S : op(x) = 0
  PROVE MapThenSumSet(op, S) = 0
=============================================================================
