"""What a finding means, in words: a mistake of the log, or of the implementation.

A log is suspected where one change of one line cures the trace: everything after it agrees with the specification. An
implementation is suspected where the same thing is wrong again, or where no small change of the log helps. Where two
changes are needed, or nothing comes after the change that could tell, both are left open.
"""

from __future__ import annotations

from tlatrace.engine.findings import Blame, Finding, Relaxation, Relaxing, Suspect


def conclude(finding: Finding, rejected_line: int) -> tuple[Suspect, str]:
    """Who is suspected, and the finding in a sentence or two."""
    what = "; and ".join(claim(item) for item in finding.relaxations)
    what = what[:1].upper() + what[1:]
    if not finding.passes:
        reached = f"Then {_events(finding.events_explained)} are explained, up to line {finding.until_line}"
        return Suspect.UNKNOWN, f"{what}. {reached}; there, {finding.stopped}."
    kinds = {item.kind for item in finding.relaxations}
    after = finding.events_explained - 1
    if Relaxing.FIELD_FROM_HERE in kinds:
        return (
            Suspect.IMPLEMENTATION,
            f"{what}. Everything else agrees with the specification to the end of the trace: the implementation has "
            "another value there, not only the log.",
        )
    if len({item.line for item in finding.relaxations}) > 1:
        return _of_two(finding, what)
    if any(item.kind is Relaxing.DROP and item.other_line is None for item in finding.relaxations):
        return (
            Suspect.UNKNOWN,
            f"{what}. Without it, the rest of the trace is a behavior of the specification: it was logged in error, or "
            "the implementation did something forbidden that left no mark.",
        )
    if all(item.line < rejected_line for item in finding.relaxations):
        return Suspect.LOG, f"{what}. With that, the rest of the trace is a behavior of the specification."
    if after > 0:
        more = f"With that, the {_events(after)} after it are" if after > 1 else "With that, the event after it is"
        return Suspect.LOG, f"{what}. {more} explained, to the end of the trace: most likely a mistake of the log."
    return (
        Suspect.UNKNOWN,
        f"{what}. It is the last event of the trace: nothing after it tells whether log or implementation is wrong.",
    )


def suspect_of(blame: Blame) -> Suspect:
    """Who is suspected, everything taken together."""
    if blame.findings and blame.findings[0].passes:
        return blame.findings[0].suspect
    return Suspect.UNKNOWN if blame.cut or blame.untried else Suspect.IMPLEMENTATION


def summarise(blame: Blame) -> str:
    """The answer in a sentence or two."""
    nearest = blame.findings[0].conclusion if blame.findings else ""
    if nearest and blame.findings[0].passes:
        return nearest
    where = f"lines {blame.first_line} to {blame.last_line}"
    if blame.first_line == blame.last_line:
        where = f"line {blame.last_line}"
    if blame.cut:
        answer = f"Nothing that makes the trace pass was found in {where} before the search ended ({blame.cut})."
    else:
        answer = f"No field, missing, superfluous, doubled or misplaced event in {where} makes the trace pass"
        if blame.untried:
            answer += (
                f"; but a missing event of {' or '.join(blame.untried)} could not be tried. If none is missing, most "
                "likely the implementation took a step that the specification does not allow."
            )
        else:
            answer += ": most likely the implementation took a step that the specification does not allow."
    return f"{answer} What comes nearest: {nearest[:1].lower()}{nearest[1:]}" if nearest else answer


def _of_two(finding: Finding, what: str) -> tuple[Suspect, str]:
    first, second = finding.relaxations[0], finding.relaxations[-1]
    if first.kind is second.kind and first.what and first.what == second.what and first.kind is Relaxing.FIELD:
        return (
            Suspect.IMPLEMENTATION,
            f"{what}. With both, the trace is a behavior of the specification: the same thing is wrong twice, which "
            "points to the implementation.",
        )
    return (
        Suspect.UNKNOWN,
        f"{what}. With both, the trace is a behavior of the specification; that two lines are wrong is less likely "
        "than one forbidden step of the implementation.",
    )


def claim(item: Relaxation) -> str:
    """What a relaxation says, as the beginning of a sentence without its capital."""
    line = f"line {item.line} of {item.log}" if item.log else f"line {item.line}"
    match item.kind:
        case Relaxing.FIELD | Relaxing.FIELD_FROM_HERE:
            has = f"{line} has {item.what}" + (f" = {item.logged}" if item.logged else "")
            again = f", and so again at line {item.other_line}" if item.other_line is not None else ""
            if item.allowed:
                return f"{has} where the specification has {' or '.join(item.allowed)}"
            return f"{has}, which the specification does not allow there{again}"
        case Relaxing.HIDDEN_STEP:
            if not item.what:
                return f"a step before {line} was not logged"
            step = f"{item.what} ({', '.join(item.allowed)})" if item.allowed else item.what
            if len(item.allowed) == 1:
                step = item.allowed[0]
            return f"the log lacks a step before {line}: {step}"
        case Relaxing.DROP if item.other_line is not None:
            return f"{line} says the same as line {item.other_line}, and happened once only"
        case Relaxing.DROP:
            return f"{line} reports a step that did not happen"
        case Relaxing.DUPLICATE:
            return f"what {line} reports happened twice, and was logged once"
        case Relaxing.SWAP:
            return f"{line} and line {item.other_line} are in the wrong order"


def _events(count: int) -> str:
    return f"{count:,} event" + ("" if count == 1 else "s")
