------------------------------ MODULE Variants ------------------------------
(* Values of several shapes in one set: each is a record of a tag and a value. *)

UNIT == "U_OF_UNIT"

Variant(name, v) == [tag |-> name, value |-> v]

VariantTag(variant) == variant.tag
VariantFilter(name, S) == {variant.value : variant \in {each \in S : each.tag = name}}

(* The value, where it has this tag: else another one; else it does not matter what. *)
VariantGetOrElse(name, variant, otherwise) == IF variant.tag = name THEN variant.value ELSE otherwise
VariantGetUnsafe(name, variant) == variant.value
=============================================================================
