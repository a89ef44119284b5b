----------------------- MODULE SequencesExtTheorems -----------------------
(* Facts about the operators of SequencesExt. The statements are the interface of the module of the TLA+ Proof System;
   the proofs are there. *)
EXTENDS Sequences, SequencesExt, Functions, Integers
LOCAL INSTANCE FiniteSetsExt
LOCAL INSTANCE Folds
LOCAL INSTANCE WellFoundedInduction

(* Cons, InsertAt and RemoveAt *)

THEOREM ConsProperties ==
  ASSUME NEW S, NEW s \in Seq(S), NEW e \in S
  PROVE /\ Cons(e, s) \in Seq(S)
        /\ Cons(e, s) # <<>>
        /\ Len(Cons(e, s)) = Len(s) + 1
        /\ Head(Cons(e, s)) = e
        /\ Tail(Cons(e, s)) = s
        /\ Cons(e, s)[1] = e
        /\ \A i \in 1 .. Len(s) : Cons(e, s)[i + 1] = s[i]
        /\ \A i \in 2 .. (Len(s) + 1) : Cons(e, s)[i] = s[i - 1]
THEOREM ConsEmpty == \A e : Cons(e, <<>>) = <<e>>
THEOREM ConsHeadTail == ASSUME NEW S, NEW s \in Seq(S), s # <<>> PROVE Cons(Head(s), Tail(s)) = s
THEOREM ConsAppend ==
  ASSUME NEW S, NEW s \in Seq(S), NEW e \in S, NEW f \in S
  PROVE Cons(e, Append(s, f)) = Append(Cons(e, s), f)
THEOREM ConsInjective ==
  ASSUME NEW S, NEW e \in S, NEW s \in Seq(S), NEW f \in S, NEW t \in Seq(S)
  PROVE Cons(e, s) = Cons(f, t) <=> (e = f /\ s = t)
THEOREM SequencesInductionCons ==
  ASSUME NEW P(_), NEW S, P(<<>>), \A s \in Seq(S), e \in S : P(s) => P(Cons(e, s))
  PROVE \A s \in Seq(S) : P(s)
THEOREM InsertAtProperties ==
  ASSUME NEW S, NEW s \in Seq(S), NEW i \in 1 .. (Len(s) + 1), NEW e \in S
  PROVE /\ InsertAt(s, i, e) \in Seq(S)
        /\ Len(InsertAt(s, i, e)) = Len(s) + 1
        /\ \A j \in 1 .. (Len(s) + 1) :
             InsertAt(s, i, e)[j] = (IF j = i THEN e ELSE IF j < i THEN s[j] ELSE s[j - 1])
THEOREM RemoveAtProperties ==
  ASSUME NEW S, NEW s \in Seq(S), NEW i \in 1 .. Len(s)
  PROVE /\ RemoveAt(s, i) \in Seq(S)
        /\ Len(RemoveAt(s, i)) = Len(s) - 1
        /\ \A j \in 1 .. (Len(s) - 1) : RemoveAt(s, i)[j] = (IF j < i THEN s[j] ELSE s[j + 1])

(* Front and Last *)

THEOREM FrontProperties ==
  ASSUME NEW S, NEW s \in Seq(S)
  PROVE /\ Front(s) \in Seq(S)
        /\ Len(Front(s)) = (IF s = <<>> THEN 0 ELSE Len(s) - 1)
        /\ \A i \in 1 .. (Len(s) - 1) : Front(s)[i] = s[i]
THEOREM FrontOfEmpty == Front(<<>>) = <<>>
THEOREM LastProperties ==
  ASSUME NEW S, NEW s \in Seq(S), s # <<>>
  PROVE Last(s) \in S /\ Append(Front(s), Last(s)) = s
THEOREM FrontLastOfSubSeq ==
  ASSUME NEW S, NEW s \in Seq(S), NEW m \in 1 .. Len(s), NEW n \in m .. Len(s)
  PROVE Front(SubSeq(s, m, n)) = SubSeq(s, m, n - 1) /\ Last(SubSeq(s, m, n)) = s[n]
THEOREM FrontLastAppend ==
  ASSUME NEW S, NEW s \in Seq(S), NEW e \in S
  PROVE Front(Append(s, e)) = s /\ Last(Append(s, e)) = e
