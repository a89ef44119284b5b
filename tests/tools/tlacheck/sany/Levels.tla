---- MODULE Levels ----
VARIABLE x
Foo == (x')'
ASSUME x = 1
====
