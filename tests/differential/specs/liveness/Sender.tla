---- MODULE Sender ----
(* What Channel refines: a number is sent and received, again and again. *)
EXTENDS Naturals
VARIABLES sent, got
SInit == sent = 0 /\ got = 0
Send == sent = got /\ sent' = 1 - sent /\ UNCHANGED got
Receive == sent # got /\ got' = sent /\ UNCHANGED sent
SNext == Send \/ Receive
SVars == <<sent, got>>
SSafe == SInit /\ [][SNext]_SVars
SSpec == SSafe /\ WF_SVars(Receive)
SStrict == SSafe /\ WF_SVars(Receive) /\ WF_SVars(Send)
====