LEMMA FrontInjectiveSeq ==
  ASSUME NEW S, NEW s \in Seq(S), IsInjective(s), s # <<>>
  PROVE IsInjective(Front(s)) /\ Range(Front(s)) = Range(s) \ {Last(s)}
THEOREM SequencesInductionFront ==
  ASSUME NEW S, NEW P(_), P(<<>>), \A s \in Seq(S) : (s # <<>> /\ P(Front(s))) => P(s)
  PROVE \A s \in Seq(S) : P(s)

(* Reverse *)

THEOREM ReverseProperties ==
  ASSUME NEW S, NEW s \in Seq(S)
  PROVE Reverse(s) \in Seq(S) /\ Len(Reverse(s)) = Len(s) /\ Reverse(Reverse(s)) = s
THEOREM ReverseEmpty == Reverse(<<>>) = <<>>
THEOREM ReverseEqual == ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S), Reverse(s) = Reverse(t) PROVE s = t
THEOREM ReverseEmptyIffEmpty == ASSUME NEW S, NEW s \in Seq(S), Reverse(s) = <<>> PROVE s = <<>>
THEOREM ReverseConcat ==
  ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S)
  PROVE Reverse(s \o t) = Reverse(t) \o Reverse(s)
THEOREM ReverseAppend ==
  ASSUME NEW S, NEW s \in Seq(S), NEW e \in S
  PROVE Reverse(Append(s, e)) = Cons(e, Reverse(s))
THEOREM ReverseCons == ASSUME NEW S, NEW s \in Seq(S), NEW e \in S PROVE Reverse(Cons(e, s)) = Append(Reverse(s), e)
THEOREM ReverseSingleton == \A e : Reverse(<<e>>) = <<e>>
THEOREM ReverseSubSeq ==
  ASSUME NEW S, NEW s \in Seq(S), NEW m \in 1 .. Len(s), NEW n \in 1 .. Len(s)
  PROVE Reverse(SubSeq(s, m, n)) = SubSeq(Reverse(s), Len(s) - n + 1, Len(s) - m + 1)
THEOREM ReversePalindrome == ASSUME NEW S, NEW s \in Seq(S), Reverse(s) = s PROVE Reverse(s \o s) = s \o s
THEOREM LastEqualsHeadReverse == ASSUME NEW S, NEW s \in Seq(S), s # <<>> PROVE Last(s) = Head(Reverse(s))
THEOREM ReverseFrontEqualsTailReverse ==
  ASSUME NEW S, NEW s \in Seq(S), s # <<>>
  PROVE Reverse(Front(s)) = Tail(Reverse(s))
THEOREM RangeReverse ==
  ASSUME NEW S, NEW s \in Seq(S)
  PROVE DOMAIN Reverse(s) = DOMAIN s /\ Range(Reverse(s)) = Range(s)

(* Prefixes *)

THEOREM IsPrefixProperties ==
  ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S)
  PROVE /\ IsPrefix(s, t) <=> \E u \in Seq(S) : t = s \o u
        /\ IsPrefix(s, t) <=> (Len(s) <= Len(t) /\ s = SubSeq(t, 1, Len(s)))
        /\ IsPrefix(s, t) <=> (Len(s) <= Len(t) /\ s = Restrict(t, DOMAIN s))
THEOREM IsStrictPrefixProperties ==
  ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S)
  PROVE /\ IsStrictPrefix(s, t) <=> \E u \in Seq(S) : u # <<>> /\ t = s \o u
        /\ IsStrictPrefix(s, t) <=> (Len(s) < Len(t) /\ s = SubSeq(t, 1, Len(s)))
        /\ IsStrictPrefix(s, t) <=> (Len(s) < Len(t) /\ s = Restrict(t, DOMAIN s))
        /\ IsStrictPrefix(s, t) <=> (Len(s) < Len(t) /\ IsPrefix(s, t))
THEOREM IsPrefixElts ==
  ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S), NEW i \in 1 .. Len(s), IsPrefix(s, t)
  PROVE s[i] = t[i]
