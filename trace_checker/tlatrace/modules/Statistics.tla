----------------------------- MODULE Statistics -----------------------------
(* A test of frequencies. *)
EXTENDS Naturals

(* Pearson's chi-squared test: whether the counts `actual' agree with the counts `expected' at the level of
   significance `alpha', a string such as "0.05". TLA+ has no fractions to say it with. *)
ChiSquare(expected, actual, alpha) == TRUE
=============================================================================
