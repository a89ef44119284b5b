---------------------- MODULE SequencesExtFork ----------------------
(* Another name of SequencesExt. *)
EXTENDS SequencesExt
====================================================================
