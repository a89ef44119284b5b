---------------------------- MODULE SequencesExt ----------------------------
(* More operators on sequences. *)
LOCAL INSTANCE Sequences
LOCAL INSTANCE Integers
LOCAL INSTANCE FiniteSets
LOCAL INSTANCE FiniteSetsExt
LOCAL INSTANCE Folds
LOCAL INSTANCE Functions
LOCAL INSTANCE TLC

-----------------------------------------------------------------------------
(* Sequences, sets and bags *)

ToSet(s) == {s[i] : i \in DOMAIN s}
ToBag(s) == [x \in ToSet(s) |-> Cardinality({i \in DOMAIN s : s[i] = x})]

(* Some sequence in which each element of a finite set stands once; all of them; a sorted one. *)
SetToSeq(S) == CHOOSE s \in [1 .. Cardinality(S) -> S] : IsInjective(s)
SetToSeqs(S) == {s \in [1 .. Cardinality(S) -> S] : IsInjective(s)}
SetToSortSeq(S, op(_, _)) == SortSeq(SetToSeq(S), op)
SetToAllKPermutations(S) == UNION {SetToSeqs(T) : T \in SUBSET S}

(* Sequences over a set: of one length, and of all lengths up to a bound. *)
TupleOf(S, n) == [1 .. n -> S]
SeqOf(S, n) == UNION {[1 .. m -> S] : m \in 0 .. n}
BoundedSeq(S, n) == SeqOf(S, n)

-----------------------------------------------------------------------------
(* Searching *)

Contains(s, e) == \E i \in 1 .. Len(s) : s[i] = e

(* The first, or the last, index of an element that passes the test; 0 if there is none. *)
SelectInSeq(s, Test(_)) ==
  IF \E i \in 1 .. Len(s) : Test(s[i]) THEN Min({i \in 1 .. Len(s) : Test(s[i])}) ELSE 0
SelectLastInSeq(s, Test(_)) ==
  IF \E i \in 1 .. Len(s) : Test(s[i]) THEN Max({i \in 1 .. Len(s) : Test(s[i])}) ELSE 0

(* The same within a part of the sequence; the index counts from the beginning of the part. *)
SelectInSubSeq(s, from, to, Test(_)) == SelectInSeq(SubSeq(s, from, to), Test)
SelectLastInSubSeq(s, from, to, Test(_)) == SelectLastInSeq(SubSeq(s, from, to), Test)

-----------------------------------------------------------------------------
(* Changing *)

Reverse(s) == [i \in 1 .. Len(s) |-> s[Len(s) + 1 - i]]

