"""Branches of a bank that transfer money to each other, over a network that loses and repeats messages.

python3 bank.py [SEED]
"""

import itertools
import random
import sys

from tla_trace import Tracer

INITIAL = 100
CONSTANTS = {"Branch": {"a", "b", "c"}, "Initial": INITIAL}
AT = itertools.count(1)  # numbers all events: here, all branches are in one process


class Branch:
    def __init__(self, name):
        self.name = name
        self.balance = INITIAL
        self.count = 0
        self.open = {}  # transfers for which there is no receipt yet, by number
        self.taken = set()
        self.tracer = Tracer(f"{name}.ndjson", process=name, spec="Bank", constants=CONSTANTS)

    def withdraw(self, to, amount):
        """Send money to another branch; the message is sent again until there is a receipt."""
        self.balance -= amount
        self.count += 1
        self.tracer.emit("Withdraw", to=to, amount=amount, number=self.count, balance=self.balance, at=next(AT))
        message = {"type": "money", "from": self.name, "to": to, "number": self.count, "amount": amount}
        message["clock"] = self.tracer.stamp()
        self.open[self.count] = message
        return message

    def receive(self, message):
        """Take in a message; returns the answer, or None."""
        self.tracer.receive(message["clock"])
        if message["type"] == "receipt":
            if self.open.pop(message["number"], None):
                self.tracer.emit("Settle", sender=message["from"], number=message["number"], at=next(AT))
            return None
        transfer = (message["from"], message["number"])
        if transfer not in self.taken:
            self.taken.add(transfer)
            self.balance += message["amount"]
            self.tracer.emit(
                "Deposit",
                sender=message["from"],
                number=message["number"],
                amount=message["amount"],
                balance=self.balance,
                at=next(AT),
            )
        receipt = {"type": "receipt", "from": self.name, "to": message["from"], "number": message["number"]}
        receipt["clock"] = self.tracer.stamp()
        return receipt


def run(branches, chance, steps=60):
    """Let the branches transfer money for a while, and then wait until everything has arrived."""
    by_name = {branch.name: branch for branch in branches}
    network = []
    while steps > 0 or network or any(branch.open for branch in branches):
        steps -= 1
        branch = chance.choice(branches)
        if steps > 0 and branch.balance > 0 and chance.random() < 0.3:
            other = chance.choice([other for other in branches if other is not branch])
            network.append(branch.withdraw(other.name, chance.randint(1, min(branch.balance, 20))))
        elif branch.open and chance.random() < 0.2:
            network.append(chance.choice(list(branch.open.values())))  # no receipt yet: again
        elif network:
            message = network.pop(chance.randrange(len(network)))
            if chance.random() < 0.2:
                continue  # lost
            answer = by_name[message["to"]].receive(message)
            if answer is not None:
                network.append(answer)


def main():
    chance = random.Random(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    branches = [Branch(name) for name in ("a", "b", "c")]
    run(branches, chance)
    for branch in branches:
        print(f"{branch.name} has {branch.balance}")
    print(f"together {sum(branch.balance for branch in branches)}")


if __name__ == "__main__":
    main()
