---------------------------- MODULE ReplicatedLog ----------------------------
(***************************************************************************)
(* What a cluster looks like from outside: one log that only grows.        *)
(*                                                                         *)
(* Every module of the family refines this one, also where servers come    *)
(* and go, and where Raft with a fixed quorum would be the wrong thing to  *)
(* compare with.                                                           *)
(***************************************************************************)
EXTENDS Naturals, Sequences

VARIABLE entries    \* What was ever committed.

Init == entries = << >>

(* Something more is committed: one entry or several.                      *)
Grow ==
    /\ Len(entries') > Len(entries)
    /\ SubSeq(entries', 1, Len(entries)) = entries

Spec == Init /\ [][Grow]_entries
=============================================================================
