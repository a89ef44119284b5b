---- MODULE Puzzle ----
\* LET, CASE, CHOOSE, EXCEPT with nested paths and @, recursion, LAMBDA, tuples, sets of functions.
EXTENDS Integers, Sequences, FiniteSets
VARIABLES board, log, phase
Pos == (1..2) \X (1..2)
RECURSIVE Sum(_, _)
Sum(f, S) == IF S = {} THEN 0 ELSE LET p == CHOOSE q \in S : TRUE IN f[p] + Sum(f, S \ {p})
Total == Sum(board.cells, Pos)
fact[n \in Nat] == IF n = 0 THEN 1 ELSE n * fact[n - 1]
Map(F(_), s) == [i \in DOMAIN s |-> F(s[i])]
Largest(S) == CHOOSE x \in S : \A y \in S : y <= x
Init == /\ board = [cells |-> [p \in Pos |-> 0], moves |-> << >>, last |-> [at |-> <<1, 1>>, by |-> 0]]
        /\ log = {}
        /\ phase = "fill"
Put(p, v) ==
    /\ phase = "fill"
    /\ board.cells[p] = 0
    /\ LET after == [board EXCEPT !.cells[p] = @ + v, !.last.at = p, !.last.by = v - board.last.by,
                                  !.moves = Append(@, p)]
           full == \A q \in Pos : after.cells[q] # 0
       IN /\ board' = [after EXCEPT !.moves = IF Len(@) > 1 THEN Tail(@) ELSE @]
          /\ phase' = IF full THEN "done" ELSE phase
    /\ log' = {Cardinality({q \in Pos : board'.cells[q] > 0})}
Rotate ==
    /\ phase = "done"
    /\ board' = [board EXCEPT !.cells = [<<r, c>> \in Pos |-> board.cells[<<c, 3 - r>>]],
                              !.moves = Map(LAMBDA p : <<p[2], p[1]>>, @)]
    /\ CASE Total > 5 -> log' = {Largest(log)}
         [] Total = 5 -> log' \in SUBSET {Total, fact[3]}
         [] OTHER -> UNCHANGED log
    /\ UNCHANGED phase
Reset == phase = "done" /\ Total = 4 /\ phase' = "fill" /\ board' = [board EXCEPT !.cells = [p \in Pos |-> 0]] /\ log' = log
Next == (\E p \in Pos, v \in 1..2 : (p # <<1, 1>> => v = 1) /\ Put(p, v)) \/ Rotate \/ Reset
Inv == Total <= 8 /\ {x \in log : x > 6} = {}
====