THEOREM EmptyIsPrefix ==
  ASSUME NEW S, NEW s \in Seq(S)
  PROVE /\ IsPrefix(<<>>, s)
        /\ IsPrefix(s, <<>>) <=> s = <<>>
        /\ IsStrictPrefix(<<>>, s) <=> s # <<>>
        /\ ~IsStrictPrefix(s, <<>>)
THEOREM IsPrefixConcat == ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S) PROVE IsPrefix(s, s \o t)
THEOREM IsStrictPrefixAppend == ASSUME NEW S, NEW s \in Seq(S), NEW e \in S PROVE IsStrictPrefix(s, Append(s, e))
THEOREM FrontIsPrefix ==
  ASSUME NEW S, NEW s \in Seq(S)
  PROVE IsPrefix(Front(s), s) /\ (s = <<>> \/ IsStrictPrefix(Front(s), s))
THEOREM IsPrefixPartialOrder ==
  ASSUME NEW S
  PROVE /\ \A s \in Seq(S) : IsPrefix(s, s)
        /\ \A s, t \in Seq(S) : (IsPrefix(s, t) /\ IsPrefix(t, s)) => s = t
        /\ \A s, t, u \in Seq(S) : (IsPrefix(s, t) /\ IsPrefix(t, u)) => IsPrefix(s, u)
THEOREM ConcatIsPrefix ==
  ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S), NEW u \in Seq(S), IsPrefix(s \o t, u)
  PROVE IsPrefix(s, u)
THEOREM ConcatIsPrefixCancel ==
  ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S), NEW u \in Seq(S)
  PROVE IsPrefix(s \o t, s \o u) <=> IsPrefix(t, u)
THEOREM ConsIsPrefixCancel ==
  ASSUME NEW S, NEW e \in S, NEW s \in Seq(S), NEW t \in Seq(S)
  PROVE IsPrefix(Cons(e, s), Cons(e, t)) <=> IsPrefix(s, t)
THEOREM ConsIsPrefix ==
  ASSUME NEW S, NEW e \in S, NEW s \in Seq(S), NEW t \in Seq(S), IsPrefix(Cons(e, s), t)
  PROVE Head(t) = e /\ IsPrefix(s, Tail(t))
THEOREM IsStrictPrefixStrictPartialOrder ==
  ASSUME NEW S
  PROVE /\ \A s \in Seq(S) : ~IsStrictPrefix(s, s)
        /\ \A s, t \in Seq(S) : ~(IsStrictPrefix(s, t) /\ IsStrictPrefix(t, s))
        /\ \A s, t, u \in Seq(S) : (IsStrictPrefix(s, t) /\ IsStrictPrefix(t, u)) => IsStrictPrefix(s, u)
THEOREM IsStrictPrefixWellFounded ==
  ASSUME NEW S
  PROVE IsWellFoundedOn(OpToRel(IsStrictPrefix, Seq(S)), Seq(S))
THEOREM SeqStrictPrefixInduction ==
  ASSUME NEW P(_), NEW S, \A t \in Seq(S) : (\A s \in Seq(S) : IsStrictPrefix(s, t) => P(s)) => P(t)
  PROVE \A s \in Seq(S) : P(s)

(* Suffixes *)

THEOREM IsSuffixProperties ==
  ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S)
  PROVE /\ IsSuffix(s, t) <=> \E u \in Seq(S) : t = u \o s
        /\ IsSuffix(s, t) <=> (Len(s) <= Len(t) /\ s = SubSeq(t, Len(t) - Len(s) + 1, Len(t)))
        /\ IsSuffix(s, t) <=> IsPrefix(Reverse(s), Reverse(t))
THEOREM IsStrictSuffixProperties ==
  ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S)
  PROVE /\ IsStrictSuffix(s, t) <=> \E u \in Seq(S) : u # <<>> /\ t = u \o s
        /\ IsStrictSuffix(s, t) <=> (Len(s) < Len(t) /\ IsSuffix(s, t))
        /\ IsStrictSuffix(s, t) <=> (Len(s) < Len(t) /\ s = SubSeq(t, Len(t) - Len(s) + 1, Len(t)))
        /\ IsStrictSuffix(s, t) <=> IsStrictPrefix(Reverse(s), Reverse(t))
THEOREM IsSuffixElts ==
  ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S), NEW i \in 1 .. Len(s), IsSuffix(s, t)
  PROVE s[i] = t[i + Len(t) - Len(s)]
