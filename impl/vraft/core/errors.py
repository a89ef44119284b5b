"""The errors of the core.

There is one: an input that the host should not have handed in.  Anything else that escapes from the core is a bug in
it, and is an ``AssertionError`` where an assertion found it.
"""

from __future__ import annotations


class InputError(ValueError):
    """The host handed in something that is no input for this server: a message for another one, a negative tick."""
