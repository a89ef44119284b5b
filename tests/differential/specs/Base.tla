---- MODULE Base ----
LOCAL INSTANCE Naturals
CONSTANT Limit
VARIABLE n
LOCAL Hidden == Limit - 1
Bump == n < Limit /\ n' = n + 1
Drop == n = Hidden /\ n' = 0
BaseInit == n = 0
BaseNext == Bump \/ Drop
====
