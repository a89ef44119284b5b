"""Termination detection: nodes of a ring that work, send each other work, and pass a token."""

from __future__ import annotations

from random import Random
from typing import Any

from bench.systems.system import Event, Knobs, Logged, System, Trace, header


class _Ring:
    """The nodes, the token, and the log."""

    def __init__(self, knobs: Knobs) -> None:
        self._knobs = knobs
        self._random = Random(knobs.seed)
        self._nodes = range(knobs.processes)
        self._active = [True] * knobs.processes
        self._black = [False] * knobs.processes
        self._token_at = 0
        self._token_is_black = True
        self.events: list[Event] = []

    def step(self) -> None:
        if self._token_at == 0:
            if not self._token_is_black and not self._black[0]:
                if not self._active[0]:
                    self._detect()
                    return
            elif self._random.random() < 0.3:
                self._initiate()
                return
        elif not self._active[self._token_at] and self._random.random() < 0.5:
            self._pass()
            return
        node = self._random.choice(self._nodes)
        if self._active[node]:
            if self._random.random() < 0.35:
                self._send(node, self._random.choice([other for other in self._nodes if other != node]))
            else:
                self._active[node] = False
                if self._knobs.logged is not Logged.HIDDEN:
                    self._log("Deactivate", i=node)

    def _initiate(self) -> None:
        self._token_at, self._token_is_black, self._black[0] = self._knobs.processes - 1, False, False
        self._log("InitiateProbe", effect=self._token())

    def _pass(self) -> None:
        node = self._token_at
        if self._black[node] and self._knobs.bug != "forgets to taint the token":
            self._token_is_black = True
        self._token_at, self._black[node] = node - 1, False
        self._log("PassToken", effect={**self._token(), "color": "white"}, i=node)

    def _send(self, node: int, other: int) -> None:
        self._active[other] = True
        if other > node and not (self._knobs.bug == "stays white" and self._random.random() < 0.3):
            self._black[node] = True
        arguments = {"i": node} if self._knobs.logged is Logged.HIDDEN else {"i": node, "j": other}
        self._log("SendMsg", effect={"color": "black" if self._black[node] else "white"}, **arguments)

    def _detect(self) -> None:
        self._active[0] = True
        self._token_is_black = True
        self._log("Detect", effect=self._token())

    def _token(self) -> dict[str, Any]:
        return {"tokenAt": self._token_at, "tokenColor": "black" if self._token_is_black else "white"}

    def _log(self, event: str, effect: dict[str, Any] | None = None, **arguments: Any) -> None:
        more = effect if effect is not None and self._knobs.logged is Logged.FULL else {}
        self.events.append({"event": event, **arguments, **more})


def _generate(knobs: Knobs) -> Trace:
    ring = _Ring(knobs)
    while len(ring.events) < knobs.events:
        ring.step()
    return Trace(header("TokenRing", knobs.logged, N=knobs.processes), tuple(ring.events))


TOKEN_RING = System(
    name="token ring", module="TokenRing", bugs=("forgets to taint the token", "stays white"), generate=_generate
)