THEOREM EmptyIsSuffix ==
  ASSUME NEW S, NEW s \in Seq(S)
  PROVE /\ IsSuffix(<<>>, s)
        /\ IsSuffix(s, <<>>) <=> s = <<>>
        /\ IsStrictSuffix(<<>>, s) <=> s # <<>>
        /\ ~IsStrictSuffix(s, <<>>)
THEOREM IsSuffixConcat == ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S) PROVE IsSuffix(s, t \o s)
THEOREM IsStrictSuffixCons == ASSUME NEW S, NEW s \in Seq(S), NEW e \in S PROVE IsStrictSuffix(s, Cons(e, s))
THEOREM TailIsSuffix == ASSUME NEW S, NEW s \in Seq(S), s # <<>> PROVE IsStrictSuffix(Tail(s), s)
THEOREM IsSuffixPartialOrder ==
  ASSUME NEW S
  PROVE /\ \A s \in Seq(S) : IsSuffix(s, s)
        /\ \A s, t \in Seq(S) : (IsSuffix(s, t) /\ IsSuffix(t, s)) => s = t
        /\ \A s, t, u \in Seq(S) : (IsSuffix(s, t) /\ IsSuffix(t, u)) => IsSuffix(s, u)
THEOREM ConcatIsSuffix ==
  ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S), NEW u \in Seq(S), IsSuffix(s \o t, u)
  PROVE IsSuffix(t, u)
THEOREM ConcatIsSuffixCancel ==
  ASSUME NEW S, NEW s \in Seq(S), NEW t \in Seq(S), NEW u \in Seq(S)
  PROVE IsSuffix(s \o t, u \o t) <=> IsSuffix(s, u)
THEOREM AppendIsSuffixCancel ==
  ASSUME NEW S, NEW e \in S, NEW s \in Seq(S), NEW t \in Seq(S)
  PROVE IsSuffix(Append(s, e), Append(t, e)) <=> IsSuffix(s, t)
THEOREM AppendIsSuffix ==
  ASSUME NEW S, NEW e \in S, NEW s \in Seq(S), NEW t \in Seq(S), IsSuffix(Append(s, e), t)
  PROVE Last(t) = e /\ IsSuffix(s, Front(t))
THEOREM IsStrictSuffixStrictPartialOrder ==
  ASSUME NEW S
  PROVE /\ \A s \in Seq(S) : ~IsStrictSuffix(s, s)
        /\ \A s, t \in Seq(S) : ~(IsStrictSuffix(s, t) /\ IsStrictSuffix(t, s))
        /\ \A s, t, u \in Seq(S) : (IsStrictSuffix(s, t) /\ IsStrictSuffix(t, u)) => IsStrictSuffix(s, u)
THEOREM IsStrictSuffixWellFounded ==
  ASSUME NEW S
  PROVE IsWellFoundedOn(OpToRel(IsStrictSuffix, Seq(S)), Seq(S))
THEOREM SeqStrictSuffixInduction ==
  ASSUME NEW P(_), NEW S, \A t \in Seq(S) : (\A s \in Seq(S) : IsStrictSuffix(s, t) => P(s)) => P(t)
  PROVE \A s \in Seq(S) : P(s)

(* Functions of sequences that are defined by those of their strict prefixes, or suffixes *)

StrictPrefixesDetermineDef(S, Def(_, _)) ==
  \A g, h : \A s \in Seq(S) : (\A p \in Seq(S) : IsStrictPrefix(p, s) => g[p] = h[p]) => Def(g, s) = Def(h, s)
StrictSuffixesDetermineDef(S, Def(_, _)) ==
  \A g, h : \A s \in Seq(S) : (\A p \in Seq(S) : IsStrictSuffix(p, s) => g[p] = h[p]) => Def(g, s) = Def(h, s)

LEMMA StrictPrefixesDetermineDef_WFDefOn ==
  ASSUME NEW S, NEW Def(_, _), StrictPrefixesDetermineDef(S, Def)
  PROVE WFDefOn(OpToRel(IsStrictPrefix, Seq(S)), Seq(S), Def)
