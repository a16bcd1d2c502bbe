"""When a window opens, and until when an event counts for a label."""

import pytest

from mtl_rec.data.events import build_exposures


def exposures(logs, events):
    """Rows of events of one user and one item, given as type and hour."""
    drawn = [("u1", "i1", kind, hour, "x", 1.0, "phone") for kind, hour in events]
    rows = build_exposures(logs.frame_of(drawn), logs.log_of(), logs.TASKS)
    hours = (rows.exposed_at.astype("int64") // 10**6 - logs.START) // logs.HOUR
    return rows.assign(hour=hours)


@pytest.mark.parametrize(("hour", "opens"), [(11, False), (12, True), (13, True)])
def test_the_event_at_the_end_of_a_window_opens_the_next(logs, hour, opens):
    rows = exposures(logs, [("v", 0), ("v", hour)])

    assert rows.hour.tolist() == ([0, hour] if opens else [0])


@pytest.mark.parametrize(
    ("label", "kind", "hours"), [("cart", "c", 6), ("buy", "b", 12)]
)
def test_a_label_counts_what_is_within_its_own_hours(logs, label, kind, hours):
    """Carts count for six hours, orders as long as the window."""
    for hour, is_one in ((hours - 1, 1), (hours, 0), (hours + 1, 0)):
        first = exposures(logs, [("v", 0), (kind, hour)]).iloc[0]

        assert first[label] == is_one, hour
