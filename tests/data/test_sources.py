"""Sources by kind; files have tests of their own."""

import pyarrow as pa

from mtl_rec.config.data import SyntheticShop
from mtl_rec.data.sources import RowsInMemory, open_source


def test_rows_in_memory_are_read_like_files():
    rows = RowsInMemory("a test", pa.table({"a": range(5), "b": range(5)}))

    batches = list(rows.batches(["b"], 2))

    assert rows.headers == {"a test": ["a", "b"]}
    assert [batch.to_pydict() for batch in batches] == [
        {"b": [0, 1]},
        {"b": [2, 3]},
        {"b": [4]},
    ]


def test_the_simulated_shop_has_the_size_that_was_declared():
    shop = SyntheticShop(
        kind="synthetic_shop", num_exposures=1000, num_users=100, num_items=100
    )

    source = open_source(shop, (), ())

    (columns,) = source.headers.values()
    assert {"user_id", "item_id", "timestamp", "click", "purchase"} <= set(columns)
    assert sum(b.num_rows for b in source.batches(["click"], 300)) == 1000
