---- MODULE Assumptions ----
EXTENDS Naturals, TLC
CONSTANT N
ASSUME N > 0
ASSUME Bound == N < 5
ASSUME N # 4 \/ Assert(FALSE, "four")
====
