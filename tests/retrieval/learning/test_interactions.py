"""What is read of a table, against pandas."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mtl_rec.errors import SchemaError
from mtl_rec.retrieval.preparing import prepare_retrieval

PARTS = ("train", "validation", "test")


@pytest.fixture(scope="module")
def parted(table):
    """Rows with user and item, by time, each with its part."""
    rows = table.sort_values("time").reset_index(drop=True)
    shares = (np.arange(len(rows)) + 0.5) / len(rows)
    rows["part"] = np.searchsorted([0.6, 0.8], shares)
    return rows[(rows.user_id.fillna("") != "") & (rows.item_id.fillna("") != "")]


@pytest.fixture(scope="module")
def data(prepared):
    return prepared.interactions


def test_the_catalogue_knows_items_as_they_were_before_the_test(parted, data):
    items = data.catalogue.item_ids.tolist()
    found = dict(zip(items, data.catalogue.rows["price"].to_pylist(), strict=True))
    wanted = {}
    for item, own in parted.groupby("item_id"):
        early = own[own.part < 2]
        wanted[item] = (early.iloc[-1] if len(early) else own.iloc[0]).price

    assert items == sorted(set(parted.item_id))
    assert found == pytest.approx(wanted, abs=1e-6)
    assert data.catalogue.rows["item_id"].to_pylist() == items
    only_late = set(parted[parted.part == 2].item_id) - set(
        parted[parted.part < 2].item_id
    )
    assert only_late, "the table must have items that come late"


def test_rows_without_a_user_or_an_item_are_no_events(parted, data):
    for part, events in enumerate((data.train, data.validation)):
        rows = parted[(parted.part == part) & (parted.click == 1)]
        # In the order of the data, which the ids of rows tell.
        rows = rows.sort_values("price")
        order = np.argsort(events.rows["price"].to_numpy())
        assert data.user_ids[events.users][order].tolist() == rows.user_id.tolist()
        items = data.catalogue.item_ids[events.items][order]
        assert items.tolist() == rows.item_id.tolist()
        own = [events.rows[n].to_pylist() for n in ("user_id", "item_id")]
        assert own[0] == data.user_ids[events.users].tolist()
        assert own[1] == data.catalogue.item_ids[events.items].tolist()
        np.testing.assert_allclose(events.rows["price"].to_numpy()[order], rows.price)


def test_events_are_in_the_order_of_time(parted, data):
    times = dict(zip(parted.price.astype("float32"), parted.time, strict=True))

    for events in (data.train, data.validation):
        told = [times[price] for price in events.rows["price"].to_pylist()]
        assert told == sorted(told)


def test_known_items_are_those_that_were_shown(parted, data):
    for part, known in enumerate(data.known_items.values()):
        shown = data.catalogue.item_ids[known]
        assert set(shown) == set(parted[parted.part == part].item_id)
    early = parted[(parted.part < 2) & (parted.click == 1)].groupby("item_id").size()
    counts = dict(zip(data.catalogue.item_ids, data.training_counts(), strict=True))
    assert {i: n for i, n in counts.items() if n} == early.to_dict()


@pytest.mark.parametrize(("name", "part"), [("validation", 1), ("test", 2)])
def test_cold_items_are_those_that_come_with_a_part_or_later(name, part, parted, data):
    later = parted[parted.part >= part].item_id.dropna()
    shown = parted[parted.part < part].item_id
    cold = set(data.catalogue.item_ids[data.cold_items[name]])
    assert cold == set(later) - set(shown) != set()


def test_an_item_that_was_only_drawn_as_a_negative_is_cold(
    table, data, run_config, tmp_path
):
    drawn = data.catalogue.item_ids[~data.cold_items["test"]][:3]
    is_drawn = table.item_id.isin(drawn)
    rows = table.assign(is_sampled=is_drawn.astype(int), log_sampling_rate=0.0)
    rows[["click", "purchase"]] *= ~is_drawn.to_numpy()[:, None]
    rows.to_parquet(tmp_path / "rows.parquet")

    config = run_config(f"data.source.path={tmp_path}/rows.parquet")
    of_sample = prepare_retrieval(config).interactions

    before = data.catalogue.item_ids[data.cold_items["test"]].tolist()
    cold = of_sample.catalogue.item_ids[of_sample.cold_items["test"]].tolist()
    assert sorted(cold) == sorted([*before, *drawn])
    known = of_sample.known_items["train"] | of_sample.known_items["validation"]
    assert set(drawn) <= set(of_sample.catalogue.item_ids[known])


@pytest.mark.parametrize("part", [1, 2])
def test_a_query_knows_what_was_known_at_its_users_first_row(parted, data, part):
    name = PARTS[part]
    queries, rows = data.queries[name], data.query_rows[name]
    here = parted[parted.part == part]
    firsts = here.drop_duplicates("user_id").set_index("user_id")
    users = data.user_ids[queries.users]

    assert rows["user_id"].to_pylist() == users.tolist()
    histories = [list(own) for own in firsts.loc[users].history]
    assert rows["history"].to_pylist() == histories
    np.testing.assert_allclose(rows["age"].to_numpy(), firsts.loc[users].age, rtol=1e-6)
    clicked = here[here.click == 1].groupby("user_id").item_id.agg(set)
    before = parted[(parted.part < part) & (parted.click == 1)]
    before = before.groupby("user_id").item_id.agg(set)
    for query, user in enumerate(users):
        span = slice(*queries.relevant.offsets[query : query + 2])
        wanted = set(data.catalogue.item_ids[queries.relevant.items[span]])
        assert wanted == clicked[user] - before.get(user, set())


def test_of_several_events_the_largest_weight_counts(parted, prepare):
    weights = "retrieval.event_weights={click: 2, purchase: 5}"

    weighted = prepare("popularity", weights).interactions
    bought = prepare("popularity", "retrieval.event_weights={purchase: 3}").interactions

    rows = parted[parted.part == 0]
    assert sorted(weighted.train.weights) == sorted(
        np.where(rows.purchase, 5, 2)[rows.click == 1]
    )
    assert bought.train.weights.tolist() == [3.0] * rows.purchase.sum()


def test_a_column_of_ids_that_is_not_there_is_named(prepare):
    with pytest.raises(SchemaError, match=r"no column 'items'.*evaluation\.item"):
        prepare("popularity", "evaluation.item=items")


def test_ids_are_read_as_features_of_them_are(table, prepare, tmp_path):
    numbers = pd.to_numeric(table["item_id"].str[1:])
    rows = pa.Table.from_pandas(table, preserve_index=False)
    # NaN, which is how NumPy says that one is missing, is no item.
    ids = pa.array(numbers.to_numpy(), from_pandas=False)
    place = rows.column_names.index("item_id")
    pq.write_table(rows.set_column(place, "item_id", ids), tmp_path / "rows.parquet")

    own = prepare("popularity", f"data.source.path={tmp_path}/rows.parquet")

    wanted = {str(int(number)) for number in numbers.dropna()}
    assert set(own.interactions.catalogue.item_ids) == wanted
