"""Every generated column against a plain reading of the events, one row at a time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtl_rec.config.log_columns import known_columns
from mtl_rec.data.events import build_exposures

DAY = timedelta(days=1)
LABEL_EVENTS = {"click": ["view"], "cart": ["cart"], "buy": ["buy"]}
LABEL_HOURS = {"click": 12, "cart": 6, "buy": 12}


class Plain:
    """The rules as one would say them, slowly.

    Args:
        events: As drawn, duplicates included.
        logs: The fixture of that name.
    """

    def __init__(self, events: list[tuple], logs: Any) -> None:
        names = {"v": "view", "c": "cart", "b": "buy"}
        start = datetime.fromtimestamp(logs.START, UTC)
        self.first_day = start.date()
        self.end = start + logs.DAYS * DAY
        least: dict[tuple, tuple] = {}
        for user, item, kind, hour, category, price, device in events:
            key = (user, start + timedelta(hours=hour), item, kind)
            # Of events that differ in nothing else the least values stay, none last.
            value = (category or "~", price, device)
            least[key] = min(value, least.get(key, value))
        order = {"v": 0, "c": 1, "b": 2}
        self.events = [
            {
                "user": user, "time": time, "item": item, "kind": names[kind],
                "category": None if value[0] == "~" else value[0],
                "price": value[1], "device": value[2],
            }
            for (user, time, item, kind), value in sorted(
                least.items(), key=lambda e: (*e[0][:3], order[e[0][3]])
            )
        ]  # fmt: skip
        self.exposures = self._exposures()

    def _exposures(self) -> list[dict]:
        last: dict[tuple, datetime] = {}
        exposures = []
        for event in self.events:
            pair = event["user"], event["item"]
            opened = last.get(pair)
            if opened is None or event["time"] >= opened + timedelta(hours=12):
                last[pair] = event["time"]
                exposures.append({**event, **self._labels(event)})
        return [e for e in exposures if e["time"] + timedelta(hours=12) <= self.end]

    def _labels(self, event: dict) -> dict:
        labels = {}
        for label, kinds in LABEL_EVENTS.items():
            end = event["time"] + timedelta(hours=LABEL_HOURS[label])
            labels[label] = int(
                any(
                    other["kind"] in kinds and event["time"] <= other["time"] < end
                    for other in self.events
                    if (other["user"], other["item"]) == (event["user"], event["item"])
                )
            )
        labels["click"] = max(labels.values())
        return labels

    def attribute(self, row: dict, name: str) -> Any:
        """What was said first on the last earlier day, or first of all on day one."""
        own = sorted(
            (e for e in self.events if e["item"] == row["item"]),
            key=lambda e: (e["time"], e["category"] or "~", e["price"]),
        )
        # Ties of one moment go by the values, missing ones last.
        earlier = [e for e in own if e["time"].date() < row["time"].date()]
        if not earlier:
            return own[0][name]
        day = earlier[-1]["time"].date()
        return next(e for e in earlier if e["time"].date() == day)[name]

    def column(self, row: dict, name: str) -> Any:
        """The value of a generated column on the row of an exposure."""
        past = [
            e for e in self.events
            if e["user"] == row["user"] and e["time"] < row["time"]
        ]  # fmt: skip
        if name in ("hour", "weekday"):
            time = row["time"]
            return time.hour if name == "hour" else time.isoweekday()
        if name.startswith("history_"):
            return self._history(past[-3:], row, name.removeprefix("history_"))
        for of in ("item", "category", "price"):
            own = self.value(row, of)
            if name.startswith(f"user_{of}_"):
                past = [e for e in past if e[of] == own]
                return self._past(past, row, name.removeprefix(f"user_{of}_"))
            if name.startswith(f"{of}_"):
                return self._earlier_days(row, of, own, name.removeprefix(f"{of}_"))
        return self._past(past, row, name.removeprefix("user_"))

    def value(self, row: dict, of: str) -> Any:
        return row["item"] if of == "item" else self.attribute(row, of)

    def _history(self, past: list[dict], row: dict, of: str) -> list:
        if of == "time_gap":
            minutes = [(row["time"] - e["time"]) / timedelta(minutes=1) for e in past]
            return [str(int(np.log2(gap + 1))) for gap in minutes]
        return [e[{"item_id": "item", "event_type": "kind"}.get(of, of)] for e in past]

    def _past(self, past: list[dict], row: dict, measure: str) -> float:
        if measure == "hours_since_event":
            return (
                (row["time"] - past[-1]["time"]) / timedelta(hours=1)
                if past
                else np.nan
            )
        kind = measure.removeprefix("num_")
        return sum(kind in ("events", e["kind"]) for e in past)

    def _earlier_days(self, row: dict, of: str, own: Any, measure: str) -> float:
        today = row["time"].date()
        if measure.endswith("_rate"):
            return self._rate(row, of, own, measure.removesuffix("_rate"))
        days = [
            (e["time"].date(), e["kind"])
            for e in self.events
            if own is not None and e[of] == own and e["time"].date() < today
        ]
        if measure.startswith("days_since"):
            chosen = max if measure == "days_since_event" else min
            return (today - chosen(days)[0]).days if days else np.nan
        kind = measure.removeprefix("num_")
        return sum(kind in ("events", k) for _, k in days)

    def _rate(self, row: dict, of: str, own: Any, label: str) -> float:
        midnight = row["time"].replace(hour=0)
        closed = [
            e for e in self.exposures if e["time"] + timedelta(hours=12) <= midnight
        ]
        if not closed:
            return np.nan
        overall = sum(e[label] for e in closed) / len(closed)
        own_ones = [e[label] for e in closed if own is not None and e[of] == own]
        return (sum(own_ones) + 20 * overall) / (len(own_ones) + 20)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_column_is_what_the_rules_say(logs, data):
    drawn = data.draw(logs.events(0, logs.DAYS * 24 - 1))
    # One whose window the log does not cut, so that there are exposures.
    drawn.append(("u1", "i1", "v", 0, "x", 1.0, "phone"))
    log = logs.log_of()
    generated = [n for n in known_columns(log) if n not in ("user_id", "item_id")]
    rows = build_exposures(logs.frame_of(drawn), log, logs.TASKS, generated)
    plain = Plain(drawn, logs)
    assert list(zip(rows.user_id, rows.exposed_at, rows.item_id, strict=True)) == [
        (e["user"], e["time"], e["item"]) for e in plain.exposures
    ]
    for position, exposure in enumerate(plain.exposures):
        row = rows.iloc[position]
        for label in LABEL_EVENTS:
            assert row[label] == exposure[label], label
        assert row["device"] == exposure["device"]
        for name in ("category", "price"):
            assert _equal(row[name], plain.attribute(exposure, name)), name
        for name in generated[3:]:
            expected = plain.column(exposure, name)
            assert _equal(row[name], expected), (name, row[name], expected)


def _equal(value: Any, expected: Any) -> bool:
    if isinstance(expected, list):
        pairs = zip(value, expected, strict=True)
        return len(value) == len(expected) and all(_equal(*pair) for pair in pairs)
    if expected is None or expected != expected:
        return bool(pd.isna(value))
    if isinstance(expected, str):
        return value == expected
    return value == pytest.approx(expected, rel=1e-6)
