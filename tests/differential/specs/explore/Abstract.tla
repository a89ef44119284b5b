---- MODULE Abstract ----
EXTENDS Naturals
VARIABLE total
Init == total = 0
Add == total' = total + 1
Spec == Init /\ [][Add]_total
====
