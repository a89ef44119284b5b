---- MODULE Clock ----
(* One variable that goes round; steps that may be skipped; every form of property. *)
EXTENDS Naturals
CONSTANT N
VARIABLE h
Init == h = 0
Tick == h' = (h + 1) % N
Jump == h = 1 /\ h' = N - 1
Reset == h' = 0
Next == Tick \/ Jump
Unfair == Init /\ [][Next]_h
Weak == Unfair /\ WF_h(Next)
WeakTick == Unfair /\ WF_h(Tick)
StrongTick == Unfair /\ SF_h(Tick)
WeakJump == Weak /\ WF_h(Jump)
StrongJump == Weak /\ SF_h(Jump)
Below == Weak /\ [](h < 2)
Sometimes == Weak /\ []<>(h = 2)
Settled == Unfair /\ <>[](h = 1)
Either == Unfair /\ (WF_h(Tick) \/ <>[](h = 0))

Reaches == <>(h = N - 1)
Recurs == []<>(h = 0)
Settles == <>[](h = 1)
Leads == (h = 0) ~> (h = 1)
SkipsTwo == (h = 1) ~> (h = 2)
Ticks == []<><<Tick>>_h
Jumps == []<><<Jump>>_h
NoJumps == <>[][~Jump]_h
TickFair == WF_h(Tick)
JumpFair == SF_h(Jump)
Nested == [](h = 0 => <>(h = 1 /\ <>(h = 3)))
All == \A i \in 0..(N - 1) : []<>(h = i)
Some == \E i \in 0..(N - 1) : <>[](h = i)
Pairs == \A <<a, b>> \in {<<0, 1>>, <<3, 0>>} : h = a ~> h = b
Conditional == (SF_h(Jump) /\ WF_h(Next)) => Recurs
IfThen == IF h = 0 THEN <>(h = 1) ELSE <>(h = 2)
Let == LET at(i) == h = i IN at(0) ~> at(1)
Leads2(a, b) == (h = a) ~> (h = b)
Applied == Leads2(0, 1) /\ Leads2(1, 2)
Possible == []<>ENABLED Jump
Double == <>[](<>(h = 0)) /\ []([]<>(h = 3))
Negated == ~(<>[](h = 0)) /\ ~[](h = 0)
Recurring == []<>(h = 2) \/ <>[](h # 2)
WrongAction == <><<Jump>>_h
WrongNested == [](h = 0 => []<><<Jump>>_h)
WrongSet == \A i \in {h} : <>(h = i + 1)
WrongUntil == <>(h = 1) -+-> <>(h = 2)
WrongEquivalent == (<>(h = 1)) <=> []<>(h = 0)
====
