---------------------- MODULE SequenceExtTheorems ----------------------
(* Another name of SequencesExtTheorems. *)
EXTENDS SequencesExtTheorems
====================================================================
