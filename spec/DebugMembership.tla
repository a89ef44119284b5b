--------------------------- MODULE DebugMembership ---------------------------
(***************************************************************************)
(* What must be found violated, as in DebugRaft: each of these properties  *)
(* denies that something worth checking ever happens, and TLC must answer  *)
(* with a behavior in which it does.                                       *)
(***************************************************************************)
EXTENDS MCMembership

(* The states from which the models start are reached from the beginning,  *)
(* or from one another.  (What was sent does not count: what they lack was *)
(* lost.)                                                                  *)
DebugNotGovernedInv == ~(IsGoverned /\ Settled)

DebugNotForkedInv == ~(IsForked /\ Settled)

(* The configuration that was committed at k, if one was.                  *)
CommittedAt(k) == committed[k].entry

CommittedConfigs == {k \in DOMAIN committed : IsConfig(CommittedAt(k))}

(* A joint configuration is committed.                                     *)
DebugNoJointCommittedInv == \A k \in CommittedConfigs : ~IsJoint(CommittedAt(k).config)

(* The configuration after it is committed too, without the voters of old. *)
DebugNoJointLeftInv ==
    \A k, l \in CommittedConfigs :
        k < l /\ IsJoint(CommittedAt(k).config) => IsJoint(CommittedAt(l).config)

(* A leader that inherited a joint configuration leaves it.                *)
DebugNoInheritedJointLeftInv ==
    \A k, l \in CommittedConfigs :
        k < l /\ IsJoint(CommittedAt(k).config) => CommittedAt(k).term = CommittedAt(l).term

(* A change that was begun is undone: its entry is cut off.                *)
DebugNoChangeUndoneProp ==
    [][\A i \in Server : configIndex'[i] >= configIndex[i]]_vars

(* Two changes are made, one after the other: four configurations.         *)
DebugNoSecondChangeInv == Cardinality(CommittedConfigs) < 4

(* A leader commits, and does not count itself.                            *)
DebugNoCommitWithoutItselfProp ==
    [][\A i \in Server :
          role[i] = Leader /\ commitIndex'[i] > commitIndex[i] => i \in Voters(Config(i))]_vars

(* A leader that is no member leads, and has not been told of a successor. *)
DebugNoRemovedLeaderInv ==
    \A i \in Server : role[i] = Leader => i \in Members(Config(i))

(* A learner becomes a voter.                                              *)
DebugNoLearnerPromotedInv ==
    \A k, l \in CommittedConfigs :
        k < l => CommittedAt(k).config.learners \cap CommittedAt(l).config.voters = {}

(* A voter becomes a learner, and leads on as such.                        *)
DebugNoLeadingLearnerInv ==
    \A i \in Server : role[i] = Leader => i \notin Config(i).learners \ Voters(Config(i))

(* And takes something on after that was committed.                        *)
DebugNoGoverningLearnerProp ==
    [][\A i \in Server :
          role[i] = Leader /\ log'[i] # log[i] =>
              \/ i \notin Config(i).learners \ Voters(Config(i))
              \/ configIndex[i] > commitIndex[i]]_vars

(* A learner has the committed entry that some voter lacks.                *)
DebugNoLearnerAheadInv ==
    \A i \in Server :
        role[i] = Leader =>
            \A j \in Config(i).learners, k \in Config(i).voters \ {i} :
                matchIndex[i][j] <= Len(log[k])

(* Two servers lead at once, and do not agree on who the members are.      *)
DebugNoRivalConfigurationsInv ==
    \A i, j \in Server :
        role[i] = Leader /\ role[j] = Leader => Voters(Config(i)) = Voters(Config(j))

(* A server that was removed does not know of it, and campaigns.           *)
DebugNoRemovedCandidateInv ==
    \A i \in Server :
        role[i] = Candidate =>
            i \in Members(CommittedConfig)

(* A server whose configuration is without it is elected all the same: the *)
(* one that has that configuration in its log, and nobody else has it.     *)
DebugNoRemovedWinnerProp ==
    [][\A i \in Server :
          /\ role[i] # Leader /\ role'[i] = Leader
          /\ \A j \in Server \ {i} : Len(log[j]) < configIndex[i]
          => i \in Voters(Config(i))]_vars

(* The heir leads, in the term after that of the leader that told it.      *)
DebugNoTransferInv ==
    ~ \E m \in messages : m.type = "TimeoutNow" /\ <<m.term + 1, m.to>> \in elected

(* The heir has been told to campaign; before it does, its leader has      *)
(* given it up and governs again.                                          *)
DebugNoTransferGivenUpInv ==
    ~ \E m \in messages :
        /\ m.type = "TimeoutNow"
        /\ currentTerm[m.to] = m.term
        /\ role[m.to] = Follower
        /\ role[m.from] = Leader
        /\ currentTerm[m.from] = m.term
        /\ transferee[m.from] = Nil

(* It has even been removed since, does not know, and campaigns.           *)
DebugNoRemovedHeirInv ==
    \A i \in Server : urgent[i] => i \in Members(CommittedConfig)

(* The request is an old one when the heir gets it.                        *)
DebugNoStaleTimeoutNowInv ==
    ~ \E m \in messages :
        /\ m.type = "TimeoutNow"
        /\ m.term < currentTerm[m.to]
        /\ role[m.to] = Follower
        /\ <<m.term + 1, m.to>> \notin elected
        /\ votedFor[m.to] # m.to

(* The heir crashes after it was told, and before it leads.                *)
DebugNoHeirCrashedProp ==
    [][\A i \in Server : urgent[i] /\ role'[i] = Follower => currentTerm'[i] > currentTerm[i]]_vars

(* A server that hears a leader votes for somebody all the same, because   *)
(* that leader wants it.                                                   *)
DebugNoUrgentVoteProp ==
    [][\A i \in Server :
          P!Protects(i) /\ votedFor'[i] # votedFor[i] => votedFor'[i] \in {i, Nil}]_vars

(* A server that was removed is a member again, and its leader has learned *)
(* anew what it has.                                                       *)
DebugNoRejoinInv ==
    ~ \E i, j \in Server :
        /\ role[i] = Leader
        /\ j \in Members(Config(i))
        /\ matchIndex[i][j] > 0
        /\ \E k \in CommittedConfigs :
               k < configIndex[i] /\ j \notin Members(CommittedAt(k).config)
        /\ j \in InitialVoters
=============================================================================
