"""A specification of nothing: what standard modules define, for expressions that belong to no module of the user's."""

from __future__ import annotations

from collections.abc import Sequence

from tlatrace.semantics.elaboration import Elaborator
from tlatrace.semantics.library import Library
from tlatrace.semantics.spec import Spec
from tlatrace.syntax import parse_module


def standalone_spec(modules: Sequence[str]) -> Spec:
    """A specification without variables whose scope is that of a module which extends ``modules``."""
    library = Library(())
    text = f"---- MODULE Standalone ----\nEXTENDS {', '.join(modules)}\n====\n"
    elaborator = Elaborator(library, lambda parameter: None)
    scope = elaborator.build(parse_module(text, "<standalone>"))
    elaborator.stop_on_errors()
    return Spec(
        name="Standalone",
        scope=scope,
        variables=(),
        init=None,
        next=None,
        actions=(),
        invariants=(),
        properties=(),
        constraints=(),
        action_constraints=(),
        assumptions=(),
        modules={},
    )
