"""Public logs by their documented columns alone, on small files made here."""

from pathlib import Path

import pandas as pd
import pytest

from mtl_rec.config.events import Events
from mtl_rec.config.tasks import Task
from mtl_rec.data.events import prepare

TASKS = [
    Task(name="click"),
    Task(name="add_to_cart", after="click"),
    Task(name="purchase", after="click"),
]


def exposures_of(tmp_path: Path, wanted: list[str], **settings) -> pd.DataFrame:
    log = Events(kind="events", prepared=str(tmp_path / "prepared"), **settings)
    return pd.read_parquet(prepare(log, wanted, TASKS).folder)


def test_retailrocket(tmp_path):
    (tmp_path / "events.csv").write_text(
        "timestamp,visitorid,event,itemid,transactionid\n"
        "1433221332117,257597,view,355908,\n"
        "1433221392117,257597,addtocart,355908,\n"
        "1433221452117,257597,transaction,355908,4000\n"
        "1433394132117,992329,view,248676,\n"
        "1433480532117,992329,view,318965,\n"
    )
    rows = exposures_of(
        tmp_path,
        ["history_item_id", "hour"],
        path=str(tmp_path / "events.csv"),
        columns={
            "user": "visitorid", "item": "itemid", "event": "event", "time": "timestamp"
        },
        ignored_columns=("transactionid",),
        event_types={"view": "view", "addtocart": "cart", "transaction": "purchase"},
        time_unit="ms",
        window_hours=24,
        labels={
            "click": {"events": ("view",), "implied": True},
            "add_to_cart": {"events": ("cart",)},
            "purchase": {"events": ("purchase",)},
        },
    )  # fmt: skip
    assert rows[["item_id", "click", "add_to_cart", "purchase"]].values.tolist() == [
        ["355908", 1, 1, 1],
        ["248676", 1, 0, 0],
    ]
    assert rows.exposed_at[0] == pd.Timestamp("2015-06-02 05:02:12.117", tz="UTC")


def test_tmall(tmp_path):
    (tmp_path / "user_log_format1.csv").write_text(
        "user_id,item_id,cat_id,seller_id,brand_id,time_stamp,action_type\n"
        "328862,323294,833,2882,2661,0829,0\n"
        "328862,323294,833,2882,2661,0829,2\n"
        "328862,844400,1271,2882,2661,0901,0\n"
        "234512,844400,1271,2882,,1111,3\n"
    )
    rows = exposures_of(
        tmp_path,
        ["cat_id", "user_cat_id_num_events", "brand_id"],
        path=str(tmp_path / "user_log_format1.csv"),
        columns={
            "user": "user_id",
            "item": "item_id",
            "event": "action_type",
            "time": "time_stamp",
        },
        item_columns=("cat_id", "brand_id"),
        ignored_columns=("seller_id",),
        event_types={"0": "click", "1": "cart", "2": "purchase", "3": "favourite"},
        time_format="%m%d",
        ends="1900-11-12T00:00:00",
        window_hours=24,
        labels={
            "click": {"events": ("click", "favourite"), "implied": True},
            "add_to_cart": {"events": ("cart",)},
            "purchase": {"events": ("purchase",)},
        },
    )
    assert rows[["item_id", "purchase", "cat_id"]].values.tolist() == [
        ["844400", 0, "1271"],
        ["323294", 1, "833"],
        ["844400", 0, "1271"],
    ]
    with pytest.raises(KeyError):
        rows["seller_id"]
