---- MODULE Constraints ----
EXTENDS Naturals
VARIABLES x, y
vars == <<x, y>>
Init == x \in 0..6 /\ y = 0
Next == \/ x' = x + 1 /\ y' = y
        \/ y' = (y + 1) % 3 /\ x' \in {x, x + 2}
Few == x < 5
Forward == x' > x \/ y' # 0
Inv == x < 7
InvOutside == x < 6
StepsOutside == [][x' < 6]_vars
Nothing == x > 100
====
