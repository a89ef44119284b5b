----------------------- MODULE FiniteSetsExtTheorems -----------------------
(* Facts about the operators of FiniteSetsExt. The statements are the interface of the community module; the proofs are
   there. *)
EXTENDS FiniteSetsExt, FiniteSets, Integers

LOCAL IsClosed(op(_, _), T) == \A x, y \in T : op(x, y) \in T
LOCAL IsCommutative(op(_, _), T) == \A x, y \in T : op(x, y) = op(y, x)
LOCAL IsAssociative(op(_, _), T) == \A x, y, z \in T : op(op(x, y), z) = op(x, op(y, z))

THEOREM FoldSetEmpty == ASSUME NEW op(_, _), NEW base PROVE FoldSet(op, base, {}) = base
THEOREM FoldSetNonempty ==
  ASSUME NEW op(_, _), NEW base, NEW S, S # {}, IsFiniteSet(S)
  PROVE \E e \in S : FoldSet(op, base, S) = op(e, FoldSet(op, base, S \ {e}))
THEOREM FoldSetType ==
  ASSUME NEW T, NEW op(_, _), NEW base \in T, NEW S \in SUBSET T, IsFiniteSet(S), IsClosed(op, T)
  PROVE FoldSet(op, base, S) \in T
THEOREM FoldSetAC ==
  ASSUME NEW T, NEW op(_, _), NEW base \in T, IsClosed(op, T), IsCommutative(op, T), IsAssociative(op, T),
         NEW S \in SUBSET T, IsFiniteSet(S), NEW e \in S
  PROVE FoldSet(op, base, S) = op(e, FoldSet(op, base, S \ {e}))
THEOREM FoldSetACAddElement ==
  ASSUME NEW T, NEW op(_, _), NEW base \in T, IsClosed(op, T), IsCommutative(op, T), IsAssociative(op, T),
         NEW S \in SUBSET T, IsFiniteSet(S), NEW e \in T \ S
  PROVE FoldSet(op, base, S \cup {e}) = op(e, FoldSet(op, base, S))
THEOREM FoldSetDisjointUnion ==
  ASSUME NEW T, NEW op(_, _), NEW base \in T, IsClosed(op, T), IsCommutative(op, T), IsAssociative(op, T),
         \A x \in T : op(base, x) = x, NEW A \in SUBSET T, IsFiniteSet(A), NEW B \in SUBSET T, IsFiniteSet(B),
         A \cap B = {}
  PROVE FoldSet(op, base, A \cup B) = op(FoldSet(op, base, A), FoldSet(op, base, B))

THEOREM SumSetNat == ASSUME NEW S \in SUBSET Nat, IsFiniteSet(S) PROVE SumSet(S) \in Nat
THEOREM SumSetInt == ASSUME NEW S \in SUBSET Int, IsFiniteSet(S) PROVE SumSet(S) \in Int
THEOREM SumSetEmpty == SumSet({}) = 0
THEOREM SumSetNonempty ==
  ASSUME NEW S \in SUBSET Int, IsFiniteSet(S), NEW e \in S
  PROVE SumSet(S) = e + SumSet(S \ {e})
THEOREM SumSetAddElement ==
  ASSUME NEW S \in SUBSET Int, IsFiniteSet(S), NEW e \in Int \ S
  PROVE SumSet(S \cup {e}) = e + SumSet(S)
THEOREM SumSetDisjointUnion ==
  ASSUME NEW A \in SUBSET Int, IsFiniteSet(A), NEW B \in SUBSET Int, IsFiniteSet(B), A \cap B = {}
  PROVE SumSet(A \cup B) = SumSet(A) + SumSet(B)
THEOREM SumSetNatSubset ==
  ASSUME NEW S \in SUBSET Nat, IsFiniteSet(S), NEW A \in SUBSET S
  PROVE SumSet(A) <= SumSet(S)
THEOREM SumSetNatZero == ASSUME NEW S \in SUBSET Nat, IsFiniteSet(S) PROVE S \subseteq {0} <=> SumSet(S) = 0

