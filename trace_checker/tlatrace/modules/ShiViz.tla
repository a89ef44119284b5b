------------------------------- MODULE ShiViz -------------------------------
(* Columns for a trace in the Toolbox that the visualizer ShiViz reads: the process that made the step, and the vector
   clock. The specification has a variable `pc', a function of processes. *)
LOCAL INSTANCE Integers
LOCAL INSTANCE Json
LOCAL INSTANCE TLC

INSTANCE Toolbox

(* Whose pc changed in the step to each state; the one before where none did. *)
LOCAL Hosts ==
  LET host[i \in DOMAIN _TETrace] ==
        IF i = 1
        THEN "--"
        ELSE LET old == _TETrace[i - 1].pc
                 new == _TETrace[i].pc
             IN IF old = new THEN host[i - 1] ELSE CHOOSE p \in DOMAIN old : old[p] # new[p]
  IN TLCEval(host)

Host == Hosts[_TEPosition]

(* How many steps each process had made by each state. *)
LOCAL Clocks ==
  LET clock[i \in DOMAIN _TETrace] ==
        IF i = 1
        THEN [p \in DOMAIN _TETrace[1].pc |-> 0]
        ELSE LET old == TLCEval(clock[i - 1])
             IN [p \in DOMAIN old |-> old[p] + (IF p = Hosts[i] THEN 1 ELSE 0)]
  IN TLCEval(clock)

Clock == ToJsonObject(Clocks[_TEPosition])
=============================================================================
