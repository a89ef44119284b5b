------------------------------- MODULE MCWhole -------------------------------
(***************************************************************************)
(* Reads while servers come and go, and while logs are cut: what MCReads   *)
(* leaves out of Reads.                                                    *)
(*                                                                         *)
(* Each action MC<A> is the action <A> of Reads with a bound in front, as  *)
(* in MCReads, whose actions and reductions are all here.  A change of the *)
(* configuration leads to the one target that there is, so that nobody     *)
(* leaves and joins anew (whose old answers would live again); a leader    *)
(* that has left goes on or is as one that crashed.                        *)
(***************************************************************************)
EXTENDS MCReads

CONSTANTS
    NewVoters,          \* The voters that changes lead to: a set of one set of
    NewLearners,        \* servers, or {} if there is no change; and the learners.
    Compactors          \* Who cuts its log.

ASSUME TargetsAreServers == NewVoters \subseteq SUBSET Server /\ NewLearners \subseteq Server
ASSUME OneTarget == Cardinality(NewVoters) <= 1
ASSUME CompactorsAreServers == Compactors \subseteq Server

(* The next leader has nothing yet, and comes by what there is with a      *)
(* snapshot or with entries.                                               *)
BehindInit ==
    Midway(<<AnEntry(1)>>, {}, {}, Server \ EvenCampaigners)

-----------------------------------------------------------------------------
(* Every change is followed by the end of the joint configuration, for     *)
(* which there must be room in the log.                                    *)
MCChangeConfig(i, voters) ==
    /\ Settled
    /\ Len(log[i]) + 1 < MaxLogLength
    /\ ChangeConfig(i, voters, NewLearners)
    /\ Owes(i, Server)
    /\ Else

MCLeaveJoint(i) ==
    /\ Settled
    /\ LeaveJoint(i)
    /\ Owes(i, Server)
    /\ Else

-----------------------------------------------------------------------------
MCCompact(i, k) ==
    /\ Settled
    /\ i \in Compactors
    /\ Compact(i, k)
    /\ Owes(i, IF role[i] = Leader THEN {j \in Server : nextIndex[i][j] <= k} ELSE {})
    /\ Else

MCSendSnapshot(i, j) ==
    /\ Pays(i, j, Whole)
    /\ SendSnapshot(i, j)
    /\ Else

MCInstallSnapshot(i, m) ==
    /\ Settled
    /\ InstallSnapshot(i, m)
    /\ OwesNothing
    /\ Else

MCIgnoreSnapshot(i, m) ==
    /\ Settled
    /\ IgnoreSnapshot(i, m)
    /\ Eager => m.term = currentTerm[i] /\ SaysNew(i, commitIndex[i])
    /\ OwesNothing
    /\ Else

-----------------------------------------------------------------------------
(* Names for TLC, as in MCRaft.                                            *)
SomeInstallSnapshot == \E i \in Server, m \in messages : MCInstallSnapshot(i, m)
SomeIgnoreSnapshot  == \E i \in Server, m \in messages : MCIgnoreSnapshot(i, m)
SomeCompact         == \E i \in Server : \E k \in 1 .. Len(log[i]) : MCCompact(i, k)

WholeNext ==
    \/ MCNext
    \/ \E i \in Server, voters \in NewVoters : MCChangeConfig(i, voters)
    \/ \E i \in Server : MCLeaveJoint(i)
    \/ SomeCompact
    \/ \E i, j \in Server : MCSendSnapshot(i, j)
    \/ SomeInstallSnapshot
    \/ SomeIgnoreSnapshot

WholeFromReadSpec   == ReadInit /\ [][WholeNext]_mcVars
WholeFromBehindSpec == BehindInit /\ [][WholeNext]_mcVars

-----------------------------------------------------------------------------
(* What must be found violated, as in DebugRaft.  A leader answers a read  *)
(* while its configuration is joint;                                       *)
DebugNoReadInJointProp ==
    [][\A i \in Server, r \in Read :
          LeaseRead(i, r) => ~M!IsJoint(Config(i))]_mcVars

(* one that has left it, and has cut its log, does;                        *)
DebugNoReadWithAllProp ==
    [][\A i \in Server, r \in Read :
          LeaseRead(i, r) =>
              snapshotIndex[i] < 2 \/ configIndex[i] = 0 \/ M!IsJoint(Config(i))]_mcVars

(* and one whose log came with a snapshot.                                 *)
DebugNoReadAfterSnapshotProp ==
    [][\A i \in Server \ Compactors, r \in Read :
          (\E k \in 0 .. commitIndex[i] : AnswerRead(i, r, k)) => snapshotIndex[i] = 0]_mcVars
=============================================================================
