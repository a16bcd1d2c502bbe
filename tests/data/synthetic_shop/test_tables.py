"""The table has the promised columns, and items look alike in all rows."""

import numpy as np
import pyarrow as pa


def test_columns_have_the_promised_names_and_types(shop):
    assert shop.schema == pa.schema(
        {
            "user_id": pa.string(),
            "item_id": pa.string(),
            "category": pa.string(),
            "brand": pa.string(),
            "title": pa.string(),
            "price": pa.float32(),
            "hour": pa.int8(),
            "position": pa.int8(),
            "timestamp": pa.int64(),
            "history_items": pa.list_(pa.string()),
            "history_categories": pa.list_(pa.string()),
            "click": pa.int8(),
            "add_to_cart": pa.int8(),
            "purchase": pa.int8(),
            "true_click": pa.float32(),
            "true_add_to_cart": pa.float32(),
            "true_purchase": pa.float32(),
        }
    )


def test_every_exposure_is_a_row_without_nulls(shop, size):
    assert shop.num_rows == size["num_exposures"]
    assert {name: shop[name].null_count for name in shop.schema.names} == dict.fromkeys(
        shop.schema.names, 0
    )


def test_an_item_always_looks_the_same(shop):
    looks = shop.group_by(["item_id", "category", "brand", "title", "price"])

    assert looks.aggregate([]).num_rows == len(shop["item_id"].unique())


def test_there_are_many_categories_and_brands(shop):
    assert len(shop["category"].unique()) == 20
    assert len(shop["brand"].unique()) == 100


def test_prices_are_in_whole_cents(shop):
    price = shop["price"].to_numpy().astype(np.float64)

    assert price.min() > 0
    np.testing.assert_allclose(price * 100, np.round(price * 100), atol=1e-2)
