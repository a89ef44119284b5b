---- MODULE RegistersInNext ----
EXTENDS Naturals, TLC
VARIABLE x
Init == x = TLCGet("level")
Next == TLCGet("level") < 6 /\ x' = TLCGet("level")
====
