---- MODULE Abstract ----
(* What Detector refines; its variable d is a state function there. *)
VARIABLES a, d
Detect == a = 2 /\ ~d /\ d' = TRUE /\ UNCHANGED a
Undo == a = 2 /\ ~d /\ d' = FALSE /\ UNCHANGED a
Set(v) == a = 2 /\ d # v /\ d' = v /\ a' = a
Fair == WF_<<a, d>>(Detect)
Strong == SF_<<a, d>>(Detect)
FairUndo == WF_<<a, d>>(Undo)
FairFor == \A v \in {TRUE} : WF_<<a, d>>(Set(v))
====
