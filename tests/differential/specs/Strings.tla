---- MODULE Strings ----
\* Records of strings, sets of records as messages, DOMAIN, Bags, functions built with :> and @@.
EXTENDS Naturals, Sequences, TLC, Bags
VARIABLES net, seen
Kinds == {"ping", "pong"}
Init == net = EmptyBag /\ seen = [k \in Kinds |-> 0]
Send(k) == /\ BagCardinality(net) < 3
           /\ net' = net (+) SetToBag({[kind |-> k, hops |-> seen[k]]})
           /\ UNCHANGED seen
Receive(m) == /\ net' = net (-) SetToBag({m})
              /\ seen' = (m.kind :> (seen[m.kind] + 1) % 3) @@ seen
Next == (\E k \in Kinds : Send(k)) \/ (\E m \in DOMAIN net : Receive(m))
Inv == DOMAIN seen = Kinds /\ \A m \in BagToSet(net) : m.hops < 3
====
