------------------------------ MODULE Apalache ------------------------------
(* What Apalache's specifications extend. To Apalache most of these are hints; here they are what they stand for. *)
LOCAL INSTANCE Integers
LOCAL INSTANCE Sequences
LOCAL INSTANCE FiniteSets

(* An assignment to a variable. *)
x := e == x = e

(* Any value of the type that the context asks for, within a size: here the smallest. *)
Gen(size) == {}

(* Some element of a set. *)
Guess(S) == CHOOSE x \in S : TRUE

(* A function from a set of pairs; a sequence from a function on 1 .. len, from an operator on numbers. *)
SetAsFun(S) == [x \in {pair[1] : pair \in S} |-> (CHOOSE pair \in S : pair[1] = x)[2]]
MkSeq(N, F(_)) == [i \in 1 .. N |-> F(i)]
FunAsSeq(fn, len, capacity) == MkSeq(len, LAMBDA i : fn[i])

(* F(F(F(x, 1), 2), 3) and so on, N times. *)
Repeat(F(_, _), N, x) ==
  LET upTo[i \in 0 .. N] == IF i = 0 THEN x ELSE F(upTo[i - 1], i) IN upTo[N]

(* Folds: the first argument of the operator is what was made so far. *)
ApaFoldSet(Op(_, _), v, S) ==
  LET made[left \in SUBSET S] ==
        IF left = {} THEN v ELSE LET next == CHOOSE x \in left : TRUE IN Op(made[left \ {next}], next)
  IN made[S]
ApaFoldSeqLeft(Op(_, _), v, seq) ==
  LET made[i \in 0 .. Len(seq)] == IF i = 0 THEN v ELSE Op(made[i - 1], seq[i]) IN made[Len(seq)]

(* Hints. *)
Skolem(e) == e
Expand(S) == S
ConstCardinality(cardExpr) == cardExpr
=============================================================================
