"""A draft as YAML, with a comment ``# ?`` wherever a person has to decide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tlaconform.drafting.draft import Draft
from tlaconform.drafting.evidence import Guess


def draft_text(draft: Draft) -> str:
    """The text of a mapping; it can be read as it is."""
    return "\n".join((*_lines(draft), ""))


def _lines(draft: Draft) -> Iterator[str]:
    yield f"# A first mapping of {draft.trace} to {draft.spec}, guessed by names."
    if draft.doubts:
        yield f"# Lines marked `# ?` ({draft.doubts}) are for you to decide."
    yield "# `conformance map check` says what is left out."
    yield "version: 1"
    yield f"spec: {draft.spec}"
    if draft.reader != "ndjson":
        yield f"reader: {draft.reader}"
    if draft.event:
        yield f"event: {draft.event}"
    if draft.order is not None:
        yield _marked(f"order: {draft.order.text}", draft.order.doubt)
    if draft.model_values:
        yield f"model_values: [{', '.join(draft.model_values)}]"
    yield from _table("constants", draft.constants)
    if draft.null is not None:
        yield "values:"
        yield _marked(f"  null: {quoted(draft.null.text)}", draft.null.doubt)
    yield from _fields(draft)
    yield _marked(f"kind: {quoted(draft.kind.text)}", draft.kind.doubt)
    yield from _table("let", draft.let)
    if draft.observe or draft.observe_if_present:
        yield "# Read in the state after the step; what is logged before it belongs under `before:`."
    yield from _table("observe", draft.observe)
    yield from _table("observe_if_present", draft.observe_if_present)
    yield from _table("events", draft.events)
    if draft.unused_actions:
        yield "# No event is called like these actions. Steps that nobody logs can be silent:"
        yield "# silent:"
        for name in draft.unused_actions:
            yield f"#   - action: {name}    # with its arguments; ANY leaves one open"
            yield "#     at_most: 1"
    if draft.unread:
        yield "# Fields that nothing reads yet:"
        yield from (f"#   {text}" for text in draft.unread)


def _fields(draft: Draft) -> Iterator[str]:
    """How fields are read: names of model values, arrays that are sets."""
    texts = dict.fromkeys((*draft.models, *draft.sets))
    if texts:
        yield "fields:"
    for text in texts:
        how = [*(["read: model"] if text in draft.models else []), *(["set: true"] if text in draft.sets else [])]
        yield f"  {text}: {{{', '.join(how)}}}"


def _table(name: str, entries: Mapping[str, Guess]) -> Iterator[str]:
    if entries:
        yield f"{name}:"
        for key, guess in entries.items():
            yield _marked(f"  {quoted(key)}: {quoted(guess.text)}", guess.doubt)


def _marked(line: str, doubt: str) -> str:
    return f"{line}    # ? {' '.join(doubt.split())}" if doubt else line


_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.()\[\] ]*")
_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off"))


def quoted(text: str) -> str:
    """A text as a scalar of YAML, quoted where YAML would take it for something else."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS and text == text.strip():
        return text
    if any(ord(character) < 32 for character in text):
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(c if ord(c) >= 32 else f"\\x{ord(c):02x}" for c in escaped) + '"'
    return "'" + text.replace("'", "''") + "'"
