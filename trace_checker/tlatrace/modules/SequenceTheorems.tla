-------------------------- MODULE SequenceTheorems --------------------------
(* Facts about sequences. The statements are the interface of the module of the TLA+ Proof System; the proofs are
   there. *)
EXTENDS Sequences, Functions
LOCAL INSTANCE NaturalsInduction
LOCAL INSTANCE TLAPS

LEMMA SeqDef == \A S : Seq(S) = UNION {[1 .. k -> S] : k \in Nat}
THEOREM SeqMonotonic == ASSUME NEW S, NEW T, NEW s \in Seq(S), S \subseteq T PROVE s \in Seq(T)
THEOREM ElementOfSeq == ASSUME NEW S, NEW s \in Seq(S), NEW i \in 1 .. Len(s) PROVE s[i] \in S
THEOREM EmptySeq ==
  ASSUME NEW S
  PROVE <<>> \in Seq(S) /\ Len(<<>>) = 0 /\ \A s \in Seq(S) : s = <<>> \/ Len(s) \in Nat \ {0}
THEOREM LenProperties ==
  ASSUME NEW S, NEW s \in Seq(S)
  PROVE Len(s) \in Nat /\ s \in [1 .. Len(s) -> S] /\ DOMAIN s = 1 .. Len(s)
THEOREM IsASeq ==
  ASSUME NEW k \in Nat, NEW e(_), NEW S, \A i \in 1 .. k : e(i) \in S
  PROVE [i \in 1 .. k |-> e(i)] \in Seq(S)
THEOREM ExceptSeq ==
  ASSUME NEW S, NEW s \in Seq(S), NEW i \in 1 .. Len(s), NEW e \in S
  PROVE /\ [s EXCEPT ![i] = e] \in Seq(S)
        /\ Len([s EXCEPT ![i] = e]) = Len(s)
        /\ \A j \in 1 .. Len(s) : [s EXCEPT ![i] = e][j] = (IF i = j THEN e ELSE s[j])
THEOREM SeqEqual ==
  ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S), Len(s) = Len(t), \A i \in 1 .. Len(s) : s[i] = t[i]
  PROVE s = t

(* Concatenation *)

THEOREM ConcatProperties ==
  ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S)
  PROVE /\ s \o t \in Seq(S)
        /\ Len(s \o t) = Len(s) + Len(t)
        /\ \A i \in 1 .. (Len(s) + Len(t)) : (s \o t)[i] = (IF i > Len(s) THEN t[i - Len(s)] ELSE s[i])
THEOREM ConcatEmptySeq == ASSUME NEW S, NEW s \in Seq(S) PROVE s \o <<>> = s /\ <<>> \o s = s
THEOREM ConcatEqualIffEmpty ==
  ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S)
  PROVE /\ s \o t = s <=> t = <<>>
        /\ s \o t = t <=> s = <<>>
        /\ s \o t = <<>> <=> (s = <<>> /\ t = <<>>)
THEOREM ConcatAssociative ==
  ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S), NEW u \in Seq(S)
  PROVE (s \o t) \o u = s \o (t \o u)
THEOREM ConcatSimplifications ==
  /\ idRight :: \A S : \A s, t \in Seq(S) : s \o t = s => t = <<>>
  /\ idLeft :: \A S : \A s, t \in Seq(S) : s \o t = t => s = <<>>
  /\ concIsEmpty :: \A S : \A s, t \in Seq(S) : s \o t = <<>> => (s = <<>> /\ t = <<>>)
  /\ cancelLeft :: \A S : \A s, t, u \in Seq(S) : s \o t = s \o u => t = u
  /\ cancelRight :: \A S : \A s, t, u \in Seq(S) : s \o u = t \o u => s = t

(* Parts *)

THEOREM SubSeqProperties ==
  ASSUME NEW S, NEW s, NEW m \in Int, NEW n \in Int, \A i \in m .. n : s[i] \in S
  PROVE /\ SubSeq(s, m, n) \in Seq(S)
        /\ Len(SubSeq(s, m, n)) = (IF n < m THEN 0 ELSE n - m + 1)
        /\ \A i \in 1 .. (n - m + 1) : SubSeq(s, m, n)[i] = s[i + m - 1]
THEOREM SubSeqEmpty == ASSUME NEW s, NEW m \in Int, NEW n \in Int, n < m PROVE SubSeq(s, m, n) = <<>>
THEOREM SubSeqRange ==
  ASSUME NEW S, NEW s \in Seq(S), NEW m \in 1 .. Len(s), NEW n \in 1 .. Len(s)
  PROVE Range(SubSeq(s, m, n)) \subseteq Range(s)
THEOREM HeadTailProperties ==
  ASSUME NEW S, NEW s \in Seq(S), s # <<>>
  PROVE /\ Head(s) \in S
        /\ Head(s) \in Range(s)
        /\ Tail(s) \in Seq(S)
        /\ Len(Tail(s)) = Len(s) - 1
        /\ \A i \in 1 .. Len(Tail(s)) : Tail(s)[i] = s[i + 1]
        /\ Range(Tail(s)) \subseteq Range(s)
THEOREM TailIsSubSeq == ASSUME NEW S, NEW s \in Seq(S), s # <<>> PROVE Tail(s) = SubSeq(s, 2, Len(s))
THEOREM SubSeqRestrict ==
  ASSUME NEW S, NEW s \in Seq(S), NEW n \in 0 .. Len(s)
  PROVE SubSeq(s, 1, n) = Restrict(s, 1 .. n)
