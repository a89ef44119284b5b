------------------------------ MODULE RealTime ------------------------------
(* Time that passes, and bounds for how long an action may be possible before it happens: Specifying Systems, chapter 9. *)
EXTENDS Reals
VARIABLE now

(* A step of `A' that changes `v' happens when it has been possible for at least `D' and at most `E' units of time. *)
RTBound(A, v, D, E) ==
  LET Tick(t) == t' = (IF <<A>>_v \/ ~(ENABLED <<A>>_v)' THEN 0 ELSE t + now' - now)
      Clock(t) == t = 0 /\ [][Tick(t)]_<<t, v, now>>
  IN \EE t : Clock(t) /\ [](t <= E) /\ [][A => t >= D]_v

(* Time starts with a real number, rises in steps that leave `v' alone, and beyond every bound. *)
RTnow(v) ==
  LET Passing == now' \in {r \in Real : now < r} /\ UNCHANGED v
  IN /\ now \in Real
     /\ [][Passing]_now
     /\ \A r \in Real : WF_now(Passing /\ now' > r)
=============================================================================
