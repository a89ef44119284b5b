---------------------------- MODULE VectorClocks ----------------------------
(* Logs whose entries carry vector clocks: functions from nodes to how many events of each are known. *)
EXTENDS Naturals, Sequences, Functions

(* What a clock says of a node; nothing is known of a node that it does not have. *)
LOCAL Time(c, n) == IF n \in DOMAIN c THEN c[n] ELSE 0

(* Whether an event with the clock `c' may stand before one with the clock `d': it happened before it, or neither
   happened before the other. *)
LOCAL MayPrecede(c, d) == \E n \in DOMAIN c \cup DOMAIN d : Time(c, n) < Time(d, n)

IsCausalOrder(log, clock(_)) == \A i \in 1 .. Len(log) : \A j \in 1 .. i - 1 : MayPrecede(clock(log[j]), clock(log[i]))

(* The entries of a log in a causal order. `node' gives the node of an entry, and `domain' the nodes that a clock
   speaks of; what an order is does not depend on them. The log must be complete: the first event of a node has the
   time 1, and no event is left out. *)
CausalOrder(log, clock(_), node(_), domain(_)) ==
  CHOOSE sorted \in {f \in [1 .. Len(log) -> Range(log)] : Range(f) = Range(log)} : IsCausalOrder(sorted, clock)
=============================================================================
