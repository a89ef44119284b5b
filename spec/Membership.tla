----------------------------- MODULE Membership -----------------------------
(***************************************************************************)
(* Servers that come and go, and a leader that hands over: chapter 4 of    *)
(* D. Ongaro, "Consensus: Bridging Theory and Practice" (2014), on top of  *)
(* PreVote.tla.                                                            *)
(*                                                                         *)
(* A configuration says who votes, and who only learns.  It is an entry of *)
(* the log, and counts for a server as soon as the entry is in its log     *)
(* (not when it is committed), and no longer when the entry is cut off.    *)
(* Voters are changed by joint consensus (section 4.3): first an entry in  *)
(* which the old and the new voters must both agree to everything, then,   *)
(* once that one is committed, an entry with the new voters alone.         *)
(*                                                                         *)
(* Leadership transfer (section 3.10): the leader stops taking requests,   *)
(* brings its heir up to date, and tells it to campaign at once.           *)
(*                                                                         *)
(* Server is everybody who could ever be a member.  An action here is the  *)
(* action of PreVote.tla (and so of Raft.tla) with the same name, and what *)
(* there is to add.                                                        *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets, Sequences

CONSTANTS
    Server, Value, Nil, UsesPreVote, UsesIntervalCheck,  \* As in PreVote.tla.
    InitialVoters       \* Who votes before the first change.

ASSUME SomebodyVotes == InitialVoters \subseteq Server /\ InitialVoters # {}

VARIABLES
    currentTerm, votedFor, log,
    role, commitIndex, votesGranted, nextIndex, matchIndex,
    messages, elected, committed,
    preVotesGranted, heard

VARIABLES
    configIndex,    \* Where in its log the server's configuration is, or 0
                    \* while that is the initial one.
    transferee,     \* To whom this leader is about to hand over, or Nil.
    urgent          \* Whether this candidate was told to campaign.

P == INSTANCE PreVote
R == INSTANCE Raft

persistent     == <<currentTerm, votedFor, log>>
volatile       == <<role, commitIndex, votesGranted, nextIndex, matchIndex>>
history        == <<elected, committed>>
preVoteVars    == <<preVotesGranted, heard>>
lowerVars      == <<persistent, volatile, messages, history, preVoteVars>>
membershipVars == <<configIndex, transferee, urgent>>

vars == <<lowerVars, membershipVars>>

Follower     == P!Follower
PreCandidate == P!PreCandidate
Candidate    == P!Candidate
Leader       == P!Leader

-----------------------------------------------------------------------------
(* Configurations.                                                         *)

(* A configuration is joint while there are outgoing voters: then both     *)
(* majorities are needed.  A server that is outgoing and a learner votes   *)
(* until the joint configuration is left, and learns from then on.         *)
Configuration ==
    {c \in [voters: SUBSET Server, outgoing: SUBSET Server, learners: SUBSET Server] :
        c.voters # {} /\ c.voters \cap c.learners = {}}

InitialConfig == [voters |-> InitialVoters, outgoing |-> {}, learners |-> {}]

Entry == [term: R!Term, value: Value] \cup [term: R!Term, config: Configuration]

IsConfig(entry) == "config" \in DOMAIN entry

IsJoint(c) == c.outgoing # {}

Voters(c)  == c.voters \cup c.outgoing
Members(c) == Voters(c) \cup c.learners

Majority(members, voters) ==
    2 * Cardinality(members \cap voters) > Cardinality(voters)

IsQuorum(members, c) ==
    /\ Majority(members, c.voters)
    /\ IsJoint(c) => Majority(members, c.outgoing)

(* The last configuration among the first k entries.                       *)
RECURSIVE LastConfigIndex(_, _)
LastConfigIndex(entries, k) ==
    IF k = 0 \/ IsConfig(entries[k])
    THEN k
    ELSE LastConfigIndex(entries, k - 1)

ConfigAt(entries, k) == IF k = 0 THEN InitialConfig ELSE entries[k].config

Config(i) == ConfigAt(log[i], configIndex[i])

(* Where the configuration is after the entries of m were merged: in the   *)
(* entries, if one of them has it; else where it was, unless that was cut. *)
ConfigIndexWith(i, m) ==
    LET new == LastConfigIndex(m.entries, Len(m.entries))
    IN  IF new # 0
        THEN m.prevLogIndex + new
        ELSE IF configIndex[i] <= m.prevLogIndex
             THEN configIndex[i]
             ELSE LastConfigIndex(log[i], m.prevLogIndex)

-----------------------------------------------------------------------------
(* Types.                                                                  *)

(* A request for a vote may be urgent, which no other ever says it is not. *)
Message ==
         R!MessageWith(Entry)
    \cup P!PreVoteMessage
    \cup [type: {"RequestVote"}, from: Server, to: Server, term: R!Term,
          lastLogIndex: R!Index, lastLogTerm: R!Term, urgent: {TRUE}]
    \cup [type: {"TimeoutNow"}, from: Server, to: Server, term: R!Term]

TypeOK(message) ==
    /\ P!TypeOK(Entry, message)
    /\ configIndex \in [Server -> R!Index]
    /\ transferee  \in [Server -> Server \cup {Nil}]
    /\ urgent      \in [Server -> BOOLEAN]
    /\ \A i \in Server : transferee[i] # Nil => role[i] = Leader
    /\ \A i \in Server : urgent[i] => role[i] = Candidate

TypeOKInv == TypeOK(Message)

-----------------------------------------------------------------------------
Send(m) == R!Send(m)

(* What a server forgets with its office.                                  *)
EndsTransfer(i) ==
    /\ transferee' = [transferee EXCEPT ![i] = Nil]
    /\ urgent'     = [urgent EXCEPT ![i] = FALSE]

IsNotUrgent(i) ==
    /\ urgent' = [urgent EXCEPT ![i] = FALSE]
    /\ UNCHANGED <<configIndex, transferee>>

(* A leader that is no longer a member leads until its successors'         *)
(* configuration is committed, and then takes nothing on any more (section *)
(* 4.2.2).                                                                 *)
(*                                                                         *)
(* The thesis says nothing of a leader that has become a learner.  It is a *)
(* member, and here it may go on for as long as it likes: it does not      *)
(* count itself for anything, so it needs those who vote as any leader     *)
(* does.  Or it takes nothing on any more and steps down when that is      *)
(* committed, as if it had been removed (StepDown needs no reason).  etcd  *)
(* does the one, and vraft the other.                                      *)
IsRetired(i) ==
    /\ i \notin Members(Config(i))
    /\ configIndex[i] <= commitIndex[i]

(* A leader that takes on something new.                                   *)
Governs(i) == role[i] = Leader /\ transferee[i] = Nil /\ ~IsRetired(i)

(* It has committed an entry of its own term (and knows by that what was   *)
(* committed before it: a published correction of the thesis' algorithm).  *)
HasCommittedInTerm(i) == R!TermAt(log[i], commitIndex[i]) = currentTerm[i]

-----------------------------------------------------------------------------
Init ==
    /\ P!Init
    /\ configIndex = [i \in Server |-> 0]
    /\ transferee  = [i \in Server |-> Nil]
    /\ urgent      = [i \in Server |-> FALSE]

-----------------------------------------------------------------------------
(* Elections: only voters campaign; whom they ask, and who must agree, is  *)
(* what their own configuration says.  Everybody answers, also who does    *)
(* not know yet that it has become a voter.                                *)
(*                                                                         *)
(* A server that its configuration takes out may campaign, too, as long as *)
(* it does not know that this is committed (section 4.2.2).  It may be the *)
(* only one that has this configuration: then the others may need its vote *)
(* for a majority of the old voters, which it refuses to their logs, as    *)
(* they are shorter; if it did not campaign, nobody could lead any more.   *)
(* It does not count its own vote.  The thesis lets every server campaign  *)
(* that has such a log; here it must have been a voter in the              *)
(* configuration before.  That is enough: that one was committed when the  *)
(* last was made, so that nobody's quorum comes from an older one.         *)
IsEligible(i) ==
    \/ i \in Voters(Config(i))
    \/ /\ configIndex[i] > commitIndex[i]
       /\ i \in Voters(ConfigAt(log[i], LastConfigIndex(log[i], configIndex[i] - 1)))

MissLeader(i) == P!MissLeader(i) /\ UNCHANGED membershipVars

StartPreVote(i) ==
    /\ IsEligible(i)
    /\ P!StartPreVote(i)
    /\ IsNotUrgent(i)

RequestPreVote(i, j) ==
    /\ j \in Voters(Config(i))
    /\ P!RequestPreVote(i, j)
    /\ UNCHANGED membershipVars

GrantPreVote(i, m) == P!GrantPreVote(i, m) /\ UNCHANGED membershipVars

DenyPreVote(i, m) == P!DenyPreVote(i, m) /\ UNCHANGED membershipVars

CountPreVote(i, m) == P!CountPreVote(i, m) /\ UNCHANGED membershipVars

Timeout(i) ==
    /\ IsEligible(i)
    /\ P!MayCampaign(i)
    /\ UsesPreVote => IsQuorum(preVotesGranted[i], Config(i))
    /\ P!Campaign(i)
    /\ IsNotUrgent(i)

(* A candidate that was told to campaign says so: nobody is to protect the *)
(* leader that told it.                                                    *)
RequestVote(i, j) ==
    /\ j \in Voters(Config(i))
    /\ IF urgent[i]
       THEN /\ role[i] = Candidate
            /\ j # i
            /\ Send([type |-> "RequestVote", from |-> i, to |-> j,
                     term |-> currentTerm[i],
                     lastLogIndex |-> Len(log[i]),
                     lastLogTerm  |-> R!LastTerm(log[i]),
                     urgent |-> TRUE])
            /\ UNCHANGED <<persistent, volatile, history, preVoteVars>>
       ELSE P!RequestVote(i, j)
    /\ UNCHANGED membershipVars

GrantVote(i, m) == P!GrantVote(i, m) /\ UNCHANGED membershipVars

DenyVote(i, m) == P!DenyVote(i, m) /\ UNCHANGED membershipVars

CountVote(i, m) == P!CountVote(i, m) /\ UNCHANGED membershipVars

BecomeLeader(i) ==
    /\ role[i] = Candidate
    /\ IsQuorum(votesGranted[i], Config(i))
    /\ P!TakeOffice(i)
    /\ IsNotUrgent(i)

GiveWay(i, m) ==
    /\ P!GiveWay(i, m)
    /\ EndsTransfer(i)
    /\ UNCHANGED configIndex

ReturnToFollower(i, m) ==
    /\ R!Receives(i, m, "AppendEntries")
    /\ GiveWay(i, m)

StepDown(i) ==
    /\ P!StepDown(i)
    /\ EndsTransfer(i)
    /\ UNCHANGED configIndex

-----------------------------------------------------------------------------
(* Replication: to the members of the leader's configuration.              *)

ClientRequest(i, v) ==
    /\ Governs(i)
    /\ P!ClientRequest(i, v)
    /\ UNCHANGED membershipVars

AppendEntries(i, j, n) ==
    /\ j \in Members(Config(i))
    /\ P!AppendEntries(i, j, n)
    /\ UNCHANGED membershipVars

AcceptEntries(i, m) ==
    /\ P!AcceptEntries(i, m)
    /\ configIndex' = IF log' = log
                      THEN configIndex
                      ELSE [configIndex EXCEPT ![i] = ConfigIndexWith(i, m)]
    /\ UNCHANGED <<transferee, urgent>>

RejectEntries(i, m) == P!RejectEntries(i, m) /\ UNCHANGED membershipVars

AdvanceMatch(i, m) ==
    /\ m.from \in Members(Config(i))
    /\ P!AdvanceMatch(i, m)
    /\ UNCHANGED membershipVars

BacktrackNext(i, m) ==
    /\ m.from \in Members(Config(i))
    /\ P!BacktrackNext(i, m)
    /\ UNCHANGED membershipVars

(* Who counts is what the leader's configuration says, be it committed or  *)
(* not; the leader itself does not count if it is no voter.                *)
AdvanceCommit(i, k) ==
    /\ role[i] = Leader
    /\ k > commitIndex[i]
    /\ k <= Len(log[i])
    /\ IsQuorum(R!Acknowledged(i, k), Config(i))
    /\ log[i][k].term = currentTerm[i]
    /\ R!Commit(i, k)
    /\ UNCHANGED <<preVoteVars, membershipVars>>

-----------------------------------------------------------------------------
(* Changes of the configuration.                                           *)

AppendConfig(i, c) ==
    /\ log' = [log EXCEPT ![i] = Append(@, [term |-> currentTerm[i], config |-> c])]
    /\ configIndex' = [configIndex EXCEPT ![i] = Len(log[i]) + 1]
    /\ UNCHANGED <<currentTerm, votedFor, role, commitIndex, votesGranted,
                   messages, history, preVoteVars, transferee, urgent>>

(* A change of voters is made by a joint configuration; one of learners    *)
(* alone needs none.                                                       *)
Proposed(old, voters, learners) ==
    [voters   |-> voters,
     outgoing |-> IF voters = old.voters THEN {} ELSE old.voters,
     learners |-> learners]

(* A learner votes only when it has all that its leader has committed, so  *)
(* that the cluster does not wait for it (section 4.2.1).  Nothing is      *)
(* asked of a server that is made a voter at once, without having learned: *)
(* that may cost the cluster time, and is safe.  Whoever wants to spare it *)
(* that lets the server learn first.                                       *)
IsCaughtUp(i, j) == matchIndex[i][j] >= commitIndex[i]

(* The leader makes others voters and learners.  One change at a time; and *)
(* none before the leader has committed an entry of its term.  Of who      *)
(* joins, or joins anew, the leader knows nothing yet.                     *)
ChangeConfig(i, voters, learners) ==
    /\ Governs(i)
    /\ HasCommittedInTerm(i)
    /\ configIndex[i] <= commitIndex[i]
    /\ ~IsJoint(Config(i))
    /\ voters # {}
    /\ voters \cap learners = {}
    /\ voters # Config(i).voters \/ learners # Config(i).learners
    /\ \A j \in voters \cap Config(i).learners : IsCaughtUp(i, j)
    /\ LET joined == (voters \cup learners) \ Members(Config(i))
       IN  /\ AppendConfig(i, Proposed(Config(i), voters, learners))
           /\ nextIndex'  = [nextIndex EXCEPT ![i] =
                                [j \in Server |-> IF j \in joined THEN Len(log[i]) + 1
                                                                  ELSE @[j]]]
           /\ matchIndex' = [matchIndex EXCEPT ![i] =
                                [j \in Server |-> IF j \in joined THEN 0 ELSE @[j]]]

(* The joint configuration is committed, by this leader or one before it:  *)
(* the new voters go on alone.                                             *)
LeaveJoint(i) ==
    /\ Governs(i)
    /\ IsJoint(Config(i))
    /\ configIndex[i] <= commitIndex[i]
    /\ AppendConfig(i, [Config(i) EXCEPT !.outgoing = {}])
    /\ UNCHANGED <<nextIndex, matchIndex>>

-----------------------------------------------------------------------------
(* Leadership transfer.                                                    *)

(* The leader is asked to hand over, and takes no requests from then on.   *)
TransferLeadership(i, j) ==
    /\ Governs(i)
    /\ j # i
    /\ j \in Config(i).voters
    /\ transferee' = [transferee EXCEPT ![i] = j]
    /\ UNCHANGED <<lowerVars, configIndex, urgent>>

(* Its heir has the whole log.                                             *)
SendTimeoutNow(i) ==
    /\ transferee[i] # Nil
    /\ matchIndex[i][transferee[i]] = Len(log[i])
    /\ Send([type |-> "TimeoutNow", from |-> i, to |-> transferee[i],
             term |-> currentTerm[i]])
    /\ UNCHANGED <<persistent, volatile, history, preVoteVars, membershipVars>>

(* The heir is slow, or down, or no member any more: the leader goes on.   *)
AbortTransfer(i) ==
    /\ transferee[i] # Nil
    /\ transferee' = [transferee EXCEPT ![i] = Nil]
    /\ UNCHANGED <<lowerVars, configIndex, urgent>>

(* The heir campaigns, without asking first, and although it has heard     *)
(* from its leader.                                                        *)
TimeoutNow(i, m) ==
    /\ R!Receives(i, m, "TimeoutNow")
    /\ m.term = currentTerm[i]
    /\ role[i] \in {Follower, PreCandidate}
    /\ IsEligible(i)
    /\ P!Campaign(i)
    /\ urgent' = [urgent EXCEPT ![i] = TRUE]
    /\ UNCHANGED <<configIndex, transferee>>

-----------------------------------------------------------------------------
(* Terms and crashes.                                                      *)

UpdateTerm(i, m) ==
    /\ P!UpdateTerm(i, m)
    /\ EndsTransfer(i)
    /\ UNCHANGED configIndex

(* The configuration is in the log, and so it survives.                    *)
Reboot(i, commit) ==
    /\ P!Reboot(i, commit)
    /\ EndsTransfer(i)
    /\ UNCHANGED configIndex

Restart(i) == Reboot(i, 0)

-----------------------------------------------------------------------------
Next ==
    \/ \E i \in Server : MissLeader(i)
    \/ \E i \in Server : StartPreVote(i)
    \/ \E i, j \in Server : RequestPreVote(i, j)
    \/ \E i \in Server, m \in messages : GrantPreVote(i, m)
    \/ \E i \in Server, m \in messages : DenyPreVote(i, m)
    \/ \E i \in Server, m \in messages : CountPreVote(i, m)
    \/ \E i \in Server : Timeout(i)
    \/ \E i, j \in Server : RequestVote(i, j)
    \/ \E i \in Server, m \in messages : GrantVote(i, m)
    \/ \E i \in Server, m \in messages : DenyVote(i, m)
    \/ \E i \in Server, m \in messages : CountVote(i, m)
    \/ \E i \in Server : BecomeLeader(i)
    \/ \E i \in Server, m \in messages : ReturnToFollower(i, m)
    \/ \E i \in Server : StepDown(i)
    \/ \E i \in Server, v \in Value : ClientRequest(i, v)
    \/ \E i, j \in Server : \E n \in 0 .. Len(log[i]) : AppendEntries(i, j, n)
    \/ \E i \in Server, m \in messages : AcceptEntries(i, m)
    \/ \E i \in Server, m \in messages : RejectEntries(i, m)
    \/ \E i \in Server, m \in messages : AdvanceMatch(i, m)
    \/ \E i \in Server, m \in messages : BacktrackNext(i, m)
    \/ \E i \in Server : \E k \in 1 .. Len(log[i]) : AdvanceCommit(i, k)
    \/ \E i \in Server, voters, learners \in SUBSET Server : ChangeConfig(i, voters, learners)
    \/ \E i \in Server : LeaveJoint(i)
    \/ \E i, j \in Server : TransferLeadership(i, j)
    \/ \E i \in Server : SendTimeoutNow(i)
    \/ \E i \in Server : AbortTransfer(i)
    \/ \E i \in Server, m \in messages : TimeoutNow(i, m)
    \/ \E i \in Server, m \in messages : UpdateTerm(i, m)
    \/ \E i \in Server : Restart(i)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
(* This is no refinement of Raft, whose quorums are fixed; it is one of a  *)
(* log that only grows.                                                    *)

AsLog == INSTANCE ReplicatedLog WITH
    entries <- [k \in 1 .. Len(committed) |-> committed[k].entry]

RefinesReplicatedLogProp == AsLog!Spec

-----------------------------------------------------------------------------
(* Safety.                                                                 *)

ElectionSafetyInv     == R!ElectionSafetyInv
LogMatchingInv        == R!LogMatchingInv
LeaderCompletenessInv == R!LeaderCompletenessInv
StateMachineSafetyInv == R!StateMachineSafetyInv
MatchInv              == R!MatchInv

ConfigIndexInv ==
    \A i \in Server : configIndex[i] = LastConfigIndex(log[i], Len(log[i]))

(* A leader's log has at most one configuration that is not committed.     *)
OneChangeInFlightInv ==
    \A i \in Server :
        role[i] = Leader =>
            Cardinality({k \in Len(committed) + 1 .. Len(log[i]) : IsConfig(log[i][k])}) <= 1

(* The configuration that was committed last.                              *)
CommittedEntries == [k \in 1 .. Len(committed) |-> committed[k].entry]
CommittedConfig  == ConfigAt(CommittedEntries, LastConfigIndex(CommittedEntries, Len(committed)))

(* What was committed is in the logs of a majority of its voters.  (Not of *)
(* its outgoing ones too: the entry with which a joint configuration is    *)
(* left needs them no longer, nor does anything after it.)                 *)
CommittedIsStoredInv ==
    \A k \in 1 .. Len(committed) :
        Majority({i \in Server : Len(log[i]) >= k /\ log[i][k] = committed[k].entry},
                 CommittedConfig.voters)

(* Only voters campaign: whoever does votes in some configuration that may *)
(* be in force, for all that it knows, which is the last that it knows to  *)
(* be committed or one after that.  (Others can lead: a leader that made   *)
(* itself a learner leads on, and one that left does for a while.)         *)
OnlyVotersCampaignInv ==
    \A i \in Server :
        role[i] \in {PreCandidate, Candidate} =>
            LET inForce  == LastConfigIndex(log[i], commitIndex[i])
                proposed == {k \in commitIndex[i] + 1 .. Len(log[i]) : IsConfig(log[i][k])}
            IN  \E k \in {inForce} \cup proposed : i \in Voters(ConfigAt(log[i], k))

(* Whom nobody may be protected against, the leader of the term before     *)
(* has asked to take over.                                                 *)
UrgentWasToldInv ==
    \A i \in Server :
        urgent[i] =>
            \E m \in messages :
                m.type = "TimeoutNow" /\ m.to = i /\ m.term + 1 = currentTerm[i]

LeaderAppendOnlyProp      == R!LeaderAppendOnlyProp
CommittedNeverShrinksProp == R!CommittedNeverShrinksProp
OneVotePerTermProp        == R!OneVotePerTermProp
TermNeverFallsProp        == R!TermNeverFallsProp
CommitIndexProp ==
    [][\A i \in Server : commitIndex'[i] < commitIndex[i] => Restart(i)]_vars
=============================================================================
