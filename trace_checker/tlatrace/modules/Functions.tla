----------------------------- MODULE Functions -----------------------------
(* Restrictions, ranges, inverses, and injections, surjections and bijections between two sets. *)
LOCAL INSTANCE Folds
LOCAL INSTANCE Integers

(* `f' on the elements of `S' alone. *)
Restrict(f, S) == [x \in S |-> f[x]]

(* `f' where its argument, or its value, passes a test. *)
RestrictDomain(f, Test(_)) == [x \in {y \in DOMAIN f : Test(y)} |-> f[x]]
RestrictValues(f, Test(_)) == [x \in {y \in DOMAIN f : Test(f[y])} |-> f[x]]

(* Whether `f' agrees with `g' wherever it is defined. *)
IsRestriction(f, g) == DOMAIN f \subseteq DOMAIN g /\ \A x \in DOMAIN f : f[x] = g[x]

Range(f) == {f[x] : x \in DOMAIN f}

(* The values of two functions on the domain of the first, joined by an operator. *)
Pointwise(f, g, Op(_, _)) == [x \in DOMAIN f |-> Op(f[x], g[x])]

(* For every element of `T' some element of `S' that `f' maps to it, any element where there is none. *)
Inverse(f, S, T) == [t \in T |-> CHOOSE s \in S : t \notin Range(f) \/ f[s] = t]
AntiFunction(f) == Inverse(f, DOMAIN f, Range(f))

IsInjective(f) == \A x, y \in DOMAIN f : x = y \/ f[x] # f[y]

Injection(S, T) == {f \in [S -> T] : IsInjective(f)}
Surjection(S, T) == {f \in [S -> T] : T \subseteq Range(f)}
Bijection(S, T) == {f \in Injection(S, T) : T \subseteq Range(f)}

ExistsInjection(S, T) == Injection(S, T) # {}
ExistsSurjection(S, T) == Surjection(S, T) # {}
ExistsBijection(S, T) == Bijection(S, T) # {}

(* Folds over all values of a function, and over those at some arguments. The order is not said. *)
FoldFunctionOnSet(op(_, _), base, f, indices) ==
  MapThenFoldSet(op, base, LAMBDA i : f[i], LAMBDA left : CHOOSE i \in left : TRUE, indices)
FoldFunction(op(_, _), base, f) == FoldFunctionOnSet(op, base, f, DOMAIN f)

SumFunctionOnSet(f, indices) == FoldFunctionOnSet(+, 0, f, indices)
SumFunction(f) == SumFunctionOnSet(f, DOMAIN f)
=============================================================================
