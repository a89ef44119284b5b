---- MODULE Imports ----
EXTENDS Unfinished
Foo == x
====
