"""What is known of items and users beside the log is as of the exposure, too."""

import pandas as pd
import pytest

from mtl_rec.data.events import build_exposures


@pytest.fixture
def frame(logs) -> pd.DataFrame:
    """Two users who view one item on the second, third and fourth day."""
    events = [
        (user, "i1", "v", 24 * day, "x", 1.0, "phone")
        for day in (1, 2, 3)
        for user in ("u1", "u2")
    ]
    return logs.frame_of(events).drop(columns="price")


@pytest.fixture
def log(logs, tmp_path):
    day = [logs.START + n * 86400 for n in range(4)]
    pd.DataFrame(
        {
            "id": ["i1", "i1", "i1", "i2"],
            "since": [day[0], day[2], day[3] + 1, day[0]],
            "price": [1.0, 2.0, 3.0, 9.0],
        }
    ).to_parquet(tmp_path / "items.parquet")
    pd.DataFrame({"user": ["u2"], "city": ["Oslo"]}).to_csv(
        tmp_path / "users.csv", index=False
    )
    return logs.log_of(
        item_columns=("category",),
        items={
            "path": str(tmp_path / "items.parquet"),
            "key": "id",
            "columns": ("price",),
            "valid_from": "since",
        },
        users={
            "path": str(tmp_path / "users.csv"),
            "key": "user",
            "columns": ("city",),
        },
    )


def test_rows_hold_from_their_time_on(logs, frame, log):
    rows = build_exposures(frame, log, logs.TASKS, ["price", "city", "history_price"])
    of_second = rows[rows.user_id == "u2"]
    # What begins a second after the last exposure is not known to it.
    assert of_second.price.tolist() == [1.0, 2.0, 2.0]
    assert of_second.history_price.map(list).tolist() == [[], [1.0], [1.0, 2.0]]
    assert set(of_second.city) == {"Oslo"}
    assert rows[rows.user_id == "u1"].city.isna().all()


def test_items_that_only_the_table_knows_are_drawn_once_they_are_listed(
    logs, frame, log
):
    sampling = {"kind": "uniform", "per_exposure": 1}
    log = logs.log_of(
        item_columns=("category",), negatives=sampling, items=log.items.model_dump()
    )
    rows = build_exposures(frame, log, logs.TASKS, ["price"])
    negatives = rows[rows.is_sampled]
    assert set(negatives.item_id) == {"i2"}
    assert set(negatives.price) == {9.0}
    assert len(negatives) == 6
