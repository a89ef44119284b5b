---- MODULE Election ----
\* Next under LET, guards beside the choice, actions that take operators, steps through two modules, SUBSET in Init.
EXTENDS Naturals, FiniteSets, Sequences
CONSTANTS Node, Nobody
VARIABLES term, vote, leaders
vars == <<term, vote, leaders>>
Majorities == {Q \in SUBSET Node : 2 * Cardinality(Q) > Cardinality(Node)}
Init == /\ term \in [Node -> 0..1]
        /\ vote = [n \in Node |-> Nobody]
        /\ leaders \in SUBSET {<<0, n>> : n \in Node}
        /\ Cardinality(leaders) = 1
Campaign(n) == /\ term[n] < 2
               /\ term' = [term EXCEPT ![n] = @ + 1]
               /\ vote' = [vote EXCEPT ![n] = n]
               /\ UNCHANGED leaders
Change(n, With(_)) == /\ vote' = [vote EXCEPT ![n] = With(@)]
                      /\ UNCHANGED <<term, leaders>>
Vote(n, c) == /\ term[n] <= term[c] /\ vote[c] = c
              /\ IF term[n] < term[c]
                 THEN term' = [term EXCEPT ![n] = term[c]] /\ vote' = [vote EXCEPT ![n] = c] /\ leaders' = leaders
                 ELSE vote[n] = Nobody /\ Change(n, LAMBDA old : IF old = Nobody THEN c ELSE old)
Win(c, Q) == LET t == term[c]
                 mine == {n \in Q : term[n] = t /\ vote[n] = c}
             IN /\ mine = Q
                /\ leaders' = {l \in leaders : l[1] >= t - 1} \cup {<<t, c>>}
                /\ UNCHANGED <<term, vote>>
Move(n) == LET newest == CHOOSE t \in {term[m] : m \in Node} : \A m \in Node : term[m] <= t
           IN term[n] <= newest /\ (Campaign(n) \/ \E c \in Node \ {n} : Vote(n, c))
Next == LET quorums == Majorities
        IN \/ \E n \in Node : Move(n)
           \/ \E c \in Node, Q \in quorums : Win(c, Q)
           \/ term = [n \in Node |-> 2] /\ UNCHANGED vars
Spec == Init /\ [][Next]_vars /\ \A n \in Node : WF_vars(Campaign(n))
OneEach == \A k, l \in leaders : k[1] > 0 /\ k[1] = l[1] => k = l
====
