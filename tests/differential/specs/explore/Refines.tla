---- MODULE Refines ----
EXTENDS Naturals
VARIABLES left, right
vars == <<left, right>>
Init == left = 0 /\ right = 0
Left == left < 3 /\ left' = left + 1 /\ UNCHANGED right
Right == right < 3 /\ right' = right + 1 /\ UNCHANGED left
Move == left > 0 /\ left' = left - 1 /\ right' = right + 1
Jump == left = 3 /\ right = 3 /\ left' = 5 /\ UNCHANGED right
Next == Left \/ Right \/ Jump
Spec == Init /\ [][Left \/ Right]_vars
SpecWithMove == Init /\ [][Left \/ Right \/ (right < 3 /\ Move)]_vars
SpecWithJump == Init /\ [][Next]_vars
SpecStart == left = 1 /\ right = 0 /\ [][Left \/ Right]_vars
Sum == INSTANCE Abstract WITH total <- left + right
Refinement == Sum!Spec
====
