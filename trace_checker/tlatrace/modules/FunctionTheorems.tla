-------------------------- MODULE FunctionTheorems --------------------------
(* Facts about functions, injections, surjections and bijections. The statements are the interface of the module of the
   TLA+ Proof System; the proofs are there. *)
EXTENDS Functions, Integers

THEOREM Fun_RestrictProperties ==
  ASSUME NEW S, NEW T, NEW f \in [S -> T], NEW A \in SUBSET S
  PROVE Restrict(f, A) \in [A -> T] /\ \A x \in A : Restrict(f, A)[x] = f[x]

THEOREM Fun_RangeProperties ==
  ASSUME NEW S, NEW T, NEW f \in [S -> T]
  PROVE /\ Range(f) \subseteq T
        /\ \A t \in Range(f) : \E s \in S : f[s] = t
        /\ f \in Surjection(S, Range(f))

THEOREM Fun_InverseProperties ==
  ASSUME NEW S, NEW T, NEW f \in [S -> T]
  PROVE /\ (S = {} => T = {}) => Inverse(f, S, T) \in [T -> S]
        /\ \A t \in Range(f) : f[Inverse(f, S, T)[t]] = t

THEOREM Fun_IsInj ==
  ASSUME NEW S, NEW T, NEW f \in [S -> T], \A x, y \in S : f[x] = f[y] => x = y
  PROVE f \in Injection(S, T)

THEOREM Fun_IsSurj ==
  ASSUME NEW S, NEW T, NEW f \in [S -> T], \A t \in T : \E s \in S : f[s] = t
  PROVE f \in Surjection(S, T)

THEOREM Fun_IsBij ==
  ASSUME NEW S, NEW T, NEW f,
         f \in Injection(S, T) \/ (f \in [S -> T] /\ \A x, y \in S : f[x] = f[y] => x = y),
         f \in Surjection(S, T) \/ (f \in [S -> T] /\ \A t \in T : \E s \in S : f[s] = t)
  PROVE f \in Bijection(S, T)

THEOREM Fun_InjectionProperties ==
  ASSUME NEW S, NEW T, NEW f \in Injection(S, T)
  PROVE f \in [S -> T] /\ \A x, y \in S : f[x] = f[y] => x = y

THEOREM Fun_SurjectionProperties ==
  ASSUME NEW S, NEW T, NEW f \in Surjection(S, T)
  PROVE f \in [S -> T] /\ (\A t \in T : \E s \in S : f[s] = t) /\ Range(f) = T

THEOREM Fun_BijectionProperties ==
  ASSUME NEW S, NEW T, NEW f \in Bijection(S, T)
  PROVE /\ f \in [S -> T]
        /\ f \in Injection(S, T)
        /\ f \in Surjection(S, T)
        /\ \A x, y \in S : f[x] = f[y] => x = y
        /\ \A t \in T : \E s \in S : f[s] = t

THEOREM Fun_SmallestSurjectionIsBijection ==
  ASSUME NEW S, NEW T, NEW f \in Surjection(S, T), \A A \in SUBSET S : A = S \/ Surjection(A, T) = {}
  PROVE f \in Bijection(S, T)

THEOREM Fun_InjTransitive ==
  ASSUME NEW S, NEW T, NEW U, NEW f \in Injection(S, T), NEW g \in Injection(T, U)
  PROVE [x \in S |-> g[f[x]]] \in Injection(S, U)
THEOREM Fun_SurjTransitive ==
  ASSUME NEW S, NEW T, NEW U, NEW f \in Surjection(S, T), NEW g \in Surjection(T, U)
  PROVE [x \in S |-> g[f[x]]] \in Surjection(S, U)
THEOREM Fun_BijTransitive ==
  ASSUME NEW S, NEW T, NEW U, NEW f \in Bijection(S, T), NEW g \in Bijection(T, U)
  PROVE [x \in S |-> g[f[x]]] \in Bijection(S, U)

THEOREM Fun_SurjInverse ==
  ASSUME NEW S, NEW T, NEW f \in Surjection(S, T)
  PROVE Inverse(f, S, T) \in Injection(T, S)
THEOREM Fun_InjInverse ==
  ASSUME NEW S, NEW T, NEW f \in Injection(S, T), S = {} => T = {}
  PROVE Inverse(f, S, T) \in Surjection(T, S)
THEOREM Fun_BijInverse ==
  ASSUME NEW S, NEW T, NEW f \in Bijection(S, T)
  PROVE /\ Inverse(f, S, T) \in Bijection(T, S)
        /\ \A x \in S : Inverse(f, S, T)[f[x]] = x
        /\ Inverse(Inverse(f, S, T), T, S) = f

THEOREM Fun_BijRestrict ==
  ASSUME NEW S, NEW T, NEW f \in Bijection(S, T), NEW A \in SUBSET S
  PROVE Restrict(f, A) \in Bijection(A, Range(Restrict(f, A)))
THEOREM Fun_InjMeansBijImage ==
  ASSUME NEW S, NEW T, NEW f \in Injection(S, T)
  PROVE f \in Bijection(S, Range(f))

(* Which functions exist *)

THEOREM Fun_ExistsInj == \A S, T : ExistsInjection(S, T) <=> Injection(S, T) # {}
THEOREM Fun_ExistsSurj == \A S, T : ExistsSurjection(S, T) <=> Surjection(S, T) # {}
THEOREM Fun_ExistsBij == \A S, T : ExistsBijection(S, T) <=> Bijection(S, T) # {}

