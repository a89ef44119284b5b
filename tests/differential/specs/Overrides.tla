---- MODULE Overrides ----
\* Definitions and constants that the configuration replaces.
EXTENDS Naturals, Sequences
CONSTANTS Key, None, Pick(_, _)
VARIABLES store, history
NoValue == CHOOSE v : v \notin Nat
Choice(S, n) == CHOOSE s \in S : TRUE
Small == 0..2
Step(k) == \E v \in Nat : store' = [store EXCEPT ![k] = v] /\ history' = Append(history, v)
Forget(k) == store[k] # NoValue /\ store' = [store EXCEPT ![k] = NoValue] /\ UNCHANGED history
Follow == /\ history # << >>
          /\ store' = [store EXCEPT ![Pick(Key, 1)] = Head(history)]
          /\ history' = Tail(history)
Init == store = [k \in Key |-> NoValue] /\ history \in {h \in Seq(Nat) : Len(h) = 0} /\ None \notin Key
Next == (\E k \in Key : Step(k) \/ Forget(k)) \/ Follow
Short == Len(history) < 3
Seqs == UNION {[1..n -> 0..2] : n \in 0..2}
ShortSeq(S) == UNION {[1..n -> S] : n \in 0..2}
====
