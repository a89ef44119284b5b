--------------------------- MODULE LinearizableLog ---------------------------
(***************************************************************************)
(* A log that is read by clients, as an atomic object.                     *)
(*                                                                         *)
(* Reads are linearizable if each takes effect at one moment between its   *)
(* begin and its answer.  What a read of a log that only grows returns is  *)
(* how long the log was at that moment.  So it is linearizable if and only *)
(* if it returns no less than the length at its begin and no more than the *)
(* length at its answer: the log had every length between these at some    *)
(* moment between (or can be said to have had it, where several entries    *)
(* were committed in one step).  That is what Answer asks for, and no      *)
(* prophecy is needed to say when a read took effect.                      *)
(***************************************************************************)
EXTENDS Naturals, Sequences

VARIABLES
    entries,    \* What was ever committed.
    asked,      \* Reads that wait for their answer: [id, begun].
    answered    \* Reads that were answered: [id, begun, upTo].

vars == <<entries, asked, answered>>

Init ==
    /\ entries  = << >>
    /\ asked    = {}
    /\ answered = {}

Grow ==
    /\ Len(entries') > Len(entries)
    /\ SubSeq(entries', 1, Len(entries)) = entries
    /\ UNCHANGED answered
    /\ asked' \subseteq asked

(* A read begins.  What it may return later is bounded from here on.       *)
Ask ==
    /\ UNCHANGED <<entries, answered>>
    /\ \A r \in asked' \ asked : r.begun = Len(entries)

(* Reads are answered, in the same step as they began or in a later one.   *)
Answer ==
    /\ UNCHANGED entries
    /\ asked' \subseteq asked
    /\ answered \subseteq answered'
    /\ \A r \in answered' \ answered :
           /\ \/ [id |-> r.id, begun |-> r.begun] \in asked
              \/ r.begun = Len(entries)
           /\ r.begun <= r.upTo
           /\ r.upTo <= Len(entries)

(* Reads may also be given up at any time: Ask with fewer asked.           *)

Spec == Init /\ [][Grow \/ Ask \/ Answer]_vars
=============================================================================
