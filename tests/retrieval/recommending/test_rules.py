"""Which items may be in a list, and how many with the same value."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from mtl_rec.config.recommendation import Cap, ItemTable, Require
from mtl_rec.errors import ConfigError, SchemaError
from mtl_rec.retrieval.recommending.item_columns import open_columns
from mtl_rec.retrieval.recommending.items import Items
from mtl_rec.retrieval.recommending.rules import open_rules, select

IDS = np.array(["a", "b", "c", "d"], object)
ROWS = pa.table(
    {
        "category": ["shoe", "shoe", "bag", ""],
        "price": pa.array([5.0, 50.0, float("nan"), 7.0], pa.float32()),
    }
)


def rules_of(*rules, table=None):
    return open_rules(rules, open_columns(Items(IDS, ROWS), table))


def shown(rules):
    return IDS[rules.may_be_shown(np.arange(len(IDS)))].tolist()


def test_a_requirement_keeps_items_within_its_bounds_and_none_without_a_value():
    rule = Require(kind="require", column="price", at_least=5, at_most=7)

    assert shown(rules_of(rule)) == ["a", "d"]


def test_a_requirement_of_values_keeps_items_that_have_one_of_them():
    rule = Require(kind="require", column="category", one_of=("bag", "hat"))

    assert shown(rules_of(rule)) == ["c"]


def test_the_first_requirement_that_is_not_met_is_remembered():
    cheap = Require(kind="require", column="price", at_most=10)
    shoes = Require(kind="require", column="category", one_of=("shoe",))
    rules = rules_of(cheap, shoes)

    assert shown(rules) == ["a"]
    assert [rules.requirement_of(place) for place in (1, 2, 3)] == [cheap, cheap, shoes]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_table_says_what_is_known_now(tmp_path, ending):
    path = tmp_path / f"stock.{ending}"
    rows = pa.table({"sku": ["d", "b", "z"], "stock": [3, 0, 9], "price": [1, 2, 3]})
    if ending == "csv":
        rows.to_pandas().to_csv(path, index=False)
    else:
        pyarrow.parquet.write_table(rows, path)
    table = ItemTable(path=str(path), key="sku")
    in_stock = Require(kind="require", column="stock", at_least=1)

    assert shown(rules_of(in_stock, table=table)) == ["d"]
    # The catalogue's own price of "b" is 50.
    cheap = Require(kind="require", column="price", at_most=2)
    assert shown(rules_of(cheap, table=table)) == ["b", "d"]


def test_a_table_with_an_item_twice_is_refused(tmp_path):
    path = tmp_path / "stock.csv"
    path.write_text("item_id,stock\na,1\nb,2\na,3\n")

    with pytest.raises(SchemaError, match="'a' more than once in column 'item_id'"):
        rules_of(table=ItemTable(path=str(path)))


def test_a_column_that_no_item_has_is_refused_and_the_nearest_named():
    rule = Require(kind="require", column="prise", at_least=1)

    with pytest.raises(ConfigError, match=r"rules\.0\.column.*mean 'price'"):
        rules_of(rule)


def test_a_number_can_not_be_read_from_text():
    rule = Require(kind="require", column="category", at_least=1)

    with pytest.raises(SchemaError, match=r"rules\.0\.column: .*must hold numbers"):
        rules_of(rule)


def test_the_place_of_an_item_too_many_goes_to_the_next():
    rules = rules_of(Cap(kind="cap", column="category", at_most=1))

    selection = select([1, 0, 3, 2], rules.caps, 3)

    assert selection.places == [0, 2, 3]
    assert selection.skipped == {1: rules.caps[0].rule}


def test_items_of_unknown_value_are_not_counted_together():
    unknown = Items(IDS, pa.table({"category": ["", "", "", ""]}))
    cap = Cap(kind="cap", column="category", at_most=1)
    rules = open_rules([cap], open_columns(unknown, None))

    assert select(range(4), rules.caps, 4).places == [0, 1, 2, 3]


def test_no_value_is_more_often_in_a_list_than_its_cap_whatever_the_order():
    random = np.random.default_rng(0)
    colours = random.choice(["red", "blue", "green"], 300)
    items = Items(np.arange(300).astype(str), pa.table({"colour": colours}))
    cap = Cap(kind="cap", column="colour", at_most=4)
    rules = open_rules([cap], open_columns(items, None))

    for _ in range(20):
        ranked = random.permutation(300)
        shown = colours[ranked[select(ranked.tolist(), rules.caps, 10).places]]
        assert len(shown) == 10
        assert np.unique(shown, return_counts=True)[1].max() <= 4
