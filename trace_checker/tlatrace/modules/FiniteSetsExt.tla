--------------------------- MODULE FiniteSetsExt ---------------------------
(* More operators on finite sets. *)
LOCAL INSTANCE Integers
LOCAL INSTANCE FiniteSets
LOCAL INSTANCE Functions
LOCAL INSTANCE Folds

(* The order in which the elements are taken is not said. *)
FoldSet(op(_, _), base, S) == MapThenFoldSet(op, base, LAMBDA x : x, LAMBDA left : CHOOSE x \in left : TRUE, S)
ReduceSet(op(_, _), S, base) == FoldSet(op, base, S)

SumSet(S) == FoldSet(+, 0, S)
ProductSet(S) == FoldSet(LAMBDA x, y : x * y, 1, S)
MapThenSumSet(op(_), S) == MapThenFoldSet(+, 0, op, LAMBDA left : CHOOSE x \in left : TRUE, S)

(* The union of a set of sets. *)
FlattenSet(S) == UNION S

(* What is in one of two sets and not in the other. *)
SymDiff(S, T) == {x \in S \cup T : ~(x \in S /\ x \in T)}

(* How many elements pass the test. *)
Quantify(S, P(_)) == Cardinality({x \in S : P(x)})

(* The subsets with `k' elements. *)
kSubset(k, S) == {T \in SUBSET S : Cardinality(T) = k}

Max(S) == CHOOSE m \in S : \A x \in S : x <= m
Min(S) == CHOOSE m \in S : \A x \in S : m <= x

(* All sets that come about by taking an element from each of some sets. *)
Choices(sets) == {Range(f) : f \in {g \in [sets -> UNION sets] : \A T \in sets : g[T] \in T}}

(* The one element that passes the test. *)
ChooseUnique(S, P(_)) == CHOOSE x \in S : {y \in S : P(y)} = {x}
=============================================================================