THEOREM PrefixRecursiveSequenceFunctionUnique ==
  ASSUME NEW S, NEW Def(_, _), StrictPrefixesDetermineDef(S, Def)
  PROVE WFInductiveUnique(Seq(S), Def)
THEOREM PrefixRecursiveSequenceFunctionDef ==
  ASSUME NEW S, NEW Def(_, _), NEW f, StrictPrefixesDetermineDef(S, Def), OpDefinesFcn(f, Seq(S), Def)
  PROVE WFInductiveDefines(f, Seq(S), Def)
THEOREM PrefixRecursiveSequenceFunctionType ==
  ASSUME NEW S, NEW T, NEW Def(_, _), NEW f, T # {}, StrictPrefixesDetermineDef(S, Def),
         WFInductiveDefines(f, Seq(S), Def), \A g \in [Seq(S) -> T], s \in Seq(S) : Def(g, s) \in T
  PROVE f \in [Seq(S) -> T]
LEMMA StrictSuffixesDetermineDef_WFDefOn ==
  ASSUME NEW S, NEW Def(_, _), StrictSuffixesDetermineDef(S, Def)
  PROVE WFDefOn(OpToRel(IsStrictSuffix, Seq(S)), Seq(S), Def)
THEOREM SuffixRecursiveSequenceFunctionUnique ==
  ASSUME NEW S, NEW Def(_, _), StrictSuffixesDetermineDef(S, Def)
  PROVE WFInductiveUnique(Seq(S), Def)
THEOREM SuffixRecursiveSequenceFunctionDef ==
  ASSUME NEW S, NEW Def(_, _), NEW f, StrictSuffixesDetermineDef(S, Def), OpDefinesFcn(f, Seq(S), Def)
  PROVE WFInductiveDefines(f, Seq(S), Def)
THEOREM SuffixRecursiveSequenceFunctionType ==
  ASSUME NEW S, NEW T, NEW Def(_, _), NEW f, T # {}, StrictSuffixesDetermineDef(S, Def),
         WFInductiveDefines(f, Seq(S), Def), \A g \in [Seq(S) -> T], s \in Seq(S) : Def(g, s) \in T
  PROVE f \in [Seq(S) -> T]

(* Functions of sequences that are defined along Tail, or Front *)

TailInductiveDefHypothesis(f, S, f0, Def(_, _)) ==
  f = CHOOSE g : g = [s \in Seq(S) |-> IF s = <<>> THEN f0 ELSE Def(g[Tail(s)], s)]
TailInductiveDefConclusion(f, S, f0, Def(_, _)) ==
  f = [s \in Seq(S) |-> IF s = <<>> THEN f0 ELSE Def(f[Tail(s)], s)]
THEOREM TailInductiveDef ==
  ASSUME NEW S, NEW Def(_, _), NEW f, NEW f0, TailInductiveDefHypothesis(f, S, f0, Def)
  PROVE TailInductiveDefConclusion(f, S, f0, Def)
THEOREM TailInductiveDefType ==
  ASSUME NEW S, NEW Def(_, _), NEW f, NEW f0, NEW T, TailInductiveDefConclusion(f, S, f0, Def), f0 \in T,
         \A t \in T, s \in Seq(S) : s = <<>> \/ Def(t, s) \in T
  PROVE f \in [Seq(S) -> T]
FrontInductiveDefHypothesis(f, S, f0, Def(_, _)) ==
  f = CHOOSE g : g = [s \in Seq(S) |-> IF s = <<>> THEN f0 ELSE Def(g[Front(s)], s)]
FrontInductiveDefConclusion(f, S, f0, Def(_, _)) ==
  f = [s \in Seq(S) |-> IF s = <<>> THEN f0 ELSE Def(f[Front(s)], s)]
THEOREM FrontInductiveDef ==
  ASSUME NEW S, NEW Def(_, _), NEW f, NEW f0, FrontInductiveDefHypothesis(f, S, f0, Def)
  PROVE FrontInductiveDefConclusion(f, S, f0, Def)
THEOREM FrontInductiveDefType ==
  ASSUME NEW S, NEW Def(_, _), NEW f, NEW f0, NEW T, FrontInductiveDefConclusion(f, S, f0, Def), f0 \in T,
         \A t \in T, s \in Seq(S) : s = <<>> \/ Def(t, s) \in T
  PROVE f \in [Seq(S) -> T]

