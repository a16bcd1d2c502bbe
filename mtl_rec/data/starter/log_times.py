"""When a log begins and ends, and how long an exposure may wait for its labels."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

JUMP_SECONDS = 7 * 86_400
JUMP_SHARE = 0.001
"""Share of the events beyond a gap of a week that tell of a clock that was wrong."""

WINDOWS_HOURS = (168, 72, 48, 24, 12, 6, 3, 2, 1, 0.5, 0.25, 0.1, 0.05)
SHARE_OF_SPAN = 0.04
"""Of a log's span, a window at most: two fifths of a validation part of a tenth."""


@dataclass(frozen=True)
class Span:
    """The time a log is of.

    Attributes:
        starts: Before it a clock was wrong; None where none was.
        ends: From it on a clock was wrong.
        hours: Between the first and the last event in between.
        has_days_only: Whether times are days.
    """

    starts: datetime | None
    ends: datetime | None
    hours: float
    has_days_only: bool

    @property
    def window_hours(self) -> float:
        """How long an exposure may last."""
        fewest = 24 if self.has_days_only else 0
        fitting = [h for h in WINDOWS_HOURS if h <= self.hours * SHARE_OF_SPAN]
        # A log of a morning is split by user, which a window may be longer for.
        usual = [h for h in fitting if h <= 24] or [WINDOWS_HOURS[-1]]
        window = usual[0] if self.hours >= 48 else _nearest(self.hours / 6)
        return max(window, fewest)


def _nearest(hours: float) -> float:
    return next((h for h in WINDOWS_HOURS if h <= hours), WINDOWS_HOURS[-1])


def span_of(seconds: np.ndarray) -> Span:
    """The span of times in seconds since 1970; NaN is no time."""
    times = np.sort(seconds[np.isfinite(seconds)])
    gaps = np.flatnonzero(np.diff(times) > JUMP_SECONDS)
    first, last = 0, len(times) - 1
    for gap in gaps:
        if gap + 1 < JUMP_SHARE * len(times):
            first = int(gap) + 1
        elif len(times) - 1 - gap < JUMP_SHARE * len(times):
            last = min(last, int(gap))
    start, end = times[first], times[last]
    days_only = bool(np.all(times[first : last + 1] % 86_400 == 0))
    return Span(
        _midnight(start) if first else None,
        _midnight(end) + timedelta(days=1) if last < len(times) - 1 else None,
        float(end - start) / 3600,
        days_only,
    )


def _midnight(seconds: float) -> datetime:
    moment = datetime.fromtimestamp(float(seconds), UTC)
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
