"""Files that are one JSON document: behaviors in ITF (Apalache, Quint), and the traces that TLC dumps as JSON.

Each state is an event; its line is the number of the state, from 1.

``itf``: the header has ``vars``, ``params`` and ``meta``; an event is ``{"index": n, "state": {variable: value}}``, n
from 0, with ``action`` and ``picks`` where Quint tells them (``mbt::actionTaken``, ``mbt::nondetPicks``), and ``loop``
(the number of the state that follows it) at the last state of a lasso.

``tlc-json``: an event is ``{"index": n, "state": {variable: value}}``, n from 1; all but the first have the ``action``
that led there, ``parameters`` (its arguments by name) and ``location``. The step that closes a lasso is a last event,
whose ``loop`` is the number of the state that it goes back to. TLC writes sets as it writes sequences; the mapping
says which is which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tlatrace.traces.event import Event
from tlatrace.traces.json_text import JsonMistake, parse_object
from tlatrace.traces.reader import TraceReader
from tlatrace.traces.readers.format import Reader, Sample, plain


class DocumentReader(TraceReader):
    """Reads a file that is one JSON object; subclasses say what its events are."""

    def read_header(self) -> None:
        try:
            document = parse_object(self.read_all(), what="this file", is_start=True)
        except JsonMistake as mistake:
            self.fail(mistake.line, mistake.column, mistake.found, mistake.expected)
        events = iter(self.events_of(document))
        self.give_back(Event(number, fields) for number, fields in enumerate(events, 1))
        if not self._pending:
            self.fail(1, 1, "the document has no state", "at least one")

    def next_event(self) -> Event | None:
        return None

    def events_of(self, document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """The events; sets the header."""
        raise NotImplementedError


class ItfReader(DocumentReader):
    """Reads the Informal Trace Format."""

    def events_of(self, document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        states = document.get("states")
        if not isinstance(states, list):
            self.fail(1, 1, "the document has no list `states`", '{"vars": […], "states": […]}')
        self.header = {
            "vars": document.get("vars", []),
            "params": document.get("params", []),
            "meta": document.get("#meta", {}),
        }
        for index, state in enumerate(states):
            if not isinstance(state, dict):
                self.fail(index + 1, 1, f"state {index} is not an object", "an object with the values of variables")
            event: dict[str, Any] = {"index": index}
            event["state"] = {name: value for name, value in state.items() if name not in ("#meta", *_QUINT)}
            event |= {ours: state[theirs] for theirs, ours in _QUINT.items() if theirs in state}
            if index == len(states) - 1 and "loop" in document:
                event["loop"] = document["loop"]
            yield event


_QUINT = {"mbt::actionTaken": "action", "mbt::nondetPicks": "picks"}


class TlcReader(DocumentReader):
    """Reads what ``-dumpTrace json`` writes."""

    def events_of(self, document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        found = document.get("counterexample")
        if not isinstance(found, dict) or not isinstance(found.get("state"), list):
            self.fail(1, 1, "the document has no list `counterexample.state`", '{"counterexample": {"state": […], …}}')
        try:
            states = dict(found["state"])
            steps = {target[0]: (source[0], step) for source, step, target in found.get("action", [])}
            first = min(states, default=1)
            for index in sorted(states):
                yield {"index": index, "state": states[index], **(_step(steps[index][1]) if index > first else {})}
            for source, step, target in found.get("action", []):
                if target[0] <= source[0]:
                    loop = {"index": source[0] + 1, "state": states[target[0]], "loop": target[0]}
                    yield {**loop, **_step(step)}
        except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
            self.fail(
                1,
                1,
                f"the states and actions of this document do not fit together ({type(error).__name__}: {error})",
                "[number, state] pairs, and [from, action, to] for each state but the first",
            )


def _step(step: Mapping[str, Any]) -> Mapping[str, Any]:
    context = step.get("context") or {}
    names = step.get("parameters") or list(context)
    return {
        "action": step["name"],
        "parameters": {name: context[name] for name in names if name in context},
        "location": step.get("location", {}),
    }


def _is_itf(sample: Sample) -> bool:
    return sample.has_suffix(".itf.json", ".itf") or _ITF_START.match(sample.text) is not None


def _is_tlc(sample: Sample) -> bool:
    return sample.text.lstrip().startswith(b"{") and b'"counterexample"' in sample.text[:READ_AHEAD]


_ITF_START = re.compile(rb'\s*\{\s*"(#meta|params|vars|states)"\s*:')

READ_AHEAD = 200
"""Where the first key of a document must stand."""

ITF = Reader(
    name="itf",
    summary="behaviors of Apalache and Quint; an event is a state: `index`, `state`, and Quint's `action` and `picks`",
    open=plain(ItfReader),
    recognises=_is_itf,
)

TLC_JSON = Reader(
    name="tlc-json",
    summary="what TLC writes with -dumpTrace json; an event is a state: `index`, `state`, `action`, `parameters`",
    open=plain(TlcReader),
    recognises=_is_tlc,
)
