"""A catalogue and a table of users beside a log are part of the starter config."""

import re

import numpy as np
import pandas as pd
import pytest

from mtl_rec.config import load_config
from mtl_rec.data import open_exposures
from mtl_rec.data.starter import Wishes, make_starter
from mtl_rec.errors import ArtifactError, ConfigError, MtlRecError, SchemaError

NUM_USERS, NUM_ITEMS, NUM_ROWS = 60, 150, 4000
START = 1_700_000_000


@pytest.fixture
def log(tmp_path):
    """Views and orders of 100 of the items, in a month."""
    random = np.random.default_rng(0)
    types = np.where(random.random(NUM_ROWS) < 0.2, "order", "view")
    frame = pd.DataFrame(
        {
            "user_id": random.integers(0, NUM_USERS, NUM_ROWS),
            "sku": random.integers(0, 100, NUM_ROWS),
            "event": types,
            "ts": START + np.sort(random.integers(0, 30 * 86_400, NUM_ROWS)),
        }
    )
    frame.to_csv(tmp_path / "log.csv", index=False)
    return tmp_path / "log.csv"


@pytest.fixture
def products():
    """What is known of every item, those without an event included."""
    number = np.arange(NUM_ITEMS)
    return pd.DataFrame(
        {
            "image": [f"https://x.example/{n:05}.jpg" for n in number],
            "rank": number[::-1] + 5000,
            "article": number,
            "title": [f"a fine {n % 7} of the {n % 9}th kind" for n in number],
            "price": np.round(5 + number % 11 * 1.5, 2),
            "colour": [f"c{n % 13}" for n in number],
            "event": ["x", "y"] * (NUM_ITEMS // 2),
            "item_id": number % 3,
        }
    )


@pytest.fixture
def starter(log, tmp_path):
    """A config for the log and tables beside it, whose rows were all read."""

    def make(excluded=(), **tables):
        tables = {what: str(path) for what, path in tables.items()}
        starter = make_starter(str(log), Wishes(excluded=excluded, tables=tables))
        (tmp_path / "starter.yaml").write_text(starter.text("starter.yaml"))
        config = load_config(
            tmp_path / "starter.yaml", [f"data.source.prepared={tmp_path / 'prepared'}"]
        )
        splits = open_exposures(config.data, config.features, config.tasks)
        return starter.draft, config, list(splits.train)

    return make


def test_what_is_known_of_items_becomes_features(starter, products, tmp_path):
    products.to_csv(tmp_path / "products.csv", index=False)

    draft, config, batches = starter(items=tmp_path / "products.csv")

    items = config.data.source.items
    assert (items.key, items.columns) == ("article", ("title", "price", "colour"))
    features = {feature.name: feature for feature in config.features}
    kinds = {name: features[name].kind for name in items.columns}
    assert kinds == {"title": "text", "price": "numeric", "colour": "categorical"}
    assert all(features[name].side == "item" for name in items.columns)
    assert features["history_colour"].shares == "colour"
    assert {"colour_num_events", "user_colour_num_events"} <= set(features)
    assert batches
    taken = {guess.column: guess.taken_as for guess in draft.guesses}
    assert taken["items.article"] == "key"
    assert taken["items.title"] == "item text"
    assert taken["items.image"] == "left out"
    assert "the log, or of the other table" in draft.left_out["items.event"]
    assert "made of the log" in draft.left_out["items.item_id"]


def test_columns_of_a_table_can_be_left_out(starter, products, tmp_path):
    products["sku"] = products["article"]
    products.to_parquet(tmp_path / "products.parquet")

    draft, config, _ = starter(
        ("items.sku", "items.price"), items=tmp_path / "products.parquet"
    )

    items = config.data.source.items
    assert (items.key, items.columns) == ("article", ("title", "colour"))
    assert draft.left_out["items.price"] == draft.left_out["items.sku"] == "--exclude"


@pytest.mark.parametrize("wrong", ["items.prise", "users.price", "price"])
def test_a_column_to_leave_out_that_is_not_there_is_named(
    wrong, starter, products, tmp_path
):
    products.to_parquet(tmp_path / "products.parquet")

    with pytest.raises(ConfigError, match=f"`--exclude` .* Received: '{wrong}'"):
        starter((wrong,), items=tmp_path / "products.parquet")


def test_users_have_a_table_too_and_ids_may_be_of_other_types(
    starter, products, tmp_path
):
    users = pd.DataFrame(
        {
            "age": 20 + np.arange(NUM_USERS) % 50,
            "colour": [f"c{n % 5}" for n in range(NUM_USERS)],
            "country": [f"c{n % 4}" for n in range(NUM_USERS)],
            "who": [str(n) for n in range(NUM_USERS)],
            "likes": [["a", "b"]] * NUM_USERS,
        }
    )
    users.to_parquet(tmp_path / "users.parquet")
    products.to_parquet(tmp_path / "products.parquet")

    draft, config, _ = starter(
        items=tmp_path / "products.parquet", users=tmp_path / "users.parquet"
    )

    table = config.data.source.users
    assert (table.key, table.columns) == ("who", ("age", "country"))
    sides = {f.name: f.side for f in config.features if f.name in table.columns}
    assert sides == {"age": "user", "country": "user"}
    assert "colour" in config.data.source.items.columns
    assert "join their values" in draft.left_out["users.likes"]


def test_rows_that_hold_from_a_time_on_say_so(starter, tmp_path):
    number = np.arange(2 * NUM_ITEMS)
    pd.DataFrame(
        {
            "article": number % NUM_ITEMS,
            "since": START + number // NUM_ITEMS * 864_000,
            "price": 1.5 + number % 40,
        }
    ).to_csv(tmp_path / "prices.csv", index=False)

    draft, config, _ = starter(items=tmp_path / "prices.csv")

    items = config.data.source.items
    assert (items.key, items.valid_from) == ("article", "since")
    assert items.columns == ("price",)
    assert "items.since" in {guess.column for guess in draft.guesses}


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("a;b\n1;2\n3;4\n", SchemaError, "`--items` must be Parquet, or CSV in UTF-8"),
        ("sku,price\nx1,2.5\nx2,3.5\n", SchemaError, "ids in column 'sku' of the log"),
        ("sku,url\n1,\n2,\n", SchemaError, "that a feature can be made of"),
        ("", ArtifactError, "an empty file"),
        (None, ArtifactError, "`--items` must name an existing file"),
    ],
)
def test_a_table_of_something_else_is_refused(log, tmp_path, text, error, message):
    if text is not None:
        (tmp_path / "items.csv").write_text(text)

    with pytest.raises(error, match=re.escape(message)):
        make_starter(str(log), Wishes(tables={"items": str(tmp_path / "items.csv")}))


def test_repeated_ids_without_a_time_are_refused(log, tmp_path):
    (tmp_path / "items.csv").write_text("sku,price\n1,2.5\n1,3.5\n2,4.5\n")

    with pytest.raises(MtlRecError, match=r"`data\.source\.items`.*'sku'"):
        make_starter(str(log), Wishes(tables={"items": str(tmp_path / "items.csv")}))


def test_exposures_have_no_table_beside_them(tmp_path):
    rows = "".join(f"{n % 7},{n % 5},{n % 3 % 2}\n" for n in range(300))
    (tmp_path / "rows.csv").write_text(f"user_id,item_id,click\n{rows}")

    with pytest.raises(ConfigError, match=r"`--users` goes with a log.*'click'"):
        make_starter(str(tmp_path / "rows.csv"), Wishes(tables={"users": "x.csv"}))
