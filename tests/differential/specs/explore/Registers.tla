---- MODULE Registers ----
EXTENDS Naturals, TLC
VARIABLES x, y
Init == x = 0 /\ y \in 0..2
Next == x' = x + 1 /\ y' \in {y, (y + 1) % 3}
Level == TLCGet("level") < 5
LevelInv == TLCGet("level") < 4
Diameter == TLCGet("diameter") < 5
LevelIsX == TLCGet("level") = x + 1
Remembered == TLCSet(7, x) /\ TLCGet(7) = x
LevelStep == TLCGet("level") < 4
====
