--------------------------- MODULE Combinatorics ---------------------------
(* Counting arrangements and selections. *)
EXTENDS Naturals

factorial[n \in Nat] == IF n = 0 THEN 1 ELSE n * factorial[n - 1]

(* How many subsets of size `k' a set of `n' elements has. *)
choose(n, k) == factorial[n] \div (factorial[n - k] * factorial[k])
=============================================================================
