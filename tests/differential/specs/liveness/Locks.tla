---- MODULE Locks ----
(* Processes that take a lock: fairness quantified, in LET, through definitions with parameters. *)
EXTENDS Naturals
CONSTANTS Proc, none
VARIABLES pc, holder
vars == <<pc, holder>>
Init == pc = [p \in Proc |-> "idle"] /\ holder = none
Ask(p) == pc[p] = "idle" /\ pc' = [pc EXCEPT ![p] = "waiting"] /\ UNCHANGED holder
Take(p) == pc[p] = "waiting" /\ holder = none /\ holder' = p /\ pc' = [pc EXCEPT ![p] = "in"]
Leave(p) == pc[p] = "in" /\ holder' = none /\ pc' = [pc EXCEPT ![p] = "idle"]
Next == \E p \in Proc : Ask(p) \/ Take(p) \/ Leave(p)
Fair(A(_), p) == WF_vars(A(p))
Unfair == Init /\ [][Next]_vars
Weak == Unfair /\ \A p \in Proc : WF_vars(Take(p) \/ Leave(p))
Strong == Unfair /\ \A p \in Proc : SF_vars(Take(p)) /\ WF_vars(Leave(p))
Parts == Unfair /\ \A p \in Proc : /\ WF_vars(Leave(p))
                                   /\ SF_vars(Take(p))
InLet == Unfair /\ LET F(p) == WF_vars(Leave(p)) /\ SF_vars(Take(p)) IN \A p \in Proc : F(p)
Given == Unfair /\ \A p \in Proc : Fair(Leave, p) /\ SF_vars(Take(p))
NoLeave == Unfair /\ \A p \in Proc : SF_vars(Take(p))
System == Unfair /\ WF_vars(Next)
Served == \A p \in Proc : pc[p] = "waiting" ~> pc[p] = "in"
Freed == holder # none ~> holder = none
Moves == []<><<Next>>_vars
Busy == []<>(holder # none)
OneServed == (\E p \in Proc : pc[p] = "waiting") ~> (\E p \in Proc : pc[p] = "in")
StrongTakes == \A p \in Proc : SF_vars(Take(p))
WeakTakes == \A p \in Proc : WF_vars(Take(p))
Assumed == (\A p \in Proc : SF_vars(Take(p)) /\ WF_vars(Leave(p))) => Served
====
