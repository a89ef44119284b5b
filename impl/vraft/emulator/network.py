"""The network between the servers: what is on its way, what gets lost, and which links are cut.

A message that is sent into a cut link is lost, and so is one that is on its way when its link is cut and still cut when
it would arrive.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vraft.core import Message
from vraft.emulator.options import LinkOptions, NetworkOptions
from vraft.emulator.streams import Stream

IN_FLIGHT_MAX = 100_000
"""A cluster that has more messages on their way is in a storm, which is a bug, or was never run: say so early."""


class NetworkFull(RuntimeError):
    """More messages are on their way than :data:`IN_FLIGHT_MAX`."""


@dataclass(frozen=True, slots=True)
class InFlight:
    """A message on its way.  ``id`` counts the messages from 1 in the order in which they were sent."""

    id: int
    message: Message
    sent_us: int


@dataclass(slots=True)
class Traffic:
    """What became of the messages."""

    sent: int = 0
    delivered: int = 0
    lost: int = 0
    duplicated: int = 0


class Network:
    """The messages on their way, and the state of the links."""

    def __init__(self, options: NetworkOptions, *, seed: int) -> None:
        self.options = options
        self.traffic = Traffic()
        self._seed = seed
        self._streams: dict[tuple[str, str], Stream] = {}
        self._in_flight: dict[int, InFlight] = {}
        self._cut: set[tuple[str, str]] = set()
        self._next_id = 1

    # Messages ---------------------------------------------------------------------------------------------------------

    def put(self, message: Message, now_us: int) -> InFlight | None:
        """Somebody sends a message; None when it is lost in a cut link."""
        self.traffic.sent += 1
        if (message.sender, message.receiver) in self._cut:
            self.traffic.lost += 1
            return None
        return self._enter(message, now_us)

    def delays(self, message: Message) -> list[int]:
        """How long each copy of the message will take: none when it is lost, two when it is duplicated."""
        link = (message.sender, message.receiver)
        options = self.link(*link)
        stream = self._streams.get(link)
        if stream is None:
            stream = self._streams[link] = Stream(self._seed, f"network/{link[0]}/{link[1]}")
        if stream.chance(options.loss):
            return []
        copies = 2 if stream.chance(options.duplicate) else 1
        return [self._delay(options, stream) for _ in range(copies)]

    def duplicate(self, flight: InFlight, now_us: int) -> InFlight:
        """A second copy of a message that is on its way."""
        self.traffic.duplicated += 1
        return self._enter(flight.message, now_us)

    def take(self, id_: int) -> InFlight | None:
        """The message arrives: it is on its way no more; None when it was not."""
        return self._in_flight.pop(id_, None)

    def lose(self, id_: int) -> None:
        """The message is lost."""
        if self._in_flight.pop(id_, None) is not None:
            self.traffic.lost += 1

    def get(self, id_: int) -> InFlight | None:
        """The message with that number, if it is on its way."""
        return self._in_flight.get(id_)

    def pending(self) -> tuple[InFlight, ...]:
        """All messages on their way, in the order in which they were sent."""
        return tuple(self._in_flight.values())

    # Links ------------------------------------------------------------------------------------------------------------

    def link(self, sender: str, receiver: str) -> LinkOptions:
        """How a link behaves."""
        return self.options.links.get((sender, receiver), self.options.default)

    def cut(self, links: Iterable[tuple[str, str]]) -> None:
        """Nothing passes these links any more."""
        self._cut.update(links)

    def heal(self) -> None:
        """All links work again."""
        self._cut.clear()

    def is_cut(self, sender: str, receiver: str) -> bool:
        """Whether a link is cut."""
        return (sender, receiver) in self._cut

    def cuts(self) -> Iterator[tuple[str, str]]:
        """The links that are cut, in order."""
        return iter(sorted(self._cut))

    def _enter(self, message: Message, now_us: int) -> InFlight:
        if len(self._in_flight) >= IN_FLIGHT_MAX:
            raise NetworkFull(f"more than {IN_FLIGHT_MAX} messages are on their way")
        flight = InFlight(self._next_id, message, now_us)
        self._in_flight[self._next_id] = flight
        self._next_id += 1
        return flight

    @staticmethod
    def _delay(options: LinkOptions, stream: Stream) -> int:
        delay = stream.integer(*options.delay_us)
        if stream.chance(options.reorder):
            delay += stream.integer(*options.reorder_delay_us)
        return delay
