---------------------------- MODULE DebugSnapshot ----------------------------
(***************************************************************************)
(* What must be found violated, as in DebugRaft: each of these properties  *)
(* denies that something worth checking ever happens to a log that is cut, *)
(* and TLC must answer with a behavior in which it does.                   *)
(***************************************************************************)
EXTENDS MCSnapshot

(* The leader cuts its log where a peer would have had to go on reading.   *)
DebugNoCompactionBeyondNextInv ==
    ~ \E i, j \in Server :
        /\ role[i] = Leader
        /\ j \in Members(i) \ {i}
        /\ matchIndex[i][j] > 0
        /\ nextIndex[i][j] <= snapshotIndex[i]

(* A follower's log is replaced by a snapshot.                             *)
DebugNoSnapshotInstalledProp ==
    [][\A i \in Server : snapshotIndex'[i] > snapshotIndex[i] => log'[i] = log[i]]_vars

(* And it had entries that the snapshot contradicts.                       *)
DebugNoContradictedLogReplacedProp ==
    [][\A i \in Server :
          snapshotIndex'[i] > snapshotIndex[i] =>
              SubSeq(log'[i], 1, R!Min(Len(log[i]), snapshotIndex'[i]))
                  = SubSeq(log[i], 1, R!Min(Len(log[i]), snapshotIndex'[i]))]_vars

(* A snapshot tells a follower of commits, and the follower's log has all  *)
(* of it and more: it must lose nothing.                                   *)
DebugNoLongerLogKeptInv ==
    ~ \E m \in messages :
        /\ m.type = "InstallSnapshot"
        /\ m.term = currentTerm[m.to]
        /\ role[m.to] = Follower
        /\ m.lastIndex > commitIndex[m.to]
        /\ m.lastIndex < Len(log[m.to])
        /\ log[m.to][m.lastIndex].term = m.lastTerm

(* A snapshot arrives when its receiver knows of more commits.             *)
DebugNoLateSnapshotInv ==
    ~ \E m \in messages :
        /\ m.type = "InstallSnapshot"
        /\ m.term = currentTerm[m.to]
        /\ role[m.to] = Follower
        /\ m.lastIndex < commitIndex[m.to]

(* Entries arrive that begin in what their receiver has in a snapshot      *)
(* only, and end after it.                                                 *)
DebugNoEntriesAcrossSnapshotInv ==
    ~ \E m \in messages :
        /\ m.type = "AppendEntries"
        /\ m.term = currentTerm[m.to]
        /\ role[m.to] = Follower
        /\ m.prevLogIndex < snapshotIndex[m.to]
        /\ m.prevLogIndex + Len(m.entries) > Len(log[m.to])

(* A follower that had its log from a snapshot goes on with entries.       *)
DebugNoEntriesAfterSnapshotInv ==
    ~ \E i \in Server \ Compactors : Len(log[i]) > snapshotIndex[i] /\ snapshotIndex[i] > 0

(* The leader looks for where the logs agree and does not find it in what  *)
(* is left of its own.                                                     *)
DebugNoBacktrackIntoSnapshotProp ==
    [][\A i, j \in Server :
          (role[i] = Leader /\ nextIndex'[i][j] < nextIndex[i][j] /\ moves' = moves)
              => nextIndex'[i][j] > snapshotIndex[i]]_mcVars

(* The leader sends what comes next before it hears of what it sent, that  *)
(* was lost, and so it is told to go back.                                 *)
DebugNoMoveTakenBackProp ==
    [][\A i, j \in Server :
          (role[i] = Leader /\ role'[i] = Leader /\ moves' = moves /\ moves > 0)
              => nextIndex'[i][j] >= nextIndex[i][j]]_mcVars

(* And a server leads that has a part of its log in a snapshot only, which *)
(* another made.                                                           *)
DebugNoLeaderFromSnapshotInv ==
    ~ \E i \in Server \ Compactors : role[i] = Leader /\ snapshotIndex[i] > 0

(* A server comes back from a crash, and knows some commits from its       *)
(* snapshot, but not all that it knew.                                     *)
DebugNoRestartFromSnapshotProp ==
    [][\A i \in Server : commitIndex'[i] < commitIndex[i] => commitIndex'[i] = 0]_vars

(* A server has its configuration from a snapshot.                         *)
DebugNoConfigFromSnapshotProp ==
    [][\A i \in Server :
          snapshotIndex'[i] > snapshotIndex[i] => configIndex'[i] = configIndex[i]]_vars
=============================================================================