THEOREM ProductSetNat == ASSUME NEW S \in SUBSET Nat, IsFiniteSet(S) PROVE ProductSet(S) \in Nat
THEOREM ProductSetInt == ASSUME NEW S \in SUBSET Int, IsFiniteSet(S) PROVE ProductSet(S) \in Int
THEOREM ProductSetEmpty == ProductSet({}) = 1
THEOREM ProductSetNonempty ==
  ASSUME NEW S \in SUBSET Int, IsFiniteSet(S), NEW e \in S
  PROVE ProductSet(S) = e * ProductSet(S \ {e})
THEOREM ProductSetAddElement ==
  ASSUME NEW S \in SUBSET Int, IsFiniteSet(S), NEW e \in Int \ S
  PROVE ProductSet(S \cup {e}) = e * ProductSet(S)
THEOREM ProductSetDisjointUnion ==
  ASSUME NEW A \in SUBSET Int, IsFiniteSet(A), NEW B \in SUBSET Int, IsFiniteSet(B), A \cap B = {}
  PROVE ProductSet(A \cup B) = ProductSet(A) * ProductSet(B)
THEOREM ProductSetNatOne == ASSUME NEW S \in SUBSET Nat, IsFiniteSet(S) PROVE S \subseteq {1} <=> ProductSet(S) = 1
THEOREM ProductSetZero == ASSUME NEW S \in SUBSET Int, IsFiniteSet(S) PROVE 0 \in S <=> ProductSet(S) = 0
THEOREM ProductSetNatSubset ==
  ASSUME NEW S \in SUBSET (Nat \ {0}), IsFiniteSet(S), NEW A \in SUBSET S
  PROVE ProductSet(A) <= ProductSet(S)

THEOREM MapThenSumSetNat ==
  ASSUME NEW S, IsFiniteSet(S), NEW op(_), \A x \in S : op(x) \in Nat
  PROVE MapThenSumSet(op, S) \in Nat
THEOREM MapThenSumSetInt ==
  ASSUME NEW S, IsFiniteSet(S), NEW op(_), \A x \in S : op(x) \in Int
  PROVE MapThenSumSet(op, S) \in Int
THEOREM MapThenSumSetEmpty == ASSUME NEW op(_) PROVE MapThenSumSet(op, {}) = 0
THEOREM MapThenSumSetNonempty ==
  ASSUME NEW S, IsFiniteSet(S), NEW e \in S, NEW op(_), \A x \in S : op(x) \in Int
  PROVE MapThenSumSet(op, S) = op(e) + MapThenSumSet(op, S \ {e})
THEOREM MapThenSumSetAddElement ==
  ASSUME NEW S, IsFiniteSet(S), NEW e, e \notin S, NEW op(_), \A x \in S \cup {e} : op(x) \in Int
  PROVE MapThenSumSet(op, S \cup {e}) = op(e) + MapThenSumSet(op, S)
THEOREM MapThenSumSetDisjointUnion ==
  ASSUME NEW A, IsFiniteSet(A), NEW B, IsFiniteSet(B), A \cap B = {}, NEW op(_), \A x \in A \cup B : op(x) \in Int
  PROVE MapThenSumSet(op, A \cup B) = MapThenSumSet(op, A) + MapThenSumSet(op, B)
THEOREM MapThenSumSetNatSubset ==
  ASSUME NEW S, IsFiniteSet(S), NEW A \in SUBSET S, NEW op(_), \A x \in S : op(x) \in Nat
  PROVE MapThenSumSet(op, A) <= MapThenSumSet(op, S)
THEOREM MapThenSumSetZero ==
  ASSUME NEW S, IsFiniteSet(S), NEW op(_), \A x \in S : op(x) \in Nat
  PROVE (\A x \in S : op(x) = 0) <=> MapThenSumSet(op, S) = 0
THEOREM MapThenSumSetMonotonic ==
  ASSUME NEW S, IsFiniteSet(S), NEW f(_), \A x \in S : f(x) \in Int, NEW g(_), \A x \in S : g(x) \in Int,
         \A x \in S : f(x) <= g(x)
  PROVE MapThenSumSet(f, S) <= MapThenSumSet(g, S)
THEOREM MapThenSumSetStrictlyMonotonic ==
  ASSUME NEW S, IsFiniteSet(S), NEW f(_), \A x \in S : f(x) \in Int, NEW g(_), \A x \in S : g(x) \in Int,
         \A x \in S : f(x) <= g(x), NEW e \in S, f(e) < g(e)
  PROVE MapThenSumSet(f, S) < MapThenSumSet(g, S)
=============================================================================
