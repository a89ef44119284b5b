------------------------------- MODULE Option -------------------------------
(* A value, or none, as a variant. *)
EXTENDS Apalache, Variants

Some(v) == Variant("Some", v)
None == Variant("None", UNIT)

IsSome(o) == VariantTag(o) = "Some"
IsNone(o) == VariantTag(o) = "None"

OptionCase(o, WithSome(_), WithNone(_)) ==
  IF IsNone(o) THEN WithNone(UNIT) ELSE WithSome(VariantGetUnsafe("Some", o))
OptionFlatMap(F(_), o) == OptionCase(o, F, LAMBDA unit : None)
OptionMap(F(_), o) == OptionFlatMap(LAMBDA v : Some(F(v)), o)
OptionGetOrElse(o, otherwise) == OptionCase(o, LAMBDA v : v, LAMBDA unit : otherwise)
OptionToSeq(o) == OptionCase(o, LAMBDA v : <<v>>, LAMBDA unit : <<>>)
OptionToSet(o) == OptionCase(o, LAMBDA v : {v}, LAMBDA unit : {})
OptionGuess(S) == IF S = {} THEN None ELSE Some(CHOOSE v \in S : TRUE)

(* The value of a function at an optional argument; a function that has no value on some arguments. *)
OptionFunApp(f, o) == OptionMap(LAMBDA v : f[v], o)
OptionPartialFun(f, undefined) ==
  [x \in DOMAIN f \cup undefined |-> IF x \in undefined THEN None ELSE Some(f[x])]
=============================================================================
