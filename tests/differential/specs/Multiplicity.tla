---- MODULE Multiplicity ----
\* Everything that makes TLC generate a successor more than once, or not.
EXTENDS Naturals
VARIABLES x, y
vars == <<x, y>>
Init == \/ x = 0 /\ y = 0
        \/ x \in {0, 1} /\ y = 0
        \/ \E k \in 0..2 : x = k /\ y = k
Twice == x' = x /\ (y = 0 \/ y = y) /\ y' = y
Choices == \E a, b \in 0..1 : x' = (a + b) % 3 /\ y' = y
Guards == (\E a \in 0..2 : a >= x) /\ x' = (x + 1) % 3 /\ y' \in {x, y}
Forall == (\A a \in {x, y} : a <= 2) /\ \A v \in {1} : x' = v /\ UNCHANGED y
Implies == (x = 1 => y' = x) /\ (x # 1 => y' \in {x, y}) /\ x' = x
Negated == ~(x = 0 \/ y = 0) /\ x' = 0 /\ y' = 0
Boxed == [x' = y /\ y' = x]_vars
Angled == <<x' \in 0..2 /\ y' = y>>_vars
Test == x' = y /\ x' \in {0, 2} /\ y' = x /\ y' = x
Indirect(v, e) == v' = e
ByParameter == Indirect(x, y) /\ Indirect(y, x)
Ite == IF x = 0 \/ y = 0 THEN x' = 1 /\ UNCHANGED y ELSE UNCHANGED vars
Equivalent == (x = 0 <=> y = 0) /\ UNCHANGED <<y, <<x>>>>
Lets == LET A == \/ x' = 0 \/ x' = 0
            B(v) == y' = v
        IN A /\ B(x)
Next == Twice \/ Choices \/ Guards \/ Forall \/ Implies \/ Negated \/ Boxed \/ Angled \/ Test \/ ByParameter \/ Ite
        \/ Equivalent \/ Lets
====
