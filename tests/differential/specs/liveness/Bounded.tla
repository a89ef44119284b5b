---- MODULE Bounded ----
(* A constraint cuts the graph: only what is inside counts. A state without successors stays for ever. *)
EXTENDS Naturals
VARIABLES n, done
vars == <<n, done>>
Init == n \in {0, 1} /\ done = FALSE
Up == ~done /\ n' = n + 1 /\ UNCHANGED done
Stop == ~done /\ done' = TRUE /\ UNCHANGED n
Next == Up \/ Stop
Weak == Init /\ [][Next]_vars /\ WF_vars(Next)
WeakUp == Init /\ [][Next]_vars /\ WF_vars(Up)
WeakStop == Init /\ [][Next]_vars /\ WF_vars(Stop)
Small == n < 4
Ends == <>done
StaysEnded == [](done => []done)
EndsEnabled == <>[](~ENABLED Next)
Grows == \A i \in 0..6 : (n >= i) ~> (n > i \/ done)
Even == <>[](n % 2 = 0)
====
