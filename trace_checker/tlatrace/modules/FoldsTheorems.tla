--------------------------- MODULE FoldsTheorems ---------------------------
(* Facts about MapThenFoldSet. The statements are the interface of the community module; the proofs are there. *)
EXTENDS Folds, FiniteSets

THEOREM MapThenFoldSetDef ==
  ASSUME NEW op(_, _), NEW base, NEW f(_), NEW pick(_), NEW S, IsFiniteSet(S),
         \A T \in SUBSET S : T = {} \/ pick(T) \in T
  PROVE MapThenFoldSet(op, base, f, pick, S)
          = (IF S = {} THEN base ELSE op(f(pick(S)), MapThenFoldSet(op, base, f, pick, S \ {pick(S)})))
THEOREM MapThenFoldSetEmpty ==
  ASSUME NEW op(_, _), NEW base, NEW f(_), NEW pick(_)
  PROVE MapThenFoldSet(op, base, f, pick, {}) = base
THEOREM MapThenFoldSetNonempty ==
  ASSUME NEW op(_, _), NEW base, NEW f(_), NEW pick(_), NEW S, S # {}, IsFiniteSet(S),
         \A T \in SUBSET S : T = {} \/ pick(T) \in T
  PROVE MapThenFoldSet(op, base, f, pick, S) = op(f(pick(S)), MapThenFoldSet(op, base, f, pick, S \ {pick(S)}))
THEOREM MapThenFoldSetBijection ==
  ASSUME NEW op(_, _), NEW base,
         NEW S, IsFiniteSet(S), NEW f(_), NEW pick(_), \A A \in SUBSET S : A = {} \/ pick(A) \in A,
         NEW T, IsFiniteSet(T), NEW g(_), NEW take(_), \A A \in SUBSET T : A = {} \/ take(A) \in A,
         NEW h(_), \A x \in S : h(x) \in T, \A y \in T : \E x \in S : h(x) = y,
         \A x, y \in S : h(x) = h(y) => x = y, \A x \in S : f(x) = g(h(x)),
         \A A \in SUBSET S : A = {} \/ h(pick(A)) = take({h(x) : x \in A})
  PROVE MapThenFoldSet(op, base, f, pick, S) = MapThenFoldSet(op, base, g, take, T)
THEOREM MapThenFoldSetEqual ==
  ASSUME NEW op(_, _), NEW base, NEW pick(_), NEW S, IsFiniteSet(S), \A T \in SUBSET S : T = {} \/ pick(T) \in T,
         NEW f(_), NEW g(_), \A x \in S : f(x) = g(x)
  PROVE MapThenFoldSet(op, base, f, pick, S) = MapThenFoldSet(op, base, g, pick, S)
THEOREM MapThenFoldSetType ==
  ASSUME NEW S, IsFiniteSet(S), NEW T, NEW op(_, _), NEW base \in T, NEW f(_), NEW pick(_),
         \A x, y \in T : op(x, y) \in T, \A x \in S : f(x) \in T, \A A \in SUBSET S : A = {} \/ pick(A) \in A
  PROVE MapThenFoldSet(op, base, f, pick, S) \in T
THEOREM MapThenFoldSetAC ==
  ASSUME NEW T, NEW op(_, _), NEW base \in T, NEW f(_), \A x, y \in T : op(x, y) \in T,
         \A x, y \in T : op(x, y) = op(y, x), \A x, y, z \in T : op(op(x, y), z) = op(x, op(y, z)),
         NEW S, IsFiniteSet(S), NEW e \in S, NEW pick(_), \A A \in SUBSET S : A = {} \/ pick(A) \in A,
         \A x \in S : f(x) \in T
  PROVE MapThenFoldSet(op, base, f, pick, S) = op(f(e), MapThenFoldSet(op, base, f, pick, S \ {e}))
THEOREM MapThenFoldSetACAddElement ==
  ASSUME NEW T, NEW op(_, _), NEW base \in T, NEW f(_), \A x, y \in T : op(x, y) \in T,
         \A x, y \in T : op(x, y) = op(y, x), \A x, y, z \in T : op(op(x, y), z) = op(x, op(y, z)),
         NEW S, IsFiniteSet(S), NEW e, e \notin S,
         NEW pick(_), \A A \in SUBSET (S \cup {e}) : A = {} \/ pick(A) \in A, \A x \in S \cup {e} : f(x) \in T
  PROVE MapThenFoldSet(op, base, f, pick, S \cup {e}) = op(f(e), MapThenFoldSet(op, base, f, pick, S))
THEOREM MapThenFoldSetDisjointUnion ==
  ASSUME NEW T, NEW op(_, _), NEW base \in T, NEW f(_), \A x, y \in T : op(x, y) \in T,
         \A x, y \in T : op(x, y) = op(y, x), \A x, y, z \in T : op(op(x, y), z) = op(x, op(y, z)),
         \A x \in T : op(base, x) = x, NEW A, IsFiniteSet(A), NEW B, IsFiniteSet(B), A \cap B = {},
         NEW pick(_), \A C \in SUBSET (A \cup B) : C = {} \/ pick(C) \in C, \A x \in A \cup B : f(x) \in T
  PROVE MapThenFoldSet(op, base, f, pick, A \cup B)
          = op(MapThenFoldSet(op, base, f, pick, A), MapThenFoldSet(op, base, f, pick, B))
=============================================================================
