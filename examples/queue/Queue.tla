A queue with room for Capacity items, which may lose the item in front without a word.
------------------------------ MODULE Queue ------------------------------
EXTENDS Naturals, Sequences
CONSTANTS Capacity, Item
VARIABLES queue, lost
vars == <<queue, lost>>

Init == queue = << >> /\ lost = 0

Put(x) ==
    /\ x \in Item
    /\ Len(queue) < Capacity
    /\ queue' = Append(queue, x)
    /\ UNCHANGED lost

Get(x) ==
    /\ queue # << >>
    /\ x = Head(queue)
    /\ queue' = Tail(queue)
    /\ UNCHANGED lost

Lose ==
    /\ queue # << >>
    /\ queue' = Tail(queue)
    /\ lost' = lost + 1

Next == (\E x \in Item : Put(x)) \/ (\E x \in Item : Get(x)) \/ Lose
Spec == Init /\ [][Next]_vars

NothingLostInv == lost = 0
ShortInv == Len(queue) <= 1
ShrinksByOneProp == [][Len(queue') >= Len(queue) - 1]_vars
LostNeverRisesProp == [][lost' = lost]_vars
FewLost == lost <= 3
==========================================================================
