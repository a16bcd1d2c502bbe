"""Curves as small as a word."""

import math
from collections.abc import Sequence

_LEVELS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], low: float, high: float) -> str:
    """One character for each value; a blank where it is no number.

    Args:
        values: In their order.
        low: Where the scale begins.
        high: Where it ends.
    """
    return "".join(_character(value, low, high) for value in values)


def _character(value: float, low: float, high: float) -> str:
    if not math.isfinite(value):
        return " "
    share = (value - low) / (high - low) if high > low else 0.0
    return _LEVELS[round(min(max(share, 0.0), 1.0) * (len(_LEVELS) - 1))]
