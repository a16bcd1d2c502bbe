"""Exposures of whole logs: rules that hold whatever is in them."""

import numpy as np
import pandas as pd
import pytest

from mtl_rec.config.log_columns import known_columns
from mtl_rec.data.events import build_exposures
from mtl_rec.data.events.building import Job, build_files
from mtl_rec.data.events.prepared import PART_FILES
from mtl_rec.data.events.progress import unseen
from mtl_rec.data.events.reading.events import events_from_rows
from mtl_rec.data.events.reading.rejected import RejectedRows
from mtl_rec.errors import SchemaError

KEYS = ["user_id", "exposed_at", "item_id", "is_sampled"]


@pytest.fixture(scope="module")
def random_log(logs) -> pd.DataFrame:
    random = np.random.default_rng(3)
    size = 4000
    items = (60 * random.random(size) ** 2).astype(int)
    return pd.DataFrame(
        {
            "user_id": [f"u{n}" for n in random.integers(0, 80, size)],
            "item_id": [f"i{n}" for n in items],
            "event_type": random.choice(list("vvvvvvcb"), size),
            "event_time": logs.START + random.integers(0, logs.DAYS * 86400, size),
            "category": [f"c{n % 7}" for n in items],
            "price": items + 0.5,
            "device": random.choice(["phone", "desktop"], size),
        }
    )


def test_groups_of_users_change_nothing(logs, random_log, tmp_path):
    log = logs.log_of(negatives={"kind": "popularity", "per_exposure": 2})
    frames = []
    for number in (1, 7):
        folder = tmp_path / str(number)
        folder.mkdir()
        rejected = RejectedRows(folder / "rejected.csv", 0)
        job = Job(log, logs.TASKS, known_columns(log))
        chunks = events_from_rows(random_log, log, rejected)
        build_files(job, chunks, number, folder, unseen)
        parts = [pd.read_parquet(file) for file in sorted(folder.glob(PART_FILES))]
        assert len(parts) == number
        assert {path.name for path in folder.iterdir()} == {
            f"part-{n:05d}.parquet" for n in range(number)
        }
        frames.append(pd.concat(parts).sort_values(KEYS).reset_index(drop=True))
    pd.testing.assert_frame_equal(*frames)


def test_every_user_and_item_has_windows_that_do_not_overlap(logs, random_log):
    rows = build_exposures(random_log, logs.log_of(), logs.TASKS)
    rows = rows.sort_values(["user_id", "item_id", "exposed_at"])
    gaps = rows.groupby(["user_id", "item_id"]).exposed_at.diff().dropna()
    assert (gaps >= pd.Timedelta(hours=12)).all()
    assert len(gaps)


def test_impressions_alone_open_windows(logs, random_log):
    log = logs.log_of(opened_by=("cart",), labels={"bought": {"events": ("buy",)}})
    rows = build_exposures(random_log, log, [logs.TASKS[0].model_copy(update=BOUGHT)])
    seconds = logs.START + random_log.event_time - logs.START
    times = pd.to_datetime(seconds, unit="s", utc=True)
    carted = random_log.assign(time=times)[random_log.event_type == "c"]
    keys = set(zip(carted.user_id, carted.item_id, carted.time, strict=True))
    assert set(zip(rows.user_id, rows.item_id, rows.exposed_at, strict=True)) <= keys
    assert 0 < rows.bought.mean() < 1


BOUGHT = {"name": "bought"}


def test_a_label_may_be_about_the_category(logs):
    frame = logs.frame_of(
        [
            ("u1", "i1", "v", 0, "x", 1.0, "phone"),
            ("u1", "i2", "b", 3, "x", 1.0, "phone"),
            ("u2", "i1", "v", 0, "x", 1.0, "phone"),
            ("u2", "i3", "b", 3, "y", 1.0, "phone"),
        ]
    )
    labels = {
        "click": {"events": ("view", "buy")},
        "cart": {"events": ("buy",), "same": "category"},
    }
    rows = build_exposures(frame, logs.log_of(labels=labels), logs.TASKS[:2])
    of_first = rows[rows.item_id == "i1"].set_index("user_id")
    assert of_first.cart.to_dict() == {"u1": 1, "u2": 0}


def test_equal_events_are_counted_once(logs):
    event = ("u1", "i1", "v", 0, "x", 1.0, "phone")
    later = ("u1", "i2", "v", 5, "x", 1.0, "phone")
    once, twice = (
        build_exposures(
            logs.frame_of(events), logs.log_of(), logs.TASKS, ["user_num_events"]
        )
        for events in ([event, later], [event, event, later])
    )
    pd.testing.assert_frame_equal(once, twice)
    assert list(twice.user_num_events) == [0, 1]


class TestRefusals:
    def test_steps_without_the_one_before_are_counted(self, logs):
        events = [
            ("u1", "i1", "v", 0, "x", 1.0, "phone"),
            ("u1", "i2", "c", 1, "x", 1.0, "phone"),
            ("u2", "i2", "b", 1, "x", 1.0, "phone"),
        ]
        labels = {
            name: {"events": (event,)}
            for name, event in [("click", "view"), ("cart", "cart"), ("buy", "buy")]
        }
        log = logs.log_of(labels=labels)
        with pytest.raises(SchemaError) as error:
            build_exposures(logs.frame_of(events), log, logs.TASKS)
        assert "1 with `cart` without `click`, 1 with `buy` without `click`" in str(
            error.value
        )
        repaired = log.model_copy(update={"repair": True})
        rows = build_exposures(logs.frame_of(events), repaired, logs.TASKS)
        assert list(rows.click) == [1, 1, 1]

    def test_a_clock_that_jumped(self, logs, random_log):
        late = random_log.tail(2).assign(event_time=logs.START + 40 * 365 * 86400)
        log = logs.log_of(ends=None)
        with pytest.raises(SchemaError, match=r"must not jump.*2023-11-18.*2063"):
            build_exposures(pd.concat([random_log, late]), log, logs.TASKS)

    def test_a_log_that_is_shorter_than_its_windows(self, logs):
        frame = logs.frame_of([("u1", "i1", "v", 0, "x", 1.0, "phone")])
        with pytest.raises(
            SchemaError, match=r"1 events without one; 1 windows of 12 hours"
        ):
            build_exposures(frame, logs.log_of(ends=None), logs.TASKS)

    def test_exposures_that_look_like_negatives(self, logs):
        frame = logs.frame_of(
            [
                ("u1", "i1", "v", 0, "x", 1.0, "phone"),
                ("u2", "i2", "c", 1, "x", 1.0, "phone"),
            ]
        )
        log = logs.log_of(
            labels={"click": {"events": ("view",)}}, negatives={"kind": "uniform"}
        )
        with pytest.raises(SchemaError, match=r"`click`.*1 exposures without"):
            build_exposures(frame, log, logs.TASKS[:1])
