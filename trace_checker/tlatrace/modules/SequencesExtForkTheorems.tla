---------------------- MODULE SequencesExtForkTheorems ----------------------
(* Another name of SequencesExtTheorems. *)
EXTENDS SequencesExtTheorems, SequencesExtFork
====================================================================
