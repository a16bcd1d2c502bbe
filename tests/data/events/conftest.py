"""Small logs to try the builder on."""

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import strategies as st

from mtl_rec.config.events import Events
from mtl_rec.config.tasks import Task

HOUR = 3600
START = 1_700_006_400  # midnight, in seconds
DAYS = 4

TASKS = (
    Task(name="click"),
    Task(name="cart", after="click"),
    Task(name="buy", after="click"),
)


def log_of(**settings: Any) -> Events:
    """Three labels, two item columns, one of the moment; half a day's windows."""
    declared = {
        "kind": "events",
        "path": "in memory",
        "item_columns": ("category", "price"),
        "context_columns": ("device",),
        "event_types": {"v": "view", "c": "cart", "b": "buy"},
        "window_hours": 12,
        "labels": {
            "click": {"events": ("view",), "implied": True},
            "cart": {"events": ("cart",), "within_hours": 6},
            "buy": {"events": ("buy",)},
        },
        "history_length": 3,
        "starts": pd.Timestamp(START, unit="s").to_pydatetime(),
        "ends": pd.Timestamp(START + DAYS * 24 * HOUR, unit="s").to_pydatetime(),
    }
    return Events(**{**declared, **settings})


def frame_of(events: list[tuple]) -> pd.DataFrame:
    """Events given as user, item, type, hour, category, price and device."""
    names = ["user_id", "item_id", "event_type", "hour", "category", "price", "device"]
    frame = pd.DataFrame(events, columns=names)
    seconds = START + (frame.pop("hour").astype(float) * HOUR).astype("int64")
    return frame.assign(event_time=seconds)


def events(first_hour: int, last_hour: int, min_size: int = 0) -> st.SearchStrategy:
    """Lists of events in a stretch of time, with many ties."""
    event = st.tuples(
        st.sampled_from(["u1", "u2", "u3"]),
        st.sampled_from([f"i{number}" for number in range(8)]),
        st.sampled_from("vcb"),
        st.integers(first_hour, last_hour),
        st.sampled_from(["x", "y", None]),
        st.sampled_from([1.0, 2.5]),
        st.sampled_from(["phone", "desktop"]),
    )
    return st.lists(event, min_size=min_size, max_size=25)


@pytest.fixture(scope="session")
def logs() -> SimpleNamespace:
    """Everything above: modules of tests cannot import one another."""
    return SimpleNamespace(
        HOUR=HOUR,
        START=START,
        DAYS=DAYS,
        TASKS=TASKS,
        log_of=log_of,
        frame_of=frame_of,
        events=events,
    )
