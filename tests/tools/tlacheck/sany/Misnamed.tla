---- MODULE Wrong ----
VARIABLE x
Init == x = 0
====
