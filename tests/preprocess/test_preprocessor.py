import gc
import itertools
import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mtl_rec.errors import SchemaError
from mtl_rec.preprocess import Preprocessor


def pieces(table, ends):
    """The table cut at row numbers; some pieces may be empty."""
    places = [0, *sorted(end % (len(table) + 1) for end in ends), len(table)]
    return [
        table.slice(start, end - start) for start, end in itertools.pairwise(places)
    ]


def test_every_kind_is_encoded_as_worked_out_by_hand(features, tasks):
    labels = {t.label_column: [0.0] * 4 for t in tasks}
    train = pd.DataFrame(
        {
            **labels,
            "user_id": [7, 7, 8, 9],
            "history": [["i1"], [], [], []],
            "age": [1.0, 1.0, 3.0, 3.0],
            "item_id": ["i1", "i2", "i1", None],
            "brand": ["x"] * 4,
            "tags": [["t"], ["t", "u"], [], None],
            "title": ["Red 鞋", "red", "", None],
            "price": [0.0, np.e**2 - 1, np.nan, np.inf],
            "hour": [1.0, 2.0, 3.0, 4.0],
        }
    )
    rows = pd.DataFrame(
        {
            "user_id": [7, 8],
            "history": [["i9", "i2", "", "i1", "i1"], None],
            "age": [5.0, np.nan],
            "item_id": [None, "i1"],
            "brand": [None, "x"],
            "tags": [["u", "v", "t"], []],
            "title": ["RED red… 鞋 new", ""],
            "price": [np.nan, 0.0],
            "hour": [2.9, None],
        }
    )
    preprocessor = Preprocessor.fit(features, tasks, train)

    inputs = preprocessor.encode(rows, with_labels=False).inputs

    assert {name: values.tolist() for name, values in inputs.items()} == {
        "user_ids": [[2], [1]],
        "history": [[6, 4, 4], [0, 0, 0]],
        "user_numbers": [[3.0], [0.0]],
        "item_ids": [[inputs["item_ids"][0, 0], 5], [inputs["item_ids"][1, 0], 4]],
        "tags": [[3, 1], [0, 0]],
        "title": [[2, 2, 3, 1, 0, 0], [0, 0, 0, 0, 0, 0]],
        "item_numbers": [[0.0, 1.0], [-1.0, 0.0]],
        "context_ids": [[3], [1]],
    }
    assert 1 <= inputs["item_ids"][:, 0].min() <= inputs["item_ids"][:, 0].max() <= 50


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(ends=st.lists(st.integers(0, 120), max_size=6))
def test_cuts_change_neither_what_is_learned_nor_what_is_encoded(
    fitted, nasty_table, ends
):
    chunks = pieces(nasty_table, ends)

    again = Preprocessor.fit(fitted.schema.features, fitted.schema.tasks, chunks)

    assert again.schema == fitted.schema
    expected = fitted.encode(nasty_table).fingerprint()
    assert again.encode(nasty_table).fingerprint() == expected
    assert fitted.encode(chunks).fingerprint() == expected


def test_features_that_share_a_vocabulary_share_its_ids(fitted, nasty_table):
    encoded = fitted.encode(nasty_table).inputs
    item = encoded["item_ids"][:, 0]

    same = nasty_table["same"].to_pylist()
    same_ids = encoded["user_ids"][:, 2]
    by_value = dict(zip(nasty_table["a"].to_pylist(), item, strict=True))

    assert same_ids.tolist() == [by_value[value] for value in same]
    for row, values in enumerate(nasty_table["history"].to_pylist()):
        newest = [value for value in values if value][-3:]
        assert encoded["history"][row, : len(newest)].tolist() == [
            by_value[value] for value in newest
        ]


def test_a_value_with_a_line_break_is_unknown_and_moves_no_other(fitted, nasty_table):
    values = nasty_table["a"].to_pylist()
    ids = fitted.encode(nasty_table).inputs["item_ids"][:, 0]
    broken = np.array(["\n" in value or "\r" in value for value in values])

    assert broken.any()
    assert (ids[broken] == 1).all()
    known = dict(zip(np.array(values, object)[~broken], ids[~broken], strict=True))
    assert sorted(known.values()) == list(range(2, 2 + len(known)))


def test_frames_tables_batches_and_chunks_are_all_taken(fitted, nasty_table):
    frame = nasty_table.to_pandas()
    batch = nasty_table.to_batches()[0]

    prints = {
        fitted.encode(rows).fingerprint()
        for rows in (nasty_table, frame, batch, [nasty_table], iter([frame]))
    }

    assert len(prints) == 1


def test_only_the_rows_given_to_fit_are_learned_from(features, tasks, make_shop):
    train, test = make_shop(200, seed=1), make_shop(200, seed=2)
    test["item_id"] = "only in test"
    test["age"] = 1e9

    preprocessor = Preprocessor.fit(features, tasks, train)
    before = preprocessor.encode(train).fingerprint()
    unseen = preprocessor.encode(test).inputs

    assert set(unseen["item_ids"][:, 1].tolist()) < {1, 2, 3}
    assert (unseen["user_numbers"] == 10.0).all()
    assert preprocessor.encode(train).fingerprint() == before


def test_no_rows_to_learn_from_are_refused(features, tasks, shop):
    with pytest.raises(SchemaError, match=re.escape("must have rows. Received: none.")):
        Preprocessor.fit(features, tasks, shop.head(0))


def test_a_missing_column_is_refused_with_its_name(fitted, nasty_table):
    with pytest.raises(SchemaError, match="no column 'title' for feature 'title'"):
        fitted.encode(nasty_table.drop_columns(["title"]))


def test_the_vocabulary_lives_as_long_as_the_graph(features, tasks, shop):
    preprocessor = Preprocessor.fit(features, tasks, shop)
    graph = preprocessor.graph
    path = preprocessor._vocabulary_path

    del preprocessor
    gc.collect()
    assert path.is_file()

    del graph
    gc.collect()
    assert not path.parent.exists()


def test_a_string_column_may_come_as_a_dictionary(fitted, nasty_table):
    position = nasty_table.column_names.index("a")
    packed = nasty_table.set_column(
        position,
        "a",
        pa.chunked_array([nasty_table["a"].combine_chunks()]).dictionary_encode(),
    )

    assert (
        fitted.encode(packed).fingerprint() == fitted.encode(nasty_table).fingerprint()
    )
