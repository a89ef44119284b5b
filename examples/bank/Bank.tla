Branches of a bank that transfer money to each other. The network loses, repeats and delays messages; so whoever sends
money sends it until there is a receipt, and whoever gets it must not take it twice.
---------------------------------- MODULE Bank ----------------------------------
EXTENDS Naturals, FiniteSets, FiniteSetsExt

CONSTANTS
    Branch,
    Initial     \* what every branch has at the start

VARIABLES
    balance,    \* of each branch
    count,      \* how many transfers each branch has begun: their numbers
    open,       \* those of its transfers for which a branch has no receipt yet
    taken,      \* the transfers to each branch that it has taken
    msgs        \* every message ever sent; one that is in the set may arrive, late, twice, or never
vars == <<balance, count, open, taken, msgs>>

Init ==
    /\ balance = [b \in Branch |-> Initial]
    /\ count = [b \in Branch |-> 0]
    /\ open = [b \in Branch |-> {}]
    /\ taken = [b \in Branch |-> {}]
    /\ msgs = {}

\* Branch b sends n to branch c.
Withdraw(b, c, n) ==
    /\ b # c
    /\ n <= balance[b]
    /\ balance' = [balance EXCEPT ![b] = @ - n]
    /\ count' = [count EXCEPT ![b] = @ + 1]
    /\ open' = [open EXCEPT ![b] = @ \cup {count'[b]}]
    /\ msgs' = msgs \cup {[type |-> "money", from |-> b, to |-> c, number |-> count'[b], amount |-> n]}
    /\ UNCHANGED taken

\* Branch c takes the money of the message m, and says so.
Deposit(c, m) ==
    /\ m.type = "money"
    /\ m.to = c
    /\ <<m.from, m.number>> \notin taken[c]
    /\ balance' = [balance EXCEPT ![c] = @ + m.amount]
    /\ taken' = [taken EXCEPT ![c] = @ \cup {<<m.from, m.number>>}]
    /\ msgs' = msgs \cup {[type |-> "receipt", from |-> c, to |-> m.from, number |-> m.number]}
    /\ UNCHANGED <<count, open>>

\* Branch b hears that its transfer has arrived.
Settle(b, m) ==
    /\ m.type = "receipt"
    /\ m.to = b
    /\ m.number \in open[b]
    /\ open' = [open EXCEPT ![b] = @ \ {m.number}]
    /\ UNCHANGED <<balance, count, taken, msgs>>

Next ==
    \/ \E b, c \in Branch : \E n \in 1 .. balance[b] : Withdraw(b, c, n)
    \/ \E c \in Branch, m \in msgs : Deposit(c, m)
    \/ \E b \in Branch, m \in msgs : Settle(b, m)

Spec == Init /\ [][Next]_vars

OnTheWay == {m \in msgs : m.type = "money" /\ <<m.from, m.number>> \notin taken[m.to]}

MoneyInv ==
    MapThenSumSet(LAMBDA b : balance[b], Branch) + MapThenSumSet(LAMBDA m : m.amount, OnTheWay)
        = Cardinality(Branch) * Initial

\* For exploring: two transfers from each branch.
FewTransfers == \A b \in Branch : count[b] <= 2
=================================================================================
