---- MODULE TokenRing ----
\* Dijkstra's self-stabilising ring: every initial state, functions over an interval that starts at 0.
EXTENDS Integers
CONSTANTS N, K
VARIABLE counter
Node == 0 .. N - 1
Init == counter \in [Node -> 0 .. K - 1]
First == /\ counter[0] = counter[N - 1]
         /\ counter' = [counter EXCEPT ![0] = (counter[N - 1] + 1) % K]
Other(n) == /\ n # 0
            /\ counter[n] # counter[n - 1]
            /\ counter' = [counter EXCEPT ![n] = counter[n - 1]]
Next == First \/ \E n \in Node : Other(n)
Token(n) == IF n = 0 THEN counter[0] = counter[N - 1] ELSE counter[n] # counter[n - 1]
SomeToken == \E n \in Node : Token(n)
Fair == WF_counter(Next)
Spec == Init /\ [][Next]_counter /\ Fair
====
