---- MODULE Lossy ----
(* A lossy channel, a refinement of Sender: its fairness is checked under the substitution. *)
EXTENDS Naturals
VARIABLES s, r, wire
vars == <<s, r, wire>>
Init == s = 0 /\ r = 0 /\ wire = {}
New == s = r /\ wire = {} /\ s' = 1 - s /\ wire' = {1 - s} /\ UNCHANGED r
Again == s # r /\ wire' = wire \cup {s} /\ UNCHANGED <<s, r>>
Lose == \E m \in wire : wire' = wire \ {m} /\ UNCHANGED <<s, r>>
Deliver == \E m \in wire : r' = m /\ wire' = wire \ {m} /\ UNCHANGED s
Next == New \/ Again \/ Lose \/ Deliver
Unfair == Init /\ [][Next]_vars
Weak == Unfair /\ WF_vars(Again) /\ WF_vars(Deliver)
Strong == Unfair /\ WF_vars(Again) /\ SF_vars(Deliver)
Full == Strong /\ WF_vars(New)
Fuller == Strong /\ SF_vars(New)
Inner == INSTANCE Sender WITH sent <- s, got <- r
Par(x, y) == INSTANCE Sender WITH sent <- x, got <- y
Refines == Inner!SSpec
RefinesSafely == Inner!SSafe
RefinesStrictly == Inner!SStrict
Wrong == INSTANCE Sender WITH sent <- r, got <- s
RefinesWrongly == Wrong!SSpec
Receives == (s # r) ~> (s = r)
====
