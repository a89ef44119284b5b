---- MODULE Expressions ----
EXTENDS Integers, Sequences, FiniteSets, TLC, Bags
CONSTANTS m1, m2, A_a, A_b, B_a
RECURSIVE Sum(_)
Sum(n) == IF n = 0 THEN 0 ELSE n + Sum(n-1)
RECURSIVE Even(_), Odd(_)
Even(n) == IF n = 0 THEN TRUE ELSE Odd(n-1)
Odd(n) == IF n = 0 THEN FALSE ELSE Even(n-1)
fact[n \in Nat] == IF n = 0 THEN 1 ELSE n * fact[n-1]
Ign(a) == 1
Ap(F(_), x) == F(x)
Ap2(F(_,_), x, y) == F(x, y)
Err == CHOOSE x \in {} : TRUE
ErrOp(x) == x + Err
Twice(F(_), x) == F(F(x))
a \prec b == a + 2*b
Unused(x) == LET y == x IN 3
====
