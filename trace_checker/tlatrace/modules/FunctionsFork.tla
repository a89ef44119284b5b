--------------------------- MODULE FunctionsFork ---------------------------
(* Restrictions, ranges, injections, surjections and bijections: Functions under the name that it has in the TLA+ Proof
   System. *)
EXTENDS Functions
=============================================================================