(* Folds *)

THEOREM FoldLeftRecursion ==
  ASSUME NEW op(_, _), NEW base, NEW S, NEW s \in Seq(S)
  PROVE FoldLeft(op, base, s) = (IF s = <<>> THEN base ELSE op(FoldLeft(op, base, Front(s)), Last(s)))
THEOREM FoldLeftEmpty == ASSUME NEW op(_, _), NEW base PROVE FoldLeft(op, base, <<>>) = base
THEOREM FoldLeftNonempty ==
  ASSUME NEW op(_, _), NEW base, NEW S, NEW s \in Seq(S), s # <<>>
  PROVE FoldLeft(op, base, s) = op(FoldLeft(op, base, Front(s)), Last(s))
THEOREM FoldLeftAppend ==
  ASSUME NEW op(_, _), NEW base, NEW S, NEW s \in Seq(S), NEW e \in S
  PROVE FoldLeft(op, base, Append(s, e)) = op(FoldLeft(op, base, s), e)
THEOREM FoldLeftType ==
  ASSUME NEW T, NEW op(_, _), NEW base \in T, NEW s \in Seq(T), \A x, y \in T : op(x, y) \in T
  PROVE FoldLeft(op, base, s) \in T
THEOREM FoldLeftConcat ==
  ASSUME NEW T, NEW op(_, _), NEW base \in T, \A x, y \in T : op(x, y) \in T,
         \A x, y, z \in T : op(op(x, y), z) = op(x, op(y, z)), \A x \in T : op(x, base) = x,
         NEW s \in Seq(T), NEW t \in Seq(T)
  PROVE FoldLeft(op, base, s \o t) = op(FoldLeft(op, base, s), FoldLeft(op, base, t))
THEOREM FoldRightRecursion ==
  ASSUME NEW op(_, _), NEW base, NEW S, NEW s \in Seq(S)
  PROVE FoldRight(op, s, base) = (IF s = <<>> THEN base ELSE op(Head(s), FoldRight(op, Tail(s), base)))
THEOREM FoldRightEmpty == ASSUME NEW op(_, _), NEW base PROVE FoldRight(op, <<>>, base) = base
THEOREM FoldRightNonempty ==
  ASSUME NEW op(_, _), NEW base, NEW S, NEW s \in Seq(S), s # <<>>
  PROVE FoldRight(op, s, base) = op(Head(s), FoldRight(op, Tail(s), base))
THEOREM FoldRightCons ==
  ASSUME NEW op(_, _), NEW base, NEW S, NEW s \in Seq(S), NEW e \in S
  PROVE FoldRight(op, Cons(e, s), base) = op(e, FoldRight(op, s, base))
THEOREM FoldRightType ==
  ASSUME NEW T, NEW op(_, _), NEW base \in T, NEW s \in Seq(T), \A x, y \in T : op(x, y) \in T
  PROVE FoldRight(op, s, base) \in T
THEOREM FoldRightConcat ==
  ASSUME NEW T, NEW op(_, _), NEW base \in T, \A x, y \in T : op(x, y) \in T,
         \A x, y, z \in T : op(op(x, y), z) = op(x, op(y, z)), \A x \in T : op(base, x) = x,
         NEW s \in Seq(T), NEW t \in Seq(T)
  PROVE FoldRight(op, s \o t, base) = op(FoldRight(op, s, base), FoldRight(op, t, base))
THEOREM FoldLeftDomainIsMFS ==
  ASSUME NEW op(_, _), NEW base, NEW S, NEW s \in Seq(S)
  PROVE FoldLeftDomain(op, base, s)
          = MapThenFoldSet(LAMBDA x, y : op(y, x), base, LAMBDA i : i, LAMBDA left : Max(left), 1 .. Len(s))
THEOREM FoldRightDomainIsMFS ==
  ASSUME NEW op(_, _), NEW base, NEW S, NEW s \in Seq(S)
  PROVE FoldRightDomain(op, s, base)
          = MapThenFoldSet(op, base, LAMBDA i : i, LAMBDA left : Min(left), 1 .. Len(s))
=============================================================================
