Processes that send each other items, each item once; what the programs in this folder do.
---- MODULE Channel ----
EXTENDS Naturals
CONSTANT Process
VARIABLES sent, received

Init == sent = {} /\ received = {}

Send(p, q, x) ==
    /\ p # q
    /\ [from |-> p, to |-> q, item |-> x] \notin sent
    /\ sent' = sent \cup {[from |-> p, to |-> q, item |-> x]}
    /\ UNCHANGED received

Receive(p, m) ==
    /\ m.to = p
    /\ m \notin received
    /\ received' = received \cup {m}
    /\ UNCHANGED sent

Next ==
    \/ \E p, q \in Process, x \in Nat : Send(p, q, x)
    \/ \E p \in Process : \E m \in sent : Receive(p, m)

Spec == Init /\ [][Next]_<<sent, received>>
====
