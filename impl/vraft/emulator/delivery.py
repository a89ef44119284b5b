"""From a message that is sent to one that arrives: when each copy does, and what is lost on the way.

In a cluster that runs by itself the network's seed decides.  In one that is led by the hand a message waits until
somebody says what becomes of it.
"""

from __future__ import annotations

from collections.abc import Callable

from vraft.core import Message
from vraft.emulator.clocks import Agenda
from vraft.emulator.network import InFlight, Network


class Delivery:
    """Brings the messages of a network to their receivers.

    ``is_up`` says of a server whether anything reaches it, and ``receive`` hands a message to its receiver.
    """

    def __init__(
        self,
        network: Network,
        *,
        agenda: Agenda,
        automatic: bool,
        is_up: Callable[[str], bool],
        receive: Callable[[Message], object],
    ) -> None:
        self._network = network
        self._agenda = agenda
        self._automatic = automatic
        self._is_up = is_up
        self._receive = receive

    def send(self, message: Message) -> None:
        """A server sends a message."""
        flight = self._network.put(message, self._agenda.now_us)
        if flight is None or not self._automatic:
            return
        delays = self._network.delays(message)
        if not delays:
            self._network.lose(flight.id)
            return
        self._schedule(flight, delays[0])
        for delay in delays[1:]:
            self._schedule(self._network.duplicate(flight, self._agenda.now_us), delay)

    def duplicate(self, flight: InFlight) -> InFlight:
        """There is a second copy of a message on its way."""
        copy = self._network.duplicate(flight, self._agenda.now_us)
        if self._automatic:
            delay = self._network.delays(flight.message)[:1] or [0]
            self._schedule(copy, delay[0])
        return copy

    def arrive(self, flight: InFlight) -> bool:
        """A message arrives; false if its link is cut or its receiver down, and it is lost."""
        message = flight.message
        if not self._is_up(message.receiver) or self._network.is_cut(message.sender, message.receiver):
            self._network.lose(flight.id)
            return False
        self._network.take(flight.id)
        self._network.traffic.delivered += 1
        self._receive(message)
        return True

    def _schedule(self, flight: InFlight, delay_us: int) -> None:
        def arrive() -> None:
            if self._network.get(flight.id) is not None:
                self.arrive(flight)

        self._agenda.at(self._agenda.now_us + delay_us, arrive)
