---- MODULE Channels ----
\* Instances with a parameter: a channel for each node, held in one function.
EXTENDS Naturals
CONSTANT Node
VARIABLES channels, turn
Data == {0, 1}
---- MODULE One ----
CONSTANTS Me, Other(_)
VARIABLE chan
Ready == chan[Me].rdy = chan[Me].ack
Send(d) == Ready /\ Other(d) /\ chan' = [chan EXCEPT ![Me] = [@ EXCEPT !.val = d, !.rdy = 1 - @]]
Receive == ~Ready /\ chan' = [chan EXCEPT ![Me].ack = 1 - chan[Me].ack]
Either(P(_)) == \E d \in Data : P(d)
Step == Either(Send) \/ Receive
====
Chan(n, F(_)) == INSTANCE One WITH Me <- n, chan <- channels, Other <- F
Even(d) == d % 2 = 0
Init == channels = [n \in Node |-> [val |-> 0, rdy |-> 0, ack |-> 0]] /\ turn \in Node
Step(n) == turn = n /\ Chan(n, Even)!Step /\ turn' \in Node \ {n}
Free(n) == Chan(n, LAMBDA d : d = 1 \/ n = turn)!Either(LAMBDA d : Chan(n, LAMBDA e : e = d)!Send(d)) /\ UNCHANGED turn
Next == \E n \in Node : Step(n) \/ Free(n)
====
