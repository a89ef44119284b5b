---------------------------- MODULE DebugPreVote ----------------------------
(***************************************************************************)
(* What must be found violated, as in DebugRaft: each of these properties  *)
(* denies that something worth checking ever happens.                      *)
(***************************************************************************)
EXTENDS MCPreVote

(* A pre-vote is refused because the log of the one who asks lacks         *)
(* something, and for no other reason.                                     *)
DebugNoPreVoteDeniedForTheLogInv ==
    ~ \E m \in messages :
        /\ m.type = "RequestPreVote"
        /\ m.term = currentTerm[m.from]
        /\ m.term >= currentTerm[m.to]
        /\ role[m.to] # Leader
        /\ ~Protects(m.to)
        /\ ~R!UpToDate(m.lastLogTerm, m.lastLogIndex, log[m.to])

(* A pre-vote is refused for the sake of a leader, and for no other        *)
(* reason.                                                                 *)
DebugNoPreVoteDeniedForTheLeaderInv ==
    ~ \E m \in messages :
        /\ m.type = "RequestPreVote"
        /\ m.term = currentTerm[m.from]
        /\ m.term >= currentTerm[m.to]
        /\ role[m.to] = Follower
        /\ Protects(m.to)
        /\ R!UpToDate(m.lastLogTerm, m.lastLogIndex, log[m.to])

(* A pre-candidate hears the leader of its term after all, and gives way.  *)
DebugNoReturnOfPreCandidateProp ==
    [][\A i \in Server :
          role[i] = PreCandidate /\ currentTerm'[i] = currentTerm[i]
              => role'[i] # Follower]_vars

(* A pre-candidate learns of a newer term from a refusal, which is the     *)
(* only message that could tell it.                                        *)
DebugNoTermFromRefusalProp ==
    [][\A i \in Server :
          role[i] = PreCandidate /\ currentTerm'[i] > currentTerm[i]
              => \/ role'[i] = Candidate
                 \/ \E m \in messages :
                        /\ m.to = i
                        /\ m.term = currentTerm'[i]
                        /\ m.type # "RequestPreVoteResponse"]_vars

(* A request for a vote reaches a server that protects its leader, and is  *)
(* lost on it although the server could vote for the candidate.            *)
DebugNoUnheardRequestInv ==
    ~ \E m \in messages :
        /\ m.type = "RequestVote"
        /\ m.term > currentTerm[m.to]
        /\ role[m.to] = Follower
        /\ Protects(m.to)
        /\ R!UpToDate(m.lastLogTerm, m.lastLogIndex, log[m.to])

(* A leader that a quorum hears learns of a newer term: a server had been  *)
(* given its pre-votes by one that missed the leader and hears it again.   *)
(* This is why NoDisruptionProp speaks of secure leaders only.             *)
DebugNoDepositionOfWorkingLeaderProp ==
    [][\A i \in Server : IsWorking(i) => currentTerm'[i] = currentTerm[i]]_vars

(* A leader stepped down, did not crash, and has not heard of any newer    *)
(* term yet in which another leads.                                        *)
DebugNoSuccessionInv ==
    ~ \E i, j \in Server :
        /\ restarts = 0
        /\ role[i] = Follower
        /\ <<currentTerm[i], i>> \in elected
        /\ role[j] = Leader
        /\ currentTerm[j] > currentTerm[i]

(* The only server that could grant a pre-vote crashed and does not know   *)
(* any more that it hears a leader, but assumes it: no other server can    *)
(* have crashed, and this one heard the leader before.                     *)
DebugNoPromiseAcrossRestartInv ==
    ~ \E i, j, k \in Server :
        /\ Cardinality({i, j, k}) = 3
        /\ restarts = 1
        /\ IsWorking(i)
        /\ Hearing(i) = {i, j}
        /\ role[k] = PreCandidate
        /\ currentTerm[k] = currentTerm[i]
        /\ ~ \E m \in messages :
                m.type = "AppendEntriesResponse" /\ m.from = j

(* There is a leader whom nothing threatens, and a server that asks in     *)
(* vain: NoDisruptionProp says something.                                  *)
DebugNoSecureLeaderInv ==
    ~ \E i, j \in Server :
        /\ IsSecure(i)
        /\ role[j] = PreCandidate
        /\ currentTerm[j] = currentTerm[i]
=============================================================================
