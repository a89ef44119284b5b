---- MODULE Errors ----
EXTENDS Naturals, Sequences
VARIABLES x, s
Init == x = 0 /\ s = <<1, 2>>
Next == x' = s[x + 1] /\ s' = Tail(s)
InitBad == x = Head(<<>>) /\ s = <<>>
NextUnassigned == (x' = 1 /\ s' = s) \/ x' = 2
NextMixed == \/ x < 3 /\ x' = x + 1 /\ UNCHANGED s
             \/ x = 2 /\ x' = "a" + 1 /\ UNCHANGED s
NextPrimed == s' = <<x'>> /\ x' = 1
Low == x < 3
====