THEOREM HeadTailOfSubSeq ==
  ASSUME NEW S, NEW s \in Seq(S), NEW m \in 1 .. Len(s), NEW n \in m .. Len(s)
  PROVE Head(SubSeq(s, m, n)) = s[m] /\ Tail(SubSeq(s, m, n)) = SubSeq(s, m + 1, n)
THEOREM SubSeqRecursive ==
  ASSUME NEW S, NEW s \in Seq(S), NEW m \in 1 .. Len(s), NEW n \in m .. Len(s)
  PROVE /\ SubSeq(s, m, n) = <<s[m]>> \o SubSeq(s, m + 1, n)
        /\ SubSeq(s, m, n) = SubSeq(s, m, n - 1) \o <<s[n]>>
THEOREM SubSeqOfSubSeq ==
  ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S), NEW i \in 1 .. Len(s), NEW j \in 1 .. Len(s),
         NEW m \in 1 .. (j - i + 1), NEW n \in 1 .. (j - i + 1)
  PROVE SubSeq(SubSeq(s, i, j), m, n) = SubSeq(s, i + m - 1, i + n - 1)
THEOREM ConcatAdjacentSubSeq ==
  ASSUME NEW S, NEW s \in Seq(S), NEW m \in 1 .. (Len(s) + 1), NEW k \in (m - 1) .. Len(s), NEW n \in k .. Len(s)
  PROVE SubSeq(s, m, k) \o SubSeq(s, k + 1, n) = SubSeq(s, m, n)
THEOREM SubSeqOfConcat1 ==
  ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S), NEW m \in 1 .. Len(s), NEW n \in 1 .. Len(s)
  PROVE SubSeq(s \o t, m, n) = SubSeq(s, m, n)
THEOREM SubSeqOfConcat2 ==
  ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S),
         NEW m \in (Len(s) + 1) .. (Len(s) + Len(t)), NEW n \in (Len(s) + 1) .. (Len(s) + Len(t))
  PROVE SubSeq(s \o t, m, n) = SubSeq(t, m - Len(s), n - Len(s))

(* Append *)

THEOREM AppendProperties ==
  ASSUME NEW S, NEW s \in Seq(S), NEW e \in S
  PROVE /\ Append(s, e) \in Seq(S)
        /\ Append(s, e) # <<>>
        /\ Len(Append(s, e)) = Len(s) + 1
        /\ \A i \in 1 .. Len(s) : Append(s, e)[i] = s[i]
        /\ Append(s, e)[Len(s) + 1] = e
        /\ Range(Append(s, e)) = Range(s) \cup {e}
THEOREM AppendIsConcat == ASSUME NEW S, NEW s \in Seq(S), NEW e \in S PROVE Append(s, e) = s \o <<e>>
THEOREM HeadTailAppend ==
  ASSUME NEW S, NEW s \in Seq(S), NEW e
  PROVE /\ Head(Append(s, e)) = (IF s = <<>> THEN e ELSE Head(s))
        /\ Tail(Append(s, e)) = (IF s = <<>> THEN <<>> ELSE Append(Tail(s), e))
THEOREM AppendInjective ==
  ASSUME NEW S, NEW e \in S, NEW s \in Seq(S), NEW f \in S, NEW t \in Seq(S)
  PROVE Append(s, e) = Append(t, f) <=> (s = t /\ e = f)
THEOREM SequenceEmptyOrAppend ==
  ASSUME NEW S, NEW s \in Seq(S), s # <<>>
  PROVE \E t \in Seq(S), e \in S : s = Append(t, e)

(* Induction *)

THEOREM SequencesInductionAppend ==
  ASSUME NEW P(_), NEW S, P(<<>>), \A s \in Seq(S), e \in S : P(s) => P(Append(s, e))
  PROVE \A s \in Seq(S) : P(s)
THEOREM SequencesInductionTail ==
  ASSUME NEW S, NEW P(_), P(<<>>), \A s \in Seq(S) : (s # <<>> /\ P(Tail(s))) => P(s)
  PROVE \A s \in Seq(S) : P(s)

(* Elements *)

THEOREM RangeOfSeq == ASSUME NEW S, NEW s \in Seq(S) PROVE Range(s) \in SUBSET S
THEOREM RangeEquality == ASSUME NEW S, NEW s \in Seq(S) PROVE Range(s) = {s[i] : i \in 1 .. Len(s)}
THEOREM SeqOfRange == ASSUME NEW S, NEW s \in Seq(S) PROVE s \in Seq(Range(s))
THEOREM RangeConcatenation ==
  ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S)
  PROVE Range(s \o t) = Range(s) \cup Range(t)

LEMMA EmptySingletonIsInjective == IsInjective(<<>>) /\ \A e : IsInjective(<<e>>)
LEMMA ConcatInjectiveSeq ==
  ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S)
  PROVE IsInjective(s \o t) <=> (IsInjective(s) /\ IsInjective(t) /\ Range(s) \cap Range(t) = {})
LEMMA AppendInjectiveSeq ==
  ASSUME NEW S, NEW s \in Seq(S), NEW e \in S
  PROVE IsInjective(Append(s, e)) <=> (IsInjective(s) /\ e \notin Range(s))
LEMMA TailInjectiveSeq ==
  ASSUME NEW S, NEW s \in Seq(S), IsInjective(s), s # <<>>
  PROVE IsInjective(Tail(s)) /\ Range(Tail(s)) = Range(s) \ {Head(s)}
=============================================================================