THEOREM Fun_ExistsSurjSubset ==
  ASSUME NEW S, NEW T \in SUBSET S, T # {}
  PROVE ExistsSurjection(S, T)
THEOREM Fun_ExistsSurjMeansExistsRevInj ==
  ASSUME NEW S, NEW T, ExistsSurjection(S, T)
  PROVE ExistsInjection(T, S)

THEOREM Fun_ExistsBijReflexive == ASSUME NEW S PROVE ExistsBijection(S, S)
THEOREM Fun_ExistsBijSymmetric == ASSUME NEW S, NEW T, ExistsBijection(S, T) PROVE ExistsBijection(T, S)
THEOREM Fun_ExistsBijTransitive ==
  ASSUME NEW S, NEW T, NEW U, ExistsBijection(S, T), ExistsBijection(T, U)
  PROVE ExistsBijection(S, U)
THEOREM Fun_ExistsInjReflexive == ASSUME NEW S PROVE ExistsInjection(S, S)
THEOREM Fun_ExistsSurjReflexive == ASSUME NEW S PROVE ExistsSurjection(S, S)
THEOREM Fun_ExistsInjTransitive ==
  ASSUME NEW S, NEW T, NEW U, ExistsInjection(S, T), ExistsInjection(T, U)
  PROVE ExistsInjection(S, U)
THEOREM Fun_ExistsSurjTransitive ==
  ASSUME NEW S, NEW T, NEW U, ExistsSurjection(S, T), ExistsSurjection(T, U)
  PROVE ExistsSurjection(S, U)

THEOREM Fun_CantorBernsteinSchroeder_Lemma ==
  ASSUME NEW S, NEW T, T \subseteq S, ExistsInjection(S, T)
  PROVE ExistsBijection(S, T)
THEOREM Fun_CantorBernsteinSchroeder ==
  ASSUME NEW S, NEW T, ExistsInjection(S, T), ExistsInjection(T, S)
  PROVE ExistsBijection(S, T)
THEOREM Fun_ExistInjAndSurjThenBij ==
  ASSUME NEW S, NEW T, ExistsInjection(S, T), ExistsSurjection(S, T)
  PROVE ExistsBijection(S, T)
THEOREM Fun_ExistSurjAndSurjThenBij ==
  ASSUME NEW S, NEW T, ExistsSurjection(S, T), ExistsSurjection(T, S)
  PROVE ExistsBijection(S, T)
THEOREM Fun_ExistsBijEquiv ==
  ASSUME NEW S, NEW T
  PROVE /\ ExistsBijection(S, T) <=> ExistsBijection(T, S)
        /\ ExistsBijection(S, T) <=> (ExistsInjection(S, T) /\ ExistsInjection(T, S))
        /\ ExistsBijection(S, T) <=> (ExistsInjection(S, T) /\ ExistsSurjection(S, T))
        /\ ExistsBijection(S, T) <=> (ExistsInjection(T, S) /\ ExistsSurjection(T, S))
        /\ ExistsBijection(S, T) <=> (ExistsSurjection(S, T) /\ ExistsSurjection(T, S))

(* Functions from 1 .. n *)

THEOREM Fun_ExistsBijInterval ==
  ASSUME NEW a \in Int, NEW b \in Int, a <= b
  PROVE ExistsBijection(1 .. (b - a + 1), a .. b)
THEOREM Fun_NatInjLeq ==
  ASSUME NEW n \in Nat, NEW m \in Nat
  PROVE ExistsInjection(1 .. n, 1 .. m) <=> n <= m
THEOREM Fun_NatSurjImpliesNatBij ==
  ASSUME NEW S, NEW n \in Nat, ExistsSurjection(1 .. n, S)
  PROVE \E m \in Nat : m <= n /\ ExistsBijection(1 .. m, S)
THEOREM Fun_NatSurjEquivNatBij ==
  ASSUME NEW S
  PROVE (\E n \in Nat : ExistsSurjection(1 .. n, S)) <=> (\E n \in Nat : ExistsBijection(1 .. n, S))
THEOREM Fun_NatBijSame ==
  ASSUME NEW S, NEW n \in Nat, ExistsBijection(1 .. n, S), NEW m \in Nat, ExistsBijection(1 .. m, S)
  PROVE n = m
THEOREM Fun_NatBijEmpty == ASSUME NEW S PROVE ExistsBijection(1 .. 0, S) <=> S = {}
THEOREM Fun_NatBijSingleton == ASSUME NEW S PROVE ExistsBijection(1 .. 1, S) <=> \E x : S = {x}
THEOREM Fun_NatBijSubset ==
  ASSUME NEW S, NEW n \in Nat, ExistsBijection(1 .. n, S), NEW T \in SUBSET S
  PROVE \E m \in Nat : m <= n /\ ExistsBijection(1 .. m, T)
THEOREM Fun_NatBijAddElem ==
  ASSUME NEW S, NEW n \in Nat, ExistsBijection(1 .. n, S), NEW x, x \notin S
  PROVE ExistsBijection(1 .. (n + 1), S \cup {x})
THEOREM Fun_NatBijSubElem ==
  ASSUME NEW S, NEW n \in Nat, ExistsBijection(1 .. n, S), NEW x, x \in S
  PROVE ExistsBijection(1 .. (n - 1), S \ {x})
=============================================================================
