------------------------------- MODULE Graphs -------------------------------
(* Directed graphs: records of a set of nodes and a set of edges, which are pairs of nodes. *)
LOCAL INSTANCE Naturals
LOCAL INSTANCE Sequences
LOCAL INSTANCE SequencesExt
LOCAL INSTANCE FiniteSets

IsDirectedGraph(G) == G = [node |-> G.node, edge |-> G.edge] /\ G.edge \subseteq G.node \X G.node

DirectedSubgraph(G) ==
  {H \in [node : SUBSET G.node, edge : SUBSET (G.node \X G.node)] : H.edge \subseteq G.edge /\ IsDirectedGraph(H)}

Transpose(G) == [node |-> G.node, edge |-> {<<e[2], e[1]>> : e \in G.edge}]

-----------------------------------------------------------------------------
(* Undirected: with each edge the one in the other direction. *)

IsUndirectedGraph(G) == IsDirectedGraph(G) /\ \A e \in G.edge : <<e[2], e[1]>> \in G.edge
UndirectedSubgraph(G) == {H \in DirectedSubgraph(G) : IsUndirectedGraph(H)}

-----------------------------------------------------------------------------
(* Paths: at least one node, and edges between neighbours. In simple ones no node stands twice. *)

LOCAL FollowsEdges(p, G) == \A i \in 1 .. Len(p) - 1 : <<p[i], p[i + 1]>> \in G.edge

Path(G) == {p \in Seq(G.node) : p # <<>> /\ FollowsEdges(p, G)}
SimplePath(G) ==
  {p \in SeqOf(G.node, Cardinality(G.node)) :
     p # <<>> /\ Cardinality({p[i] : i \in DOMAIN p}) = Len(p) /\ FollowsEdges(p, G)}

AreConnectedIn(m, n, G) == \E p \in SimplePath(G) : p[1] = m /\ p[Len(p)] = n

(* For every pair of nodes whether a path leads from the first to the second. One node after the other is allowed as a
   stop on the way. *)
ConnectionsIn(G) ==
  LET via[N \in SUBSET G.node] ==
        IF N = {}
        THEN [m, n \in G.node |-> m = n \/ <<m, n>> \in G.edge]
        ELSE LET stop == CHOOSE x \in N : TRUE
                 others == via[N \ {stop}]
             IN [m, n \in G.node |-> others[m, n] \/ (others[m, stop] /\ others[stop, n])]
  IN via[G.node]

IsStronglyConnected(G) == \A m, n \in G.node : AreConnectedIn(m, n, G)

-----------------------------------------------------------------------------
(* A tree whose edges lead towards the root `r'. *)
IsTreeWithRoot(G, r) ==
  /\ IsDirectedGraph(G)
  /\ \A e \in G.edge : e[1] # r /\ \A f \in G.edge : e[1] = f[1] => e = f
  /\ \A n \in G.node : AreConnectedIn(n, r, G)
=============================================================================
