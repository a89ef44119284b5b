------------------------------ MODULE GraphViz ------------------------------
(* The text of a graph for the program dot, which TLA+ cannot take together. `VL' labels nodes and `EL' edges. *)
DotDiGraph(G, VL(_), EL(_)) == TRUE
=============================================================================
