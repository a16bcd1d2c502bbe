"""Texts of items, from files of several sorts."""

import pandas as pd
import pytest

from mtl_rec.data.catalogue import read_texts
from mtl_rec.errors import ArtifactError, SchemaError

ROWS = pd.DataFrame(
    {
        "sku": [3, 1, 3, 2],
        "title": ["old", "日本", "new", None],
        "brand": ["a", None, "b", None],
        "price": [1.5, 2.5, 3.5, 4.5],
    }
)


@pytest.fixture(params=["items.parquet", "items.csv"])
def path(request, tmp_path):
    path = tmp_path / request.param
    write = ROWS.to_csv if path.suffix == ".csv" else ROWS.to_parquet
    write(path, index=False)
    return path


def test_the_last_row_of_an_item_counts_and_what_is_missing_says_nothing(path):
    texts = read_texts(path, "sku", ["brand", "title"])

    assert {id_: text.strip() for id_, text in texts.items()} == {
        "3": "b new",
        "1": "日本",
        "2": "",
    }


def test_a_column_that_is_not_there_is_named_with_the_nearest(path):
    with pytest.raises(SchemaError, match=r"'titel'\. Did you mean 'title'\? Columns"):
        read_texts(path, "sku", ["titel"])


def test_a_catalogue_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ArtifactError, match=r"Received: .*none.parquet', which is not"):
        read_texts(tmp_path / "none.parquet", "sku", ["title"])


@pytest.mark.parametrize(
    ("ids", "text"),
    [
        ([1.5, 2.5], "'sku' must hold text or whole numbers. Received: double."),
        (["a\nb", "c"], r"must have ids of one line. Received: 'a\\nb'."),
        ([None, ""], "must have ids."),
    ],
)
def test_ids_are_whole_and_there(tmp_path, ids, text):
    pd.DataFrame({"sku": ids, "t": ["x", "y"]}).to_parquet(tmp_path / "i.parquet")

    with pytest.raises(SchemaError) as error:
        read_texts(tmp_path / "i.parquet", "sku", ["t"])

    assert text.replace("\\\\", "\\") in str(error.value)
