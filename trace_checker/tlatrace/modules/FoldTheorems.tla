---------------------- MODULE FoldTheorems ----------------------
(* Another name of FoldsTheorems. *)
EXTENDS FoldsTheorems
====================================================================
