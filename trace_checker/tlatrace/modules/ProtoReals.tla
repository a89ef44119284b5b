----------------------------- MODULE ProtoReals -----------------------------
(* The real numbers as the complete ordered field that contains the naturals of Peano: Specifying Systems, section
   18.4. Nobody evaluates this. *)
EXTENDS Peano

LOCAL IsAbelianGroup(G, Id, op(_, _)) ==
  /\ Id \in G
  /\ \A a, b \in G : op(a, b) \in G /\ op(a, b) = op(b, a)
  /\ \A a \in G : op(Id, a) = a /\ \E other \in G : op(a, other) = Id
  /\ \A a, b, c \in G : op(op(a, b), c) = op(a, op(b, c))

IsModelOfReals(R, Plus, Times, Leq) ==
  LET a + b == Plus[a, b]
      a * b == Times[a, b]
      a <= b == <<a, b>> \in Leq
      IsBound(b, S) == \A s \in S : s <= b
      One == Succ[Zero]
  IN /\ Nat \subseteq R
     /\ \A n \in Nat : Succ[n] = n + One
     /\ IsAbelianGroup(R, Zero, LAMBDA a, b : a + b)
     /\ IsAbelianGroup(R \ {Zero}, One, LAMBDA a, b : a * b)
     /\ \A a, b, c \in R : a * (b + c) = (a * b) + (a * c)
     /\ \A a, b \in R : (a <= b \/ b <= a) /\ (a <= b /\ b <= a => a = b)
     /\ \A a, b, c \in R :
          /\ (a <= b /\ b <= c) => a <= c
          /\ a <= b => (a + c) <= (b + c) /\ (Zero <= c => (a * c) <= (b * c))
     /\ \A S \in SUBSET R :
          (S # {} /\ \E b \in R : IsBound(b, S))
            => \E least \in R : IsBound(least, S) /\ \A b \in R : IsBound(b, S) => least <= b

RM == CHOOSE M : IsModelOfReals(M.R, M.Plus, M.Times, M.Leq)
Real == RM.R

a + b == RM.Plus[a, b]
a * b == RM.Times[a, b]
a <= b == <<a, b>> \in RM.Leq
a - b == CHOOSE c \in Real : c + b = a
a / b == CHOOSE c \in Real : a = b * c
Int == Nat \cup {Zero - n : n \in Nat}

LOCAL One == Succ[Zero]
LOCAL Positive(r) == r # Zero /\ Zero <= r

(* Powers with a real exponent, for a positive base; with an integer one, for any base but zero. *)
a ^ b ==
  LET IsPower(exp) ==
        /\ \A r \in Real : Positive(r) => exp[r, One] = r
        /\ \A r \in Real : \A m, n \in Int : r # Zero => exp[r, m + n] = exp[r, m] * exp[r, n]
        /\ \A r, m, n \in Real : Positive(r) => exp[r, m * n] = exp[exp[r, m], n]
  IN (CHOOSE exp \in [Real \X Real -> Real] : IsPower(exp))[a, b]
=============================================================================
