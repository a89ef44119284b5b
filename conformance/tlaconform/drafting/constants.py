"""What the constants are, what null stands for, and in which order the events are."""

from __future__ import annotations

from tlaconform.drafting.arguments import Arguments
from tlaconform.drafting.evidence import Evidence, Guess, at
from tlaconform.drafting.likeness import SURE, likeness, plain
from tlaconform.drafting.spec_view import ConstantView

NIL_NAMES = ("nil", "null", "none", "noval", "novalue", "nobody", "empty", "undefined")
CLOCK_NAMES = ("vc", "clock", "vclock", "vectorclock", "vector", "vectorclocks")


def value_of(evidence: Evidence, arguments: Arguments, constant: ConstantView) -> Guess:
    """A constant: from the header, from the fields that are arguments, or a question."""
    path = evidence.in_header(constant.name)
    if path is not None:
        text = ".".join(("header", *path))
        is_list = isinstance(at(evidence.sample.header, path), list)
        set_text = f"{{{text}[k] : k \\in DOMAIN {text}}}"
        sure = likeness(constant.name, path[-1]) >= SURE
        return Guess(set_text if constant.is_set and is_list else text, "" if sure else f"is it {path[-1]}?")
    given = arguments.domains.get(constant.name)
    if constant.is_set and given is not None:
        text = f"VALUES({evidence.text(next(iter(given)))})"
        return Guess(text, "all that this field is in the trace, or write the set out: {1, 2}")
    if constant.is_set:
        return Guess("STRING", "which set? {1, 2}, 0 .. 9, VALUES(event.field), header.field")
    if constant.is_number and plain(constant.name) not in NIL_NAMES:
        return Guess("1", "which number?")
    sure = plain(constant.name) in NIL_NAMES
    return Guess(constant.name, "" if sure else "a value that stands for itself, or which?")


def meaning_of_null(evidence: Evidence) -> Guess:
    """What null stands for."""
    nil = next((c.name for c in evidence.spec.constants if plain(c.name) in NIL_NAMES), None)
    given = next((name for name in evidence.spec.nil if plain(name) in NIL_NAMES), None)
    if nil is not None or given is not None:
        return Guess(nil or given or "")
    if evidence.spec.nil:
        return Guess(evidence.spec.nil[0], f"does null stand for it? Model values are {', '.join(evidence.spec.nil)}")
    return Guess('"null"', "what does null stand for?")


def order_of_events(evidence: Evidence) -> Guess | None:
    """What puts the events in order; None where the format does, or nothing shows it."""
    if evidence.sample.order is not None:
        return None
    for path, seen in evidence.fields.items():
        if plain(seen.name) not in CLOCK_NAMES:
            continue
        evidence.read.add(path)
        clock = evidence.text(path)
        if seen.is_object and evidence.node is not None:
            for inner in evidence.fields:
                if inner[: len(path)] == path:
                    evidence.read.add(inner)
            return Guess(f"{{by: vector, process: {evidence.text(evidence.node)}, clock: {clock}}}")
        if seen.all_are(int):
            return Guess("{by: file}", f"or {{by: lamport, clock: {clock}}}, or {{by: key, key: {clock}}}")
    return None
