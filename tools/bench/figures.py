"""What is worked out from times: how they grow, and how far they can be trusted."""

from __future__ import annotations

import math
from collections.abc import Sequence


def growth_exponent(points: Sequence[tuple[float, float]]) -> float | None:
    """The ``e`` of ``time ~ length ** e`` that fits ``(length, time)`` best: least squares on the logarithms.

    1 is a cost per event that does not grow, 2 one that grows with the trace. None where fewer than two lengths have a
    time above zero.

    >>> round(growth_exponent([(10, 1.0), (20, 2.0), (40, 4.0)]), 6)
    1.0
    """
    logs = [(math.log(length), math.log(time)) for length, time in points if length > 0 and time > 0]
    if len({x for x, _ in logs}) < 2:
        return None
    mean_x = sum(x for x, _ in logs) / len(logs)
    mean_y = sum(y for _, y in logs) / len(logs)
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _ in logs)


def spread(samples: Sequence[float]) -> float | None:
    """By how much the worst of several times exceeds the best, as a share of the best: the noise. One tells nothing.

    >>> spread([2.0, 3.0, 2.5])
    0.5
    """
    return max(samples) / min(samples) - 1 if len(samples) > 1 else None
