"""Keys are those of the rows that are encoded, whatever batches they come in."""

import numpy as np
import pandas as pd
import pytest

from mtl_rec.config.data import ColumnSplit, Data, Table
from mtl_rec.config.evaluation import Evaluation
from mtl_rec.config.features import Categorical, Numeric
from mtl_rec.config.tasks import Task
from mtl_rec.data import open_exposures
from mtl_rec.errors import SchemaError
from mtl_rec.evaluation.reading_keys import (
    ITEMS,
    USER_ROWS,
    USERS,
    read_keys,
    require_key_columns,
)

ROWS = pd.DataFrame(
    {
        "part": ["train"] * 4 + ["test", "validation", "test", "test", "test"],
        "user_id": ["a", "b", "b", "c", "b", "z", "new", "b", None],
        "sku": [1, 1, 1, 2, 2, 9, 1, 3, 3],
        "price": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0],
        "brand": ["x", "y", "x", "y", "x", "y", "q", "x", "x"],
        "click": [1, 0, 1, 0, 1, 0, 0, 1, 0],
        "true_click": np.linspace(0.1, 0.9, 9),
    }
)
FEATURES = (
    Categorical(kind="categorical", name="label", side="item", column="brand"),
    Numeric.model_validate({"kind": "numeric", "name": "price", "side": "item"}),
)


@pytest.fixture
def opened(tmp_path):
    def opened(rows: pd.DataFrame = ROWS):
        rows.to_csv(tmp_path / "rows.csv", index=False)
        source = Table(kind="table", path=str(tmp_path / "rows.csv"))
        split = ColumnSplit(kind="column", column="part")
        data = Data(source=source, split=split, chunk_rows=2)
        return open_exposures(data, FEATURES, (Task(name="click"),))

    return opened


def slices_of(keys, name) -> list[str]:
    [slicing] = [own for own in keys.slicings if own.name == name]
    return [slicing.labels[code] for code in slicing.codes]


def test_keys_are_those_of_the_split_in_its_order(opened):
    settings = Evaluation(item="sku", slices=("label", "price"))

    keys = read_keys(opened(), "test", settings)

    users = keys.users
    assert users is not None
    # Of b, new, b, and one whose user is not known.
    assert users[0] == users[2]
    assert len(set(users)) == 3
    assert slices_of(keys, USERS) == ["returning", "new", "returning", "new"]
    assert slices_of(keys, USER_ROWS) == ["1-5", "0", "1-5", "0"]
    assert slices_of(keys, ITEMS) == ["1-5", "1-5", "0", "0"]
    assert slices_of(keys, "label") == ["x", "q", "x", "x"]
    assert slices_of(keys, "price")[0] == "to 5"
    np.testing.assert_allclose(keys.truth["click"], ROWS["true_click"][[4, 6, 7, 8]])


def test_without_columns_of_users_and_items_there_are_no_keys(opened):
    rows = ROWS.drop(columns=["user_id", "true_click"])

    keys = read_keys(opened(rows), "test", Evaluation())

    assert (keys.users, keys.slicings, keys.truth) == (None, (), {})


def test_a_column_that_is_not_there_is_refused_before_training(opened):
    message = (
        r"rows\.csv' has no column 'usr_id' for the id of the user. Did you mean "
        r"'user_id'\? Columns: .* Name the data's own in `evaluation\.user`, or add it"
    )
    with pytest.raises(SchemaError, match=message):
        require_key_columns(opened(), Evaluation(user="usr_id"))


def test_truth_that_is_no_probability_is_refused(opened):
    rows = ROWS.assign(true_click=2.0)

    with pytest.raises(SchemaError, match="Column 'true_click' must hold true prob"):
        read_keys(opened(rows), "test", Evaluation())
