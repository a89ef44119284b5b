"""Python's collector of cycles, kept from looking again and again at states that stay."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

YOUNG_OBJECTS_MAX = 500_000
"""Objects made before the young ones are looked through, once, and then left alone."""


@contextmanager
def quiet_collector() -> Iterator[Callable[[], None]]:
    """Within it, nothing is collected unless the function it gives is called, which looks at objects that are new.

    States never form cycles, but evaluation makes some (closures that name themselves).
    """
    was_enabled = gc.isenabled()
    gc.disable()
    gc.freeze()

    def collect() -> None:
        if gc.get_count()[0] > YOUNG_OBJECTS_MAX:
            gc.collect(0)
            gc.freeze()

    try:
        yield collect
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()
