------------------------------ MODULE BagsExt ------------------------------
(* More operators on bags: functions from elements to how often they occur. *)
LOCAL INSTANCE Bags
LOCAL INSTANCE Integers
LOCAL INSTANCE Folds

(* One copy more; one copy less, if there is one; no copy at all. *)
BagAdd(B, x) == [e \in DOMAIN B \cup {x} |-> (IF e \in DOMAIN B THEN B[e] ELSE 0) + (IF e = x THEN 1 ELSE 0)]
BagRemove(B, x) ==
  IF x \notin DOMAIN B
  THEN B
  ELSE [e \in {y \in DOMAIN B : y # x \/ B[y] # 1} |-> IF e = x THEN B[e] - 1 ELSE B[e]]
BagRemoveAll(B, x) == [e \in DOMAIN B \ {x} |-> B[e]]

(* Folds over the images of all copies, the copies of an element one after the other. `choose' would be the order
   of the elements; it is set aside, as the published module does. *)
MapThenFoldBag(op(_, _), base, f(_), choose(_), B) ==
  LET copies(x) ==
        LET joined[n \in Nat \ {0}] == op(IF n = 1 THEN base ELSE joined[n - 1], f(x))
        IN joined[B[x]]
  IN MapThenFoldSet(op, base, copies, LAMBDA left : CHOOSE x \in left : TRUE, DOMAIN B)
(* As TLC's Java does it: what was joined so far is the first argument, the copy of an element the second. *)
FoldBag(op(_, _), base, B) ==
  LET RECURSIVE times(_, _, _), over(_, _)
      times(x, n, joined) == IF n = 0 THEN joined ELSE times(x, n - 1, op(joined, x))
      over(S, joined) ==
        IF S = {} THEN joined
        ELSE LET x == CHOOSE y \in S : TRUE IN over(S \ {x}, times(x, B[x], joined))
  IN over(DOMAIN B, base)

SumBag(B) == FoldBag(LAMBDA x, y : x + y, 0, B)
ProductBag(B) == FoldBag(LAMBDA x, y : x * y, 1, B)
=============================================================================
