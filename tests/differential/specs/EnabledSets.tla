---- MODULE EnabledSets ----
\* ENABLED, primes of whole expressions, sets of sets, UNION, tuples in bounds, records with set fields.
EXTENDS Naturals, FiniteSets
CONSTANT Proc
VARIABLES waits, owner
vars == <<waits, owner>>
Nobody == "nobody"
Request(p) == p \notin waits /\ owner # p /\ waits' = waits \cup {p} /\ UNCHANGED owner
Grant(p) == p \in waits /\ owner = Nobody /\ owner' = p /\ waits' = waits \ {p}
Release == owner # Nobody /\ owner' = Nobody /\ UNCHANGED waits
Steal(p) == /\ ~ENABLED Grant(p)
            /\ ENABLED (owner' = p /\ waits' = {} /\ p \in waits)
            /\ owner' = p
            /\ waits' = waits \ {p}
            /\ Cardinality(waits \cup {owner})' <= Cardinality(waits \cup {owner})
Init == waits = {} /\ owner = Nobody
Pairs == {<<p, q>> \in Proc \X Proc : p # q}
Both == \E <<p, q>> \in Pairs : owner = p /\ owner' = q /\ waits' = waits \ UNION {{p}, {q}}
Next == Release \/ Both \/ \E p \in Proc : Request(p) \/ Grant(p) \/ Steal(p)
Inv == owner \notin waits /\ Cardinality(waits) <= Cardinality(Proc)
====
