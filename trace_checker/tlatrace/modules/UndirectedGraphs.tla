-------------------------- MODULE UndirectedGraphs --------------------------
(* Undirected graphs: records of a set of nodes and a set of edges, which are sets of one or two nodes. *)
LOCAL INSTANCE Naturals
LOCAL INSTANCE Sequences
LOCAL INSTANCE SequencesExt
LOCAL INSTANCE FiniteSets
LOCAL INSTANCE Folds
LOCAL INSTANCE Functions

IsUndirectedGraph(G) ==
  G = [node |-> G.node, edge |-> G.edge] /\ \A e \in G.edge : \E m, n \in G.node : e = {m, n}
IsLoopFreeUndirectedGraph(G) ==
  G = [node |-> G.node, edge |-> G.edge] /\ \A e \in G.edge : \E m, n \in G.node : m # n /\ e = {m, n}

UndirectedSubgraph(G) == {H \in [node : SUBSET G.node, edge : SUBSET G.edge] : IsUndirectedGraph(H)}

-----------------------------------------------------------------------------
(* Paths: at least one node, and edges between neighbours. In simple ones no node stands twice, so none is longer
   than there are nodes; that much suffices to tell whether two nodes are connected. *)

LOCAL FollowsEdges(p, E) == \A i \in 1 .. Len(p) - 1 : {p[i], p[i + 1]} \in E

Path(G) == {p \in Seq(G.node) : p # <<>> /\ FollowsEdges(p, G.edge)}
SimplePath(G) ==
  {p \in SeqOf(G.node, Cardinality(G.node)) : p # <<>> /\ FollowsEdges(p, G.edge) /\ IsInjective(p)}
AreConnectedIn(m, n, G) == \E p \in SimplePath(G) : p[1] = m /\ p[Len(p)] = n

(* The largest sets of nodes that are connected by paths within the set. *)
ConnectedComponents(G) ==
  LET IsConnected(S) == \A m, n \in S : AreConnectedIn(m, n, [node |-> S, edge |-> G.edge])
      Connected == {S \in SUBSET G.node : S # {} /\ IsConnected(S)}
  IN {S \in Connected : \A T \in Connected : S \subseteq T => S = T}

IsStronglyConnected(G) == ConnectedComponents(G) = {G.node}

-----------------------------------------------------------------------------
(* All undirected graphs over the nodes `S'. *)
UndirectedGraphs(S) == [node : {S}, edge : SUBSET {{m, n} : m, n \in S}]
=============================================================================
