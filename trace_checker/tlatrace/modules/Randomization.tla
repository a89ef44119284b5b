--------------------------- MODULE Randomization ---------------------------
(* Random subsets. The values come from a generator that starts with the seed of the run. *)
LOCAL INSTANCE Naturals
LOCAL INSTANCE FiniteSets

(* A subset with `k' elements. *)
RandomSubset(k, S) == CHOOSE T \in SUBSET S : Cardinality(T) = k

(* What comes of drawing `k' subsets, each element being in each with probability n / Cardinality(S). *)
RandomSetOfSubsets(k, n, S) == CHOOSE T \in SUBSET SUBSET S : Cardinality(T) <= k

(* The same, the probability being a fraction written as a string. *)
RandomSubsetSet(k, probability, S) == CHOOSE T \in SUBSET SUBSET S : Cardinality(T) <= k

(* How many subsets come of five such draws. *)
TestRandomSetOfSubsets(k, n, S) == [i \in 1 .. 5 |-> Cardinality(RandomSetOfSubsets(k, n, S))]
=============================================================================
