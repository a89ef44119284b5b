---------------------- MODULE FunctionForkTheorems ----------------------
(* Another name of FunctionTheorems. *)
EXTENDS FunctionTheorems, FunctionsFork
====================================================================
