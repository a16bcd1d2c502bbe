"""Rows of one side are encoded as those of both."""

import numpy as np
import pandas as pd
import pyarrow as pa

from mtl_rec.config.features import Categorical
from mtl_rec.config.tasks import Task
from mtl_rec.preprocess import Preprocessor
from mtl_rec.retrieval.encoding import encode_side


def test_several_features_of_one_column_are_read():
    features = (
        Categorical(kind="categorical", name="user", side="user"),
        Categorical(kind="categorical", name="item", side="item"),
        Categorical(
            kind="categorical",
            name="rare_item",
            side="item",
            column="item",
            min_count=2,
        ),
    )
    rows = pd.DataFrame({"user": ["u", "v", "u"], "item": list("aba"), "click": 0.0})
    preprocessor = Preprocessor.fit(features, (Task(name="click"),), rows)
    items = pa.table({"item": ["b", "a"], "rare_item": ["b", "a"]})

    inputs = encode_side(preprocessor, items, "item")

    assert list(inputs) == ["item_ids"]
    whole = preprocessor.encode(rows.iloc[[1, 0]], with_labels=False).inputs
    np.testing.assert_array_equal(inputs["item_ids"], whole["item_ids"])
