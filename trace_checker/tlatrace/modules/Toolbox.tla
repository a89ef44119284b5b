------------------------------ MODULE Toolbox ------------------------------
(* The trace that the Toolbox explores. *)
LOCAL INSTANCE Naturals
LOCAL INSTANCE FiniteSets
LOCAL INSTANCE TLC

_TETrace == CHOOSE f \in [Nat \ {0} -> STRING] : TRUE

(* The number of the current state in it, the last one for every state beyond. *)
_TEPosition ==
  LET length == Cardinality(DOMAIN _TETrace)
  IN IF TLCGet("level") < length THEN TLCGet("level") + 1 ELSE length
=============================================================================
