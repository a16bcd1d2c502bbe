"""Nothing that happens at or after a moment changes what was known before it."""

from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtl_rec.config.events import EventLog
from mtl_rec.config.log_columns import known_columns
from mtl_rec.data.events import build_exposures
from mtl_rec.errors import SchemaError

LABELS = ["click", "cart", "buy"]
UNIFORM = {"kind": "uniform", "per_exposure": 2, "candidates_per_exposure": 20}
POPULARITY = {**UNIFORM, "kind": "popularity"}


def rows_before(
    moment: int, frame: pd.DataFrame, log: EventLog, logs: SimpleNamespace
) -> pd.DataFrame:
    """Rows from before an hour, with labels unknown where they were not known yet."""
    columns = known_columns(log)
    try:
        rows = build_exposures(frame, log, logs.TASKS, columns)
    except SchemaError as error:
        if "must give exposures" not in str(error):
            raise
        return pd.DataFrame()
    at = pd.Timestamp(logs.START + moment * logs.HOUR, unit="s", tz="UTC")
    rows = rows[rows.exposed_at < at].reset_index(drop=True)
    rows[LABELS] = rows[LABELS].astype(float)
    rows.loc[rows.window_ends_at > at, LABELS] = float("nan")
    for name in columns:
        if name.startswith("history_"):
            rows[name] = rows[name].map(list)
    return rows


def assert_equal(first: pd.DataFrame, second: pd.DataFrame) -> None:
    # A log without any exposure has no columns either.
    if len(first) or len(second):
        pd.testing.assert_frame_equal(first, second)


@pytest.mark.parametrize(
    "negatives", [None, pytest.param(UNIFORM, marks=pytest.mark.slow), POPULARITY]
)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_what_comes_later_changes_nothing(logs, negatives, data):
    moment = data.draw(st.integers(1, logs.DAYS * 24 - 1))
    before = data.draw(logs.events(0, moment - 1, min_size=1))
    # Others added, all deleted, some changed: whatever the two have from then on.
    later = [data.draw(logs.events(moment, logs.DAYS * 24 - 1)) for _ in range(2)]
    log = logs.log_of(negatives=negatives)
    first, second = (
        rows_before(moment, logs.frame_of([*before, *after]), log, logs)
        for after in later
    )
    assert_equal(first, second)


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_the_order_of_the_rows_changes_nothing(logs, data):
    rows = data.draw(logs.events(0, logs.DAYS * 24 - 1, min_size=1))
    shuffled = data.draw(st.permutations(rows))
    log = logs.log_of(negatives=UNIFORM)
    first, second = (
        rows_before(10**4, logs.frame_of(order), log, logs)
        for order in (rows, shuffled)
    )
    assert_equal(first, second)


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_without_a_stated_end_only_windows_that_were_open_may_differ(logs, data):
    moment = data.draw(st.integers(13, logs.DAYS * 24 - 1))
    before = data.draw(logs.events(0, moment - 1, min_size=1))
    later = [
        data.draw(logs.events(moment, logs.DAYS * 24 - 1, min_size=1)) for _ in range(2)
    ]
    log = logs.log_of(negatives=UNIFORM, ends=None)
    at = pd.Timestamp(logs.START + moment * logs.HOUR, unit="s", tz="UTC")
    first, second = (
        rows_before(moment, logs.frame_of([*before, *after]), log, logs)
        for after in later
    )
    first, second = (
        rows[rows.window_ends_at <= at].reset_index(drop=True) if len(rows) else rows
        for rows in (first, second)
    )
    assert_equal(first, second)
