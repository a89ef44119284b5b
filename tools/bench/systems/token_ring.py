"""Termination detection: nodes of a ring that work, send each other work, and pass a token."""

from __future__ import annotations

from random import Random

from bench.systems.system import Event, Knobs, Logged, Recorder, System, Trace


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
        self.recorder = Recorder(knobs, [_name(node) for node in self._nodes])

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
                    self.recorder.write(_name(node), "Deactivate", i=node)

    def _initiate(self) -> None:
        self._token_at, self._token_is_black, self._black[0] = self._knobs.processes - 1, False, False
        self.recorder.write(_name(0), "InitiateProbe", self._token())
        self._tell(0, self._token_at)

    def _pass(self) -> None:
        node = self._token_at
        if self._black[node] and self._knobs.bug != "forgets to taint the token":
            self._token_is_black = True
        self._token_at, self._black[node] = node - 1, False
        self.recorder.write(_name(node), "PassToken", {**self._token(), "color": "white"}, i=node)
        self._tell(node, self._token_at)

    def _send(self, node: int, other: int) -> None:
        self._active[other] = True
        if other > node and not (self._knobs.bug == "stays white" and self._random.random() < 0.3):
            self._black[node] = True
        arguments = {"i": node} if self._knobs.logged is Logged.HIDDEN else {"i": node, "j": other}
        effect = {"color": "black" if self._black[node] else "white"}
        self.recorder.write(_name(node), "SendMsg", effect, **arguments)
        self._tell(node, other)

    def _detect(self) -> None:
        self._active[0] = True
        self._token_is_black = True
        self.recorder.write(_name(0), "Detect", self._token())

    def _tell(self, node: int, other: int) -> None:
        self.recorder.receive(_name(other), self.recorder.stamp(_name(node)))

    def _token(self) -> Event:
        return {"tokenAt": self._token_at, "tokenColor": "black" if self._token_is_black else "white"}


def _name(node: int) -> str:
    return f"n{node}"


def _generate(knobs: Knobs) -> Trace:
    ring = _Ring(knobs)
    while len(ring.recorder) < knobs.events:
        ring.step()
    return ring.recorder.trace("TokenRing", N=knobs.processes)


TOKEN_RING = System(
    name="token ring", module="TokenRing", bugs=("forgets to taint the token", "stays white"), generate=_generate
)
