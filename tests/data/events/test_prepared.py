"""Exposures are made once, and again only when something has changed."""

import json

import pandas as pd
import pytest

from mtl_rec.data.events import prepare
from mtl_rec.errors import SchemaError


@pytest.fixture
def log(logs, tmp_path):
    events = [
        ("u1", "i1", "v", 0, "x", 1.0, "phone"),
        ("u1", "i2", "c", 1, "x", 2.0, "phone"),
        ("u2", "i2", "v", 2, "y", 2.0, "desktop"),
    ]
    logs.frame_of(events).to_csv(tmp_path / "log.csv", index=False)
    return logs.log_of(
        path=str(tmp_path / "log.csv"),
        prepared=str(tmp_path / "prepared"),
        max_rejected_fraction=0.5,
    )


def test_the_second_time_nothing_is_made(log, logs):
    first = prepare(log, ["price"], logs.TASKS)
    again = prepare(log, ["price"], logs.TASKS)
    assert first.is_new
    assert not again.is_new
    assert again.folder == first.folder
    assert again.summary == first.summary
    assert first.summary["exposures"] == 3


@pytest.mark.parametrize("change", ["bytes", "rule", "columns", "funnel"])
def test_whatever_exposures_depend_on_makes_others(log, logs, tmp_path, change):
    before = prepare(log, ["price"], logs.TASKS)
    columns, tasks = ["price"], logs.TASKS
    match change:
        case "bytes":
            text = (tmp_path / "log.csv").read_text()
            (tmp_path / "log.csv").write_text(text.replace("2.0", "3.0"))
        case "rule":
            log = log.model_copy(update={"window_hours": 6.0})
        case "columns":
            columns = ["price", "hour"]
        case "funnel":
            tasks = logs.TASKS[:2]
    after = prepare(log, columns, tasks)
    assert after.is_new
    assert after.folder != before.folder


def test_a_file_that_was_only_touched_is_the_same_log(log, logs, tmp_path):
    before = prepare(log, ["price"], logs.TASKS)
    (tmp_path / "log.csv").touch()
    assert not prepare(log, ["price"], logs.TASKS).is_new
    assert json.loads((before.folder / "_summary.json").read_text()) == before.summary


def test_a_log_that_is_refused_leaves_only_its_rejected_rows(log, logs, tmp_path):
    text = (tmp_path / "log.csv").read_text()
    (tmp_path / "log.csv").write_text(text + "bad\n" * 9)
    with pytest.raises(SchemaError, match=r"9 of 12 rows"):
        prepare(log, ["price"], logs.TASKS)
    (left,) = (tmp_path / "prepared").iterdir()
    assert left.name.endswith(".rejected.csv")
    assert len(pd.read_csv(left)) == 9


def test_a_log_with_other_columns_leaves_nothing(log, logs, tmp_path):
    text = (tmp_path / "log.csv").read_text()
    (tmp_path / "log.csv").write_text(text.replace("event_time", "time_of"))
    with pytest.raises(SchemaError, match="lacks \\['event_time'\\]"):
        prepare(log, ["price"], logs.TASKS)
    assert not (tmp_path / "prepared").exists()
