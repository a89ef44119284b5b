----------------------- MODULE DifferentialEquations -----------------------
(* Solutions of differential equations over the reals, to be stated and not computed: see chapter 9 of Specifying
   Systems. *)
LOCAL INSTANCE Reals
LOCAL INSTANCE Sequences

LOCAL Positive == {r \in Real : 0 < r}
LOCAL Between(a, b) == {r \in Real : a < r /\ r < b}
LOCAL Around(r, e) == Between(r - e, r + e)

(* df is the derivative of f: the slope comes as close to it as one likes. *)
LOCAL IsSlope(df, f) ==
  /\ df \in [DOMAIN f -> Real]
  /\ \A r \in DOMAIN f, e \in Positive : \E d \in Positive :
       \A s \in Around(r, d) \ {r} : (f[s] - f[r]) / (s - r) \in Around(df[r], e)

(* df is the n-th derivative of f. *)
LOCAL IsDerivative(n, df, f) ==
  LET is[k \in 0 .. n, g \in [DOMAIN f -> Real]] ==
        IF k = 0 THEN g = f ELSE \E h \in [DOMAIN f -> Real] : IsSlope(g, h) /\ is[k - 1, h]
  IN is[n, df]

(* What the solution of D[t, x, x', ...] = 0, and its derivatives, are at b, if they are InitVals at a. *)
Integrate(D, a, b, InitVals) ==
  LET n == Len(InitVals)
      solution ==
        CHOOSE g : \E e \in Positive :
          /\ g \in [0 .. n -> [Between(a - e, b + e) -> Real]]
          /\ \A i \in 1 .. n : IsDerivative(i, g[i], g[0]) /\ g[i - 1][a] = InitVals[i]
          /\ \A r \in Between(a - e, b + e) : D[<<r>> \o [i \in 1 .. n + 1 |-> g[i - 1][r]]] = 0
  IN [i \in 1 .. n |-> solution[i - 1][b]]
=============================================================================
