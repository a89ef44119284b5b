---- MODULE Buffer ----
\* A FIFO between two instances of a channel, each with its own variable.
EXTENDS Naturals, Sequences
CONSTANTS Message, Size
VARIABLES in, out, q
InChan == INSTANCE Channel WITH Data <- Message, chan <- in
OutChan == INSTANCE Channel WITH Data <- Message, chan <- out
Init == InChan!Init /\ OutChan!Init /\ q = << >>
SSend(msg) == InChan!Send(msg) /\ UNCHANGED <<out, q>>
BufRcv == InChan!Rcv /\ q' = Append(q, in.val) /\ UNCHANGED out
BufSend == q # << >> /\ OutChan!Send(Head(q)) /\ q' = Tail(q) /\ UNCHANGED in
RRcv == OutChan!Rcv /\ UNCHANGED <<in, q>>
Next == (\E m \in Message : SSend(m)) \/ BufRcv \/ BufSend \/ RRcv
Short == Len(q) <= Size
====
