------------------------ MODULE WellFoundedInduction ------------------------
(* Induction over relations without infinite descent. A relation is a set of pairs. The statements are the interface of
   the module of the TLA+ Proof System; the proofs are there. *)
EXTENDS NaturalsInduction

IsTransitivelyClosedOn(R, S) ==
  \A x, y, z \in S : <<x, y>> \in R => (<<y, z>> \in R => <<x, z>> \in R)

IsWellFoundedOn(R, S) == \A f \in [Nat -> S] : \E n \in Nat : <<f[n + 1], f[n]>> \notin R

(* What is smaller than `x'. *)
SetLessThan(x, R, S) == {y \in S : <<y, x>> \in R}

LEMMA EmptyIsWellFounded == \A S : IsWellFoundedOn({}, S)

LEMMA IsWellFoundedOnSubset ==
  ASSUME NEW R, NEW S, NEW T \in SUBSET S, IsWellFoundedOn(R, S)
  PROVE IsWellFoundedOn(R, T)

LEMMA IsWellFoundedOnSubrelation ==
  ASSUME NEW S, NEW R, NEW Q, Q \cap (S \X S) \subseteq R, IsWellFoundedOn(R, S)
  PROVE IsWellFoundedOn(Q, S)

THEOREM WFMin ==
  ASSUME NEW R, NEW S, IsWellFoundedOn(R, S), NEW T, T \subseteq S, T # {}
  PROVE \E least \in T : \A y \in T : <<y, least>> \notin R

THEOREM MinWF ==
  ASSUME NEW R, NEW S, \A T \in SUBSET S : T # {} => \E least \in T : \A y \in T : <<y, least>> \notin R
  PROVE IsWellFoundedOn(R, S)

LEMMA WellFoundedIsIrreflexive ==
  ASSUME NEW R, NEW S, NEW x \in S, IsWellFoundedOn(R, S)
  PROVE <<x, x>> \notin R

LEMMA WellFoundedIsAsymmetric ==
  ASSUME NEW R, NEW S, NEW x \in S, NEW y \in S, IsWellFoundedOn(R, S), <<x, y>> \in R, <<y, x>> \in R
  PROVE FALSE

LEMMA WFSetLessThanIrreflexive ==
  ASSUME NEW R, NEW S, NEW x \in S, IsWellFoundedOn(R, S)
  PROVE x \notin SetLessThan(x, R, S)

LEMMA SetLessTransitive ==
  ASSUME NEW R, NEW S, NEW x \in S, NEW y \in SetLessThan(x, R, S), IsTransitivelyClosedOn(R, S)
  PROVE SetLessThan(y, R, S) \subseteq SetLessThan(x, R, S)

THEOREM WFInduction ==
  ASSUME NEW P(_), NEW R, NEW S, IsWellFoundedOn(R, S),
         \A x \in S : (\A y \in SetLessThan(x, R, S) : P(y)) => P(x)
  PROVE \A x \in S : P(x)

(* Functions whose value depends on their values at smaller arguments. *)
WFDefOn(R, S, Def(_, _)) ==
  \A g, h : \A x \in S : (\A y \in SetLessThan(x, R, S) : g[y] = h[y]) => Def(g, x) = Def(h, x)
OpDefinesFcn(f, S, Def(_, _)) == f = CHOOSE g : g = [x \in S |-> Def(g, x)]
WFInductiveDefines(f, S, Def(_, _)) == f = [x \in S |-> Def(f, x)]
WFInductiveUnique(S, Def(_, _)) ==
  \A g, h : WFInductiveDefines(g, S, Def) => (WFInductiveDefines(h, S, Def) => g = h)

THEOREM WFDefOnUnique ==
  ASSUME NEW Def(_, _), NEW R, NEW S, IsWellFoundedOn(R, S), WFDefOn(R, S, Def)
  PROVE WFInductiveUnique(S, Def)

LEMMA WFInductiveDefLemma ==
  ASSUME NEW Def(_, _), NEW R, NEW S, NEW f, IsWellFoundedOn(R, S), IsTransitivelyClosedOn(R, S),
         WFDefOn(R, S, Def), OpDefinesFcn(f, S, Def)
  PROVE WFInductiveDefines(f, S, Def)

(* The least relation on `S' that contains `R' and is transitive. *)
TransitiveClosureOn(R, S) ==
  {pair \in S \X S :
     \A T \in SUBSET (S \X S) : (R \cap (S \X S) \subseteq T /\ IsTransitivelyClosedOn(T, S)) => pair \in T}

