-------------------------- MODULE DyadicRationals --------------------------
(* Fractions whose denominator is a power of two, as records, reduced. *)
LOCAL INSTANCE FiniteSets
LOCAL INSTANCE Integers
LOCAL INSTANCE Sequences
LOCAL INSTANCE FiniteSetsExt
LOCAL INSTANCE TLC

(* A common divisor of a power of two and another number is a power of two. *)
LOCAL Reduced(num, den) ==
  LET halved[n \in Int, d \in Nat] ==
        IF d > 1 /\ n % 2 = 0 /\ d % 2 = 0 THEN halved[n \div 2, d \div 2] ELSE [num |-> n, den |-> d]
  IN halved[num, den]

IsDyadicRational(r) == \E i \in 0 .. r.den : 2 ^ i = r.den

Zero == [num |-> 0, den |-> 1]
One == [num |-> 1, den |-> 1]

Add(p, q) ==
  IF p = Zero
  THEN q
  ELSE LET common == Max({p.den, q.den})
           part(r) == r.num * (common \div r.den)
       IN Reduced(part(p) + part(q), common)
Half(p) == Reduced(p.num, 2 * p.den)

PrettyPrint(p) ==
  CASE p = Zero -> "0"
    [] p = One -> "1"
    [] OTHER -> ToString(p.num) \o "/" \o ToString(p.den)
=============================================================================
