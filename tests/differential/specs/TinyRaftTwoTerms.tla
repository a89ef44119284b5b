---- MODULE TinyRaftTwoTerms ----
\* spec/Raft.tla, made finite.
EXTENDS Raft
CONSTANTS TermMax, LogMax, MessagesMax
Bounded == /\ \A i \in Server : currentTerm[i] <= TermMax /\ Len(log[i]) <= LogMax
           /\ Cardinality(messages) <= MessagesMax
====
