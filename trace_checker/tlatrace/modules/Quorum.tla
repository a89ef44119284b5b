------------------------------- MODULE Quorum -------------------------------
(* Sets of which any two have an element in common. *)

(* All quorum systems over `S': not empty, and with a quorum all that contains it. *)
QuorumSystem(S) ==
  {QS \in SUBSET SUBSET S :
     /\ QS # {}
     /\ \A P, Q \in QS : P \cap Q # {}
     /\ \A P \in QS, Q \in SUBSET S : P \subseteq Q => Q \in QS}
=============================================================================