LEMMA TransitiveClosureThm ==
  \A R, S : /\ R \cap (S \X S) \subseteq TransitiveClosureOn(R, S)
            /\ IsTransitivelyClosedOn(TransitiveClosureOn(R, S), S)

LEMMA TransitiveClosureMinimal ==
  ASSUME NEW R, NEW S, NEW T \in SUBSET (S \X S), R \cap (S \X S) \subseteq T, IsTransitivelyClosedOn(T, S)
  PROVE TransitiveClosureOn(R, S) \subseteq T

LEMMA TCTCTC ==
  ASSUME NEW R, NEW S, NEW x \in S, NEW y \in S, NEW z \in S,
         <<x, y>> \in TransitiveClosureOn(R, S), <<y, z>> \in TransitiveClosureOn(R, S)
  PROVE <<x, z>> \in TransitiveClosureOn(R, S)

LEMMA TCRTC ==
  ASSUME NEW R, NEW S, NEW x \in S, NEW y \in S, NEW z \in S,
         <<x, y>> \in TransitiveClosureOn(R, S), <<y, z>> \in R
  PROVE <<x, z>> \in TransitiveClosureOn(R, S)

LEMMA RTCTC ==
  ASSUME NEW R, NEW S, NEW x \in S, NEW y \in S, NEW z \in S,
         <<x, y>> \in R, <<y, z>> \in TransitiveClosureOn(R, S)
  PROVE <<x, z>> \in TransitiveClosureOn(R, S)

LEMMA TransitiveClosureChopLast ==
  ASSUME NEW R, NEW S, NEW x \in S, NEW z \in S, <<x, z>> \in TransitiveClosureOn(R, S)
  PROVE \E y \in S : <<y, z>> \in R /\ (x = y \/ <<x, y>> \in TransitiveClosureOn(R, S))

THEOREM TransitiveClosureWF ==
  ASSUME NEW R, NEW S, IsWellFoundedOn(R, S)
  PROVE IsWellFoundedOn(TransitiveClosureOn(R, S), S)

THEOREM WFInductiveDef ==
  ASSUME NEW Def(_, _), NEW R, NEW S, NEW f, IsWellFoundedOn(R, S), WFDefOn(R, S, Def), OpDefinesFcn(f, S, Def)
  PROVE WFInductiveDefines(f, S, Def)

THEOREM WFInductiveDefType ==
  ASSUME NEW Def(_, _), NEW f, NEW R, NEW S, NEW T, T # {}, IsWellFoundedOn(R, S), WFDefOn(R, S, Def),
         WFInductiveDefines(f, S, Def), \A g \in [S -> T], x \in S : Def(g, x) \in T
  PROVE f \in [S -> T]

(* Relations from operators, from other relations by an operator, and lexicographic ones. *)
OpToRel(_ \prec _, S) == {pair \in S \X S : pair[1] \prec pair[2]}
PreImage(f(_), S, R) == {pair \in S \X S : <<f(pair[1]), f(pair[2])>> \in R}
LexPairOrdering(R1, R2, S1, S2) ==
  {pair \in (S1 \X S2) \X (S1 \X S2) :
     IF pair[1][1] = pair[2][1]
     THEN <<pair[1][1], pair[2][1]>> \in R1 \/ <<pair[1][2], pair[2][2]>> \in R2
     ELSE <<pair[1][1], pair[2][1]>> \in R1}
LexProductOrdering(R, S, n) ==
  {pair \in [1 .. n -> S] \X [1 .. n -> S] :
     \E k \in 1 .. n : <<pair[1][k], pair[2][k]>> \in R /\ \A j \in 1 .. (k - 1) : pair[1][j] = pair[2][j]}

THEOREM NatLessThanWellFounded == IsWellFoundedOn(OpToRel(<, Nat), Nat)

THEOREM PreImageWellFounded ==
  ASSUME NEW S, NEW T, NEW R, NEW f(_), \A x \in S : f(x) \in T, IsWellFoundedOn(R, T)
  PROVE IsWellFoundedOn(PreImage(f, S, R), S)

THEOREM WFLexPairOrdering ==
  ASSUME NEW R1, NEW R2, NEW S1, NEW S2, IsWellFoundedOn(R1, S1), IsWellFoundedOn(R2, S2)
  PROVE IsWellFoundedOn(LexPairOrdering(R1, R2, S1, S2), S1 \X S2)

THEOREM WFLexProductOrdering ==
  ASSUME NEW R, NEW S, NEW n \in Nat, IsWellFoundedOn(R, S)
  PROVE IsWellFoundedOn(LexProductOrdering(R, S, n), [1 .. n -> S])
=============================================================================
