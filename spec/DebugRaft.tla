----------------------------- MODULE DebugRaft ------------------------------
(***************************************************************************)
(* What must be found violated.  A model that cannot reach a truncation    *)
(* says nothing about truncation, however many states it has: each of      *)
(* these properties denies that something worth checking ever happens, and *)
(* TLC must answer with a behavior in which it does.                       *)
(***************************************************************************)
EXTENDS MCRaft

(* A cluster goes through three terms, each with its leader.               *)
DebugNoThirdTermLeaderInv == \A e \in elected : e[1] < 3

(* Two servers lead at once, in different terms.                           *)
DebugNoTwoLeadersInv ==
    \A i, j \in Server : role[i] = Leader /\ role[j] = Leader => i = j

(* A vote is free and is refused, because the candidate's log lacks        *)
(* something.                                                              *)
DebugNoVoteDeniedForTheLogInv ==
    ~ \E m \in messages :
        /\ m.type = "RequestVote"
        /\ m.term = currentTerm[m.to]
        /\ votedFor[m.to] = Nil
        /\ ~UpToDate(m.lastLogTerm, m.lastLogIndex, log[m.to])

(* A follower loses entries to others.                                     *)
DebugNoTruncationProp ==
    [][\A i \in Server :
          Len(log'[i]) >= Len(log[i]) /\ SubSeq(log'[i], 1, Len(log[i])) = log[i]]_vars

(* A follower's log becomes shorter: it loses more than it gets.           *)
DebugNoShorterLogProp ==
    [][\A i \in Server : Len(log'[i]) >= Len(log[i])]_vars

(* A message is late: the follower accepts it, has more than it says, and  *)
(* must not lose any of that.                                              *)
DebugNoLateMessageInv ==
    ~ \E m \in messages :
        /\ m.type = "AppendEntries"
        /\ m.term = currentTerm[m.to]
        /\ role[m.to] = Follower
        /\ m.entries # << >>
        /\ LogMatches(m.to, m)
        /\ Merged(log[m.to], m) = log[m.to]
        /\ Len(log[m.to]) > m.prevLogIndex + Len(m.entries)

(* A leader tries again further back.                                      *)
DebugNoBacktrackProp ==
    [][\A i, j \in Server :
          role[i] = Leader /\ role'[i] = Leader => nextIndex'[i][j] >= nextIndex[i][j]]_vars

(* Leaders of different terms commit.                                      *)
DebugNoCommitsFromTwoTermsInv ==
    \A k, l \in 1 .. Len(committed) : committed[k].by = committed[l].by

(* A leader commits what another left behind, together with an entry of    *)
(* its own.                                                                *)
DebugNoOldEntryCommittedInv ==
    \A k \in 1 .. Len(committed) : committed[k].entry.term = committed[k].by

(* A candidate was given the votes of a quorum, crashes before it knows,   *)
(* and so never leads the term it had won; another leads the next.  (It    *)
(* cannot have given way to another leader of its term: there is none.)    *)
DebugNoElectionLostToRestartInv ==
    ~ \E i \in Server :
        /\ role[i] = Follower
        /\ votedFor[i] = i
        /\ <<currentTerm[i], i>> \notin elected
        /\ {i} \cup {m.from : m \in {v \in messages :
                                        /\ v.type = "RequestVoteResponse"
                                        /\ v.to = i
                                        /\ v.term = currentTerm[i]
                                        /\ v.granted}} \in Quorum
        /\ \E j \in Server \ {i} : <<currentTerm[i] + 1, j>> \in elected

(* A leader crashed (nothing else makes it a follower in the term that it  *)
(* led), and meanwhile something else is committed where it has an entry   *)
(* of that term: the crash cost a client its request.                      *)
DebugNoEntryLostToRestartInv ==
    ~ \E i \in Server :
        /\ role[i] = Follower
        /\ <<currentTerm[i], i>> \in elected
        /\ \E k \in 1 .. Min(Len(log[i]), Len(committed)) :
               /\ log[i][k].term = currentTerm[i]
               /\ log[i][k] # committed[k].entry
=============================================================================
