Logs that a leader replicates, as Raft does, without the messages: a follower looks into its leader's log. The logs only grow, and
eight invariants speak of the whole of them.
---------------------------- MODULE ReplicatedLog ----------------------------
EXTENDS Naturals, Sequences, FiniteSets
CONSTANTS Server, Value
VARIABLES term, role, log, commit
vars == <<term, role, log, commit>>

Quorum == {Q \in SUBSET Server : 2 * Cardinality(Q) > Cardinality(Server)}
Min(a, b) == IF a < b THEN a ELSE b
LastTerm(entries) == IF entries = << >> THEN 0 ELSE entries[Len(entries)].term
IsUpToDate(one, other) ==
    \/ LastTerm(one) > LastTerm(other)
    \/ LastTerm(one) = LastTerm(other) /\ Len(one) >= Len(other)

Init ==
    /\ term = [i \in Server |-> 0]
    /\ role = [i \in Server |-> "follower"]
    /\ log = [i \in Server |-> << >>]
    /\ commit = [i \in Server |-> 0]

\* i is elected in term t by the servers of Q.
Elect(i, Q, t) ==
    /\ Q \in Quorum
    /\ i \in Q
    /\ \A j \in Q : t > term[j] /\ IsUpToDate(log[i], log[j])
    /\ term' = [j \in Server |-> IF j \in Q THEN t ELSE term[j]]
    /\ role' = [j \in Server |-> IF j = i THEN "leader" ELSE IF j \in Q THEN "follower" ELSE role[j]]
    /\ UNCHANGED <<log, commit>>

ClientRequest(i, v) ==
    /\ role[i] = "leader"
    /\ v \in Value
    /\ log' = [log EXCEPT ![i] = Append(@, [term |-> term[i], value |-> v])]
    /\ UNCHANGED <<term, role, commit>>

Follows(i, j) == i # j /\ role[j] = "leader" /\ term[j] >= term[i]
Matches(i, j) ==
    /\ Len(log[i]) <= Len(log[j])
    /\ log[i] # << >> => log[j][Len(log[i])].term = LastTerm(log[i])
Obeys(i, j) ==
    /\ term' = [term EXCEPT ![i] = term[j]]
    /\ role' = [role EXCEPT ![i] = "follower"]

\* i takes the next entry of the leader j.
Accept(i, j) ==
    /\ Follows(i, j)
    /\ Matches(i, j)
    /\ Len(log[i]) < Len(log[j])
    /\ log' = [log EXCEPT ![i] = Append(@, log[j][Len(@) + 1])]
    /\ Obeys(i, j)
    /\ UNCHANGED commit

\* The last entry of i is not the leader's.
Truncate(i, j) ==
    /\ Follows(i, j)
    /\ log[i] # << >>
    /\ ~ Matches(i, j)
    /\ log' = [log EXCEPT ![i] = SubSeq(@, 1, Len(@) - 1)]
    /\ Obeys(i, j)
    /\ UNCHANGED commit

Has(j, i, k) == term[j] = term[i] /\ Len(log[j]) >= k /\ log[j][k].term = log[i][k].term

Commit(i, k) ==
    /\ role[i] = "leader"
    /\ k \in commit[i] + 1 .. Len(log[i])
    /\ log[i][k].term = term[i]
    /\ {j \in Server : Has(j, i, k)} \in Quorum
    /\ commit' = [commit EXCEPT ![i] = k]
    /\ UNCHANGED <<term, role, log>>

\* i hears from the leader j how far the log is committed.
Learn(i, j) ==
    /\ Follows(i, j)
    /\ term[i] = term[j]
    /\ Matches(i, j)
    /\ Min(commit[j], Len(log[i])) > commit[i]
    /\ commit' = [commit EXCEPT ![i] = Min(commit[j], Len(log[i]))]
    /\ UNCHANGED <<term, role, log>>

Next ==
    \/ \E i \in Server, Q \in Quorum : \E t \in 1 .. 1000 : Elect(i, Q, t)
    \/ \E i \in Server, v \in Value : ClientRequest(i, v)
    \/ \E i, j \in Server : Accept(i, j)
    \/ \E i, j \in Server : Truncate(i, j)
    \/ \E i \in Server : \E k \in commit[i] + 1 .. Len(log[i]) : Commit(i, k)
    \/ \E i, j \in Server : Learn(i, j)

Spec == Init /\ [][Next]_vars

CommittedInLogInv == \A i \in Server : commit[i] <= Len(log[i])
CommittedAgreeInv ==
    \A i, j \in Server : \A k \in 1 .. Min(commit[i], commit[j]) : log[i][k] = log[j][k]
LogMatchingInv ==
    \A i, j \in Server : \A n \in 1 .. Min(Len(log[i]), Len(log[j])) :
        log[i][n].term = log[j][n].term => SubSeq(log[i], 1, n) = SubSeq(log[j], 1, n)
TermsRiseInv == \A i \in Server : \A k \in 1 .. Len(log[i]) - 1 : log[i][k].term <= log[i][k + 1].term
TermBoundInv == \A i \in Server : \A k \in DOMAIN log[i] : log[i][k].term <= term[i]
ValuesInv == \A i \in Server : \A k \in DOMAIN log[i] : log[i][k].value \in Value
LeaderCompleteInv ==
    \A i, j \in Server :
        (role[i] = "leader" /\ \A h \in Server : term[h] <= term[i]) =>
            \A k \in 1 .. commit[j] : k <= Len(log[i]) /\ log[i][k] = log[j][k]
QuorumHasInv ==
    \A i \in Server : \A Q \in Quorum : \E j \in Q :
        /\ Len(log[j]) >= commit[i]
        /\ \A k \in 1 .. commit[i] : log[j][k] = log[i][k]
=============================================================================