(* Without every, or the first, occurrence of an element; without the first element that passes the test. *)
Remove(s, e) == SelectSeq(s, LAMBDA x : x # e)
RemoveAt(s, i) == SubSeq(s, 1, i - 1) \o SubSeq(s, i + 1, Len(s))
RemoveFirstMatch(s, Test(_)) ==
  LET i == SelectInSeq(s, Test) IN IF i = 0 THEN s ELSE RemoveAt(s, i)
RemoveFirst(s, e) == RemoveFirstMatch(s, LAMBDA x : x = e)

ReplaceAll(s, old, new) == [i \in 1 .. Len(s) |-> IF s[i] = old THEN new ELSE s[i]]
ReplaceAt(s, i, e) == [s EXCEPT ![i] = e]
InsertAt(s, i, e) == SubSeq(s, 1, i - 1) \o <<e>> \o SubSeq(s, i, Len(s))

Cons(e, s) == <<e>> \o s
Snoc(e, s) == Append(s, e)

Front(s) == SubSeq(s, 1, Len(s) - 1)
Last(s) == s[Len(s)]

-----------------------------------------------------------------------------
(* Beginnings and ends *)

IsPrefix(s, t) == Len(s) <= Len(t) /\ SubSeq(t, 1, Len(s)) = SubSeq(s, 1, Len(s))
IsStrictPrefix(s, t) == IsPrefix(s, t) /\ s # t
IsSuffix(s, t) == Len(s) <= Len(t) /\ \A i \in 1 .. Len(s) : s[i] = t[Len(t) - Len(s) + i]
IsStrictSuffix(s, t) == IsSuffix(s, t) /\ s # t

Prefixes(s) == {SubSeq(s, 1, n) : n \in 0 .. Len(s)}
Suffixes(s) == {SubSeq(s, n, Len(s)) : n \in 1 .. Len(s) + 1}
CommonPrefixes(S) == {p \in UNION {Prefixes(s) : s \in S} : \A s \in S : IsPrefix(p, s)}
LongestCommonPrefix(S) == CHOOSE p \in CommonPrefixes(S) : \A q \in CommonPrefixes(S) : Len(q) <= Len(p)

-----------------------------------------------------------------------------
(* Folds. The order of FoldSeq is not said. *)

(* `a' modulo `b', within 1 .. b. *)
SeqMod(a, b) == IF a % b = 0 THEN b ELSE a % b

FoldSeq(op(_, _), base, s) == FoldFunction(op, base, s)
FoldLeft(op(_, _), base, s) ==
  MapThenFoldSet(LAMBDA x, y : op(y, x), base, LAMBDA i : s[i], LAMBDA left : Max(left), DOMAIN s)
FoldRight(op(_, _), s, base) ==
  MapThenFoldSet(op, base, LAMBDA i : s[i], LAMBDA left : Min(left), DOMAIN s)

(* The same over the indices. *)
FoldLeftDomain(op(_, _), base, s) == FoldLeft(op, base, [i \in DOMAIN s |-> i])
FoldRightDomain(op(_, _), s, base) == FoldRight(op, [i \in DOMAIN s |-> i], base)

-----------------------------------------------------------------------------
(* Sequences of sequences, and parts of sequences *)

(* All sequences (or strings) of a sequence, one after the other. *)
FlattenSeq(s) ==
  LET joined[i \in 1 .. Len(s)] == IF i = 1 THEN s[1] ELSE joined[i - 1] \o s[i]
  IN IF Len(s) = 0 THEN s ELSE joined[Len(s)]

(* Pairs of the elements at the same place, as far as both sequences go. *)
Zip(s, t) == [i \in 1 .. (IF Len(s) <= Len(t) THEN Len(s) ELSE Len(t)) |-> <<s[i], t[i]>>]

(* The elements of two sequences of one length by turns, each as a sequence of its own. *)
Interleave(s, t) ==
  CASE Len(s) = Len(t) -> [i \in 1 .. 2 * Len(s) |-> IF i % 2 = 1 THEN <<s[(i + 1) \div 2]>> ELSE <<t[i \div 2]>>]

(* The stretches of a sequence, and what remains of it when any elements are taken out. *)
SubSeqs(s) == {SubSeq(s, i, j) : i \in 1 .. Len(s), j \in 1 .. Len(s)} \cup {SubSeq(s, 1, 0)}
AllSubSeqs(s) == {LET kept == SetToSortSeq(D, <) IN [i \in 1 .. Len(kept) |-> s[kept[i]]] : D \in SUBSET DOMAIN s}

LOCAL StandsAt(s, t, i) == i + Len(s) - 1 <= Len(t) /\ SubSeq(t, i, i + Len(s) - 1) = SubSeq(s, 1, Len(s))

(* Where `s' first stands in `t'. *)
IndexFirstSubSeq(s, t) ==
  CHOOSE i \in 1 .. Len(t) + 1 : StandsAt(s, t, i) /\ \A j \in 1 .. i - 1 : ~StandsAt(s, t, j)

(* `t' with `r' instead of `s', which stands at `i'; of the first `s'; of every `s' that does not overlap an earlier
   one. An empty `s' stands before every element. *)
ReplaceSubSeqAt(i, r, s, t) == SubSeq(t, 1, i - 1) \o r \o SubSeq(t, i + Len(s), Len(t))
ReplaceFirstSubSeq(r, s, t) ==
  IF \E i \in 1 .. Len(t) + 1 : StandsAt(s, t, i) THEN ReplaceSubSeqAt(IndexFirstSubSeq(s, t), r, s, t) ELSE t
ReplaceAllSubSeqs(r, s, t) ==
  LET replaced[i \in 1 .. Len(t) + 1] ==
        IF i > Len(t)
        THEN SubSeq(t, 1, 0)
        ELSE IF Len(s) = 0
             THEN r \o SubSeq(t, i, i) \o replaced[i + 1]
             ELSE IF StandsAt(s, t, i) THEN r \o replaced[i + Len(s)] ELSE SubSeq(t, i, i) \o replaced[i + 1]
  IN IF s = t THEN r ELSE replaced[1]
=============================================================================
