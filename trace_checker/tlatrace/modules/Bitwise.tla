------------------------------ MODULE Bitwise ------------------------------
(* Natural numbers as rows of bits. *)
LOCAL INSTANCE Integers

LOCAL Bit(k, n) == (k \div 2 ^ n) % 2
LOCAL Larger(x, y) == IF x < y THEN y ELSE x

(* Two rows joined from bit `n' on, as many bits as `m' has. *)
RECURSIVE And(_, _, _, _)
LOCAL And(x, y, n, m) ==
  IF m = 0 THEN 0 ELSE Bit(x, n) * Bit(y, n) * 2 ^ n + And(x, y, n + 1, m \div 2)
RECURSIVE Or(_, _, _, _)
LOCAL Or(x, y, n, m) ==
  IF m = 0 THEN 0 ELSE (IF Bit(x, n) = 1 THEN 1 ELSE Bit(y, n)) * 2 ^ n + Or(x, y, n + 1, m \div 2)
RECURSIVE Xor(_, _, _, _)
LOCAL Xor(x, y, n, m) ==
  IF m = 0 THEN 0 ELSE (IF Bit(x, n) = Bit(y, n) THEN 0 ELSE 1) * 2 ^ n + Xor(x, y, n + 1, m \div 2)

x & y == And(x, y, 0, Larger(x, y))
x | y == Or(x, y, 0, Larger(x, y))
x ^^ y == Xor(x, y, 0, Larger(x, y))

(* `n' without its lowest `pos' bits. *)
RECURSIVE shiftR(_, _)
shiftR(n, pos) == IF pos = 0 THEN n ELSE shiftR(n \div 2, pos - 1)
=============================================================================
