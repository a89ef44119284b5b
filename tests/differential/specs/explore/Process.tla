---- MODULE Process ----
EXTENDS Naturals, Sequences
CONSTANT Proc
VARIABLES pc, turn, want
vars == <<pc, turn, want>>
Init == pc = [p \in Proc |-> "idle"] /\ turn \in Proc /\ want = [p \in Proc |-> FALSE]
Other(p) == CHOOSE q \in Proc : q # p
Enter(p) == pc[p] = "idle" /\ want' = [want EXCEPT ![p] = TRUE] /\ pc' = [pc EXCEPT ![p] = "set"] /\ UNCHANGED turn
Yield(p) == pc[p] = "set" /\ turn' = Other(p) /\ pc' = [pc EXCEPT ![p] = "wait"] /\ UNCHANGED want
Go(p) == pc[p] = "wait" /\ (~want[Other(p)] \/ turn = p) /\ pc' = [pc EXCEPT ![p] = "in"] /\ UNCHANGED <<turn, want>>
Leave(p) == pc[p] = "in" /\ pc' = [pc EXCEPT ![p] = "idle"] /\ want' = [want EXCEPT ![p] = FALSE] /\ UNCHANGED turn
Next == \E p \in Proc : Enter(p) \/ Yield(p) \/ Go(p) \/ Leave(p)
Rude(p) == pc[p] = "wait" /\ pc' = [pc EXCEPT ![p] = "in"] /\ UNCHANGED <<turn, want>>
NextRude == Next \/ \E p \in Proc : Rude(p)
Exclusion == \A p, q \in Proc : p # q => ~(pc[p] = "in" /\ pc[q] = "in")
====
