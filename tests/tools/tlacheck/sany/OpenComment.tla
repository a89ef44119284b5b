---- MODULE OpenComment ----
EXTENDS Naturals
(* open comment
Init == 1
====
