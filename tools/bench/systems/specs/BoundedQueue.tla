A bounded queue that threads put into and get from; who finds it full, or empty, waits until another thread, which does not
know whom it wakes, notifies it.
----------------------------- MODULE BoundedQueue -----------------------------
EXTENDS Naturals, Sequences, FiniteSets
CONSTANTS Producer, Consumer, Capacity, Item
VARIABLES buffer, waiting
vars == <<buffer, waiting>>
Thread == Producer \cup Consumer

Init == buffer = << >> /\ waiting = {}

Wake ==
    \/ waiting = {} /\ UNCHANGED waiting
    \/ \E t \in waiting : waiting' = waiting \ {t}

Put(t, x) ==
    /\ t \notin waiting
    /\ Len(buffer) < Capacity
    /\ buffer' = Append(buffer, x)
    /\ Wake

PutWaits(t) ==
    /\ t \notin waiting
    /\ Len(buffer) = Capacity
    /\ waiting' = waiting \cup {t}
    /\ UNCHANGED buffer

Get(t, x) ==
    /\ t \notin waiting
    /\ buffer # << >>
    /\ x = Head(buffer)
    /\ buffer' = Tail(buffer)
    /\ Wake

GetWaits(t) ==
    /\ t \notin waiting
    /\ buffer = << >>
    /\ waiting' = waiting \cup {t}
    /\ UNCHANGED buffer

Next ==
    \/ \E t \in Producer, x \in Item : Put(t, x)
    \/ \E t \in Producer : PutWaits(t)
    \/ \E t \in Consumer, x \in Item : Get(t, x)
    \/ \E t \in Consumer : GetWaits(t)

Spec == Init /\ [][Next]_vars
SizeInv == Len(buffer) <= Capacity
=============================================================================
