---- MODULE Symmetric ----
EXTENDS TLC, FiniteSets, Naturals
CONSTANTS P, Q
VARIABLES owner, waiting, last
Init == owner = {} /\ waiting = [p \in P |-> {}] /\ last = <<>>
Ask(p, q) == q \notin waiting[p] /\ waiting' = [waiting EXCEPT ![p] = @ \cup {q}] /\ UNCHANGED <<owner, last>>
Take(p, q) == q \in waiting[p] /\ owner = {} /\ owner' = {[by |-> p, what |-> q]} /\ last' = <<p, q>> /\ UNCHANGED waiting
Drop(p, q) == owner = {[by |-> p, what |-> q]} /\ owner' = {} /\ waiting' = [waiting EXCEPT ![p] = @ \ {q}] /\ UNCHANGED last
Next == \E p \in P, q \in Q : Ask(p, q) \/ Take(p, q) \/ Drop(p, q)
SymP == Permutations(P)
SymPQ == Permutations(P) \cup Permutations(Q)
SymOne == {CHOOSE f \in Permutations(P) : \E p \in P : f[p] # p}
SymTwo == {[p \in P |-> CHOOSE q \in P : q # p], [p \in P |-> p]}
Waiting == waiting
Pair == <<waiting, owner>>
AtMostOne == Cardinality(owner) <= 1
====
