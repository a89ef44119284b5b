---- MODULE Queue ----
\* A bounded queue between producers and consumers: sequences, Append, Tail, SubSeq, a state that a constraint cuts.
EXTENDS Naturals, Sequences
CONSTANTS Item, Capacity
VARIABLES queue, taken
Put(i) == queue' = Append(queue, i) /\ UNCHANGED taken
Get == /\ queue # << >>
       /\ taken' = Head(queue)
       /\ queue' = Tail(queue)
Swap == /\ Len(queue) > 1
        /\ queue' = <<queue[2], queue[1]>> \o SubSeq(queue, 3, Len(queue))
        /\ UNCHANGED <<taken>>
Init == queue = << >> /\ taken \in Item
Next == Get \/ Swap \/ \E i \in Item : Put(i)
Bounded == Len(queue) <= Capacity
NoTwice == \A i \in 1 .. Len(queue) - 1 : queue[i] # queue[i + 1]
NotTheSame == queue' # << >> \/ taken' # taken \/ queue = << >>
====
