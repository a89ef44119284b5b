---- MODULE StepProperties ----
EXTENDS Naturals
VARIABLES x, y
vars == <<x, y>>
Init == x = 0 /\ y = 0
Inc == x < 3 /\ x' = x + 1 /\ y' = y
Reset == x = 3 /\ x' = 0 /\ y' = 1 - y
Spec == Init /\ [][Inc \/ Reset]_vars
Grows == [][x' >= x]_x
GrowsOrResets == [][x' = x + 1 \/ x' = 0]_x
Flips == [][y' # y => x = 3]_vars
StartsAtOne == x = 1
Always == [](x \in 0..3)
Never3 == [](x # 3)
Both == /\ x = 0 /\ [](x < 4) /\ [][y' = y]_y
====
