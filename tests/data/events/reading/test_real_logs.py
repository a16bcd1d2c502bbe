"""The published logs that we have samples of."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from mtl_rec.config.log_parts import Label
from mtl_rec.config.public_logs import Rees46, TaobaoUserBehavior
from mtl_rec.data.events.reading.events import read_events
from mtl_rec.data.events.reading.rejected import RejectedRows

DATA = Path(__file__).parents[5] / "shared/data"
TAOBAO = DATA / "taobao_userbehavior/UserBehavior.csv"
REES46 = DATA / "rees46/2019-Oct_first_2h50m.csv"
RULES = {"window_hours": 24, "labels": {"click": Label(events=("view",))}}


def read(log, tmp_path) -> tuple[pa.Table, RejectedRows]:
    with RejectedRows(tmp_path / "rejected.csv", log.max_rejected_fraction) as rejected:
        return pa.concat_tables(read_events(log, rejected)), rejected


def counts_by_name(events, log) -> dict[str, int]:
    counted = pc.value_counts(events["event"]).to_pylist()
    return {log.event_names[row["values"]]: row["counts"] for row in counted}


@pytest.mark.skipif(not TAOBAO.is_file(), reason="the sample is not there")
def test_the_sample_of_taobao(tmp_path):
    log = TaobaoUserBehavior(kind="taobao_userbehavior", path=str(TAOBAO), **RULES)

    events, rejected = read(log, tmp_path)

    assert rejected.num_rows == 84_476
    assert rejected.counts == {
        "'seconds' is before `starts`": 35,
        "the line does not have 5 fields": 1,
    }
    assert events.num_rows == 84_440
    names = counts_by_name(events, log)
    assert names == {"view": 75_837, "cart": 4_497, "favourite": 2_356, "buy": 1_750}
    assert pc.count_distinct(events["user"]).as_py() == 815
    assert events.slice(0, 1).to_pylist() == [
        {
            "user": "1",
            "item": "2268318",
            "event": 0,
            "time": 1_511_544_070_000_000,
            "category": "2520377",
        }
    ]


@pytest.mark.skipif(not REES46.is_file(), reason="the sample is not there")
def test_the_sample_of_rees46(tmp_path):
    log = Rees46(kind="rees46", path=str(REES46), **RULES)

    events, rejected = read(log, tmp_path)

    assert rejected.num_rows == 17_435
    assert rejected.counts == {"the line does not have 9 fields": 1}
    assert counts_by_name(events, log) == {"view": 17_055, "cart": 165, "purchase": 214}
    assert events["time"][0].as_py() == 1_569_888_000_000_000
    assert events.column_names[4:] == list(log.item_columns)
