------------------------------- MODULE TLCExt -------------------------------
(* What TLC knows of its own run, and means to test specifications. The texts of most operators only say how they are
   called: their values are Python's. *)
LOCAL INSTANCE TLC
LOCAL INSTANCE Integers

(* Equality that prints both sides where they differ. *)
AssertEq(a, b) == a = b \/ (PrintT("Assertion failed") /\ PrintT(a) /\ PrintT(b) /\ a = b)

(* Whether the expression has no value, the error being `err'. *)
AssertError(err, exp) == CHOOSE b \in BOOLEAN : TRUE

(* A register of TLCSet, or `defaultVal' where it was never set; the same, and set it to Op(old value, val). *)
TLCGetOrDefault(key, defaultVal) == CHOOSE v : TRUE
TLCGetAndSet(key, Op(_, _), val, defaultVal) ==
  LET old == TLCGetOrDefault(key, defaultVal) IN CHOOSE v \in {old} : TLCSet(key, Op(old, val))

(* The states from an initial one to the current one; the counterexample, for a postcondition, and its states in
   order. *)
Trace == CHOOSE s : TRUE
CounterExample == CHOOSE c : TRUE
ToTrace(CE) == CHOOSE s : TRUE

(* The model value with this name. *)
TLCModelValue(str) == CHOOSE v : ToString(v) = str

(* Evaluated when a successor was chosen, or never. *)
TLCDefer(expression) == TRUE
TLCNoOp(val) == val

(* TLC asks which successor to take, unless the expression is true. *)
PickSuccessor(exp) == TRUE

(* The value of the expression, which TLC remembers for equal values of `closure'. *)
TLCCache(expression, closure) == expression
TLCFP(var) == CHOOSE i \in Int : TRUE
TLCEvalDefinition(definitionName) == CHOOSE v : TRUE
=============================================================================
