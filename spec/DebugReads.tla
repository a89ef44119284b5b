------------------------------ MODULE DebugReads ------------------------------
(***************************************************************************)
(* What must be found violated, as in DebugRaft: each of these properties  *)
(* denies that something worth checking ever happens to a read, and TLC    *)
(* must answer with a behavior in which it does.                           *)
(***************************************************************************)
EXTENDS MCReads

(* A leader that was deposed, and does not know it.                        *)
IsDeposed(i) == role[i] = Leader /\ \E e \in elected : e[1] > currentTerm[i]

(* A read during a partition: the successor has answered one from entries  *)
(* that the deposed leader knows nothing of.                               *)
DebugNoReadDuringPartitionInv ==
    ~ \E i \in Server, r \in answered : IsDeposed(i) /\ r.upTo > Len(log[i])

(* A deposed leader has a read for which no quorum will ever vouch.        *)
DebugNoReadOfDeposedInv ==
    ~ \E i \in Server : \E p \in pendingReads[i] :
        /\ IsDeposed(i)
        /\ p.begun < Len(committed)
        /\ \A j \in Server : confirmed[i][j] < p.round

(* A deposed leader answers a read, and may: it was asked, and confirmed,  *)
(* before it was deposed.                                                  *)
DebugNoAnswerOfDeposedProp ==
    [][\A i \in Server :
          IsDeposed(i) /\ answered' # answered => pendingReads'[i] = pendingReads[i]]_vars

(* A read is answered with more than was committed when it began.          *)
DebugNoAnswerBeyondBeginInv == \A r \in answered : r.upTo = r.begun

(* A read is answered with less than its leader knows to be committed: the *)
(* state machine is behind, but not behind the index that was noted.       *)
DebugNoAnswerBehindCommitProp ==
    [][\A i \in Server : \A r \in answered' \ answered :
          pendingReads'[i] # pendingReads[i] => r.upTo = commitIndex[i]]_vars

(* A read dies with its leader: nobody answers it.                         *)
DebugNoReadLostProp ==
    [][\A i \in Server :
          pendingReads'[i] # pendingReads[i] /\ pendingReads'[i] = {}
              => answered' # answered]_vars

(* A new leader may answer nothing yet, since it does not know what its    *)
(* predecessor committed.                                                  *)
DebugNoLeaderWithoutCommitInv ==
    \A i \in Server : role[i] = Leader => commitIndex[i] = Len(committed)

(* A read is answered by a lease.                                          *)
DebugNoLeaseReadProp ==
    [][answered' # answered => pendingReads' # pendingReads]_vars

(* And some time after it was last confirmed.                              *)
DebugNoLateLeaseReadProp ==
    [][answered' # answered /\ pendingReads' = pendingReads
          => \E i, j \in Server : role[i] = Leader /\ confirmed[i][j] > 0 /\ Clock(i) = leaseStart[i][j]]_vars

(* A lease runs out: the leader looks at its clock, and sees that it has   *)
(* none any more.                                                          *)
DebugNoLeaseEndsInv ==
    \A i \in Server :
        KnowsCommits(i) /\ IsFresh(i) /\ ~handedOver[i] =>
            \A j \in Server : confirmed[i][j] > 0 => j \in LeaseHolders(i)

(* A follower's promise ends.                                              *)
DebugNoPromiseEndsProp ==
    [][\A i \in Server : role[i] = Follower /\ heard[i] => heard'[i]]_vars

(* And then another leader is elected, while the one that had the lease    *)
(* goes on believing that it leads.                                        *)
DebugNoSuccessorInv ==
    ~ \E i \in Server : IsDeposed(i) /\ (\E j \in Server : confirmed[i][j] > 0)

(* A leader had handed over, gave that up, and is deposed by its heir all  *)
(* the same, whom nobody kept a promise against.                           *)
DebugNoLateHeirInv ==
    ~ \E i \in Server :
        /\ IsDeposed(i)
        /\ handedOver[i]
        /\ transferee[i] = Nil
        /\ \E j \in Server : confirmed[i][j] > 0

(* A server that came back refuses to help a candidate, since it may have  *)
(* promised not to.                                                        *)
DebugNoPromiseAfterRestartInv ==
    ~ \E m \in messages :
        /\ restarts > 0
        /\ m.type = "RequestVote"
        /\ m.term > currentTerm[m.to]
        /\ heard[m.to]
        /\ heardAt[m.to] = 0
        /\ Clock(m.to) = 0
        /\ \A n \in messages : n.to = m.to => n.type # "AppendEntries"

(* With a lease that is too long: ReadsAreFreshInv, denied by a model of   *)
(* its own.                                                                *)
=============================================================================
