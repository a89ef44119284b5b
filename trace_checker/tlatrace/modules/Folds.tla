------------------------------- MODULE Folds -------------------------------
(* One operator that the folds of other modules are special cases of. *)

(* From the right: `pick' says which element of what is left comes next, `f' what to make of it, and `op' joins that
   with the result for the others. The empty set gives `base'. *)
MapThenFoldSet(op(_, _), base, f(_), pick(_), S) ==
  LET rest[left \in SUBSET S] ==
        IF left = {}
        THEN base
        ELSE LET next == pick(left) IN op(f(next), rest[left \ {next}])
  IN rest[S]
=============================================================================
