"""Days of a log in its own time zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

MICROSECONDS_PER_HOUR = 3_600_000_000


class Calendar:
    """Numbers the days from that of the log's first event.

    Args:
        first_time: Of an event, microseconds since 1970 UTC, as all times here.
        last_time: Last time that is asked for.
        timezone: Whose midnights divide the days.

    Attributes:
        starts: Midnights that days begin with, `(days + 1,)`; the last one ends them.
    """

    def __init__(self, first_time: int, last_time: int, timezone: str) -> None:
        zone = ZoneInfo(timezone)
        day, last = (
            _moment(t).astimezone(zone).date() for t in (first_time, last_time)
        )
        starts = [_midnight(day, zone)]
        while day <= last:
            day += timedelta(days=1)
            starts.append(_midnight(day, zone))
        self.starts = np.array(starts, np.int64)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def day(self, times: np.ndarray) -> np.ndarray:
        """The day that each time is on, int32."""
        days = np.searchsorted(self.starts, times, side="right") - 1
        return days.astype(np.int32)

    def first_day_after(self, times: np.ndarray) -> np.ndarray:
        """The first day that begins at or after each time, int32."""
        return np.searchsorted(self.starts, times, side="left").astype(np.int32)


def microseconds(moment: datetime, timezone: str) -> int:
    """A time as microseconds since 1970 UTC; one without a zone is in `timezone`."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(timezone))
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _moment(time_microseconds: int) -> datetime:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + timedelta(microseconds=time_microseconds)


def _midnight(day: date, zone: ZoneInfo) -> int:
    return microseconds(datetime.combine(day, time(), zone), "UTC")
