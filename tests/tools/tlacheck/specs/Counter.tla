------------------------------ MODULE Counter ------------------------------
(* Two processes take turns in raising a counter. Small enough to be checked in a blink; each configuration beside it *)
(* makes TLC say something else.                                                                                      *)
EXTENDS Integers, Sequences, FiniteSets, TLC
CONSTANTS Limit, Proc, NoProc

VARIABLES n, owner, history
vars == <<n, owner, history>>

ASSUME LimitIsNatural == Limit \in Nat

Init == n = 0 /\ owner = NoProc /\ history = <<>>

Take(p) == /\ owner = NoProc
           /\ owner' = p
           /\ UNCHANGED <<n, history>>

Inc(p) == /\ owner = p
          /\ n < Limit
          /\ n' = n + 1
          /\ owner' = NoProc
          /\ history' = Append(history, [by |-> p, at |-> n, seen |-> {p, NoProc}, f |-> (p :> -1 @@ NoProc :> 2)])

Reset == n = Limit /\ n' = 0 /\ owner' = NoProc /\ history' = <<>>

Next == \E p \in Proc : Take(p) \/ Inc(p)
NextLoop == Next \/ Reset
NextBroken == IF n < 1 THEN Next ELSE n' = history[7].at /\ UNCHANGED <<owner, history>>

Spec == Init /\ [][Next]_vars
FairSpec == Spec /\ WF_vars(Next)
LoopSpec == Init /\ [][NextLoop]_vars /\ WF_vars(NextLoop)
BrokenSpec == Init /\ [][NextBroken]_vars

TypeOK == n \in 0..Limit
BelowTwoInv == n < 2
PositiveInv == n > 0
NeverTwoProp == [][n' # 2]_n
TwoFacedProp == (n = 0) /\ [][n' # 2]_n
ReachesFour == <>(n = 4)
StaysUp == <>[](n > 0)
BadEvalInv == n < 2 \/ history[5] = 3
ChattyInv == PrintT(<<"n is", n>>) /\ n < 1
AssertInv == Assert(n < 2, "n grew too much")
=============================================================================
