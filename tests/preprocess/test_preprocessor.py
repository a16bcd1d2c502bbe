import gc
import itertools
import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mtl_rec.errors import ArtifactError, SchemaError
from mtl_rec.preprocess import Preprocessor
from mtl_rec.preprocess.arrays import raw_tensors
from mtl_rec.schema.rows import canonical


@pytest.fixture(scope="module")
def served(fitted):
    """The graph inside a function, as it is exported."""
    return tf.function(
        fitted.graph.__call__,
        input_signature=[fitted.graph.raw_signature()],
        autograph=False,
    )


def raw_rows(preprocessor, table):
    specs = preprocessor.graph.raw_signature()
    raw = raw_tensors(
        preprocessor.schema, canonical(table, preprocessor.schema.features)
    )
    return {name: tf.constant(raw[name], spec.dtype) for name, spec in specs.items()}


def pieces(table, ends):
    """The table cut at row numbers; some pieces may be empty."""
    places = [0, *sorted(end % (len(table) + 1) for end in ends), len(table)]
    return [
        table.slice(start, end - start) for start, end in itertools.pairwise(places)
    ]


def assert_equal_bits(received, expected):
    assert received.keys() == expected.keys()
    for name, values in expected.items():
        array = np.asarray(received[name])
        assert array.dtype == values.dtype
        assert array.shape == values.shape
        assert array.tobytes() == values.tobytes(), name


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
        "item_ids": [[5, inputs["item_ids"][0, 1]], [4, inputs["item_ids"][1, 1]]],
        "tags": [[3, 1], [0, 0]],
        "title": [[2, 2, 3, 1, 0, 0], [0, 0, 0, 0, 0, 0]],
        "item_numbers": [[0.0, 1.0], [-1.0, 0.0]],
        "context_ids": [[3], [1]],
    }
    assert 1 <= inputs["item_ids"][:, 1].min() <= inputs["item_ids"][:, 1].max() <= 50


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_tables_and_the_graph_give_equal_bits(fitted, served, any_tables, data):
    table = data.draw(any_tables)

    encoded = fitted.encode(table, with_labels=False).inputs

    raw = raw_rows(fitted, table)
    assert_equal_bits(fitted.graph(raw), encoded)
    assert_equal_bits(served(raw), encoded)
    assert_equal_bits(served({n: v[:1] for n, v in raw.items()}), first_row(encoded))


def first_row(inputs):
    return {name: values[:1] for name, values in inputs.items()}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_comes_in_ids_exist_and_numbers_are_finite(fitted, any_tables, data):
    schema = fitted.schema

    inputs = fitted.encode(data.draw(any_tables), with_labels=False).inputs

    for side in ("user", "item", "context"):
        columns = [f for f in schema.fields if type(f).__name__ == "IdField"]
        columns = [f for f in columns if f.side == side]
        for column, field in enumerate(columns):
            ids = inputs[f"{side}_ids"][:, column]
            assert ids.min() >= 1
            assert ids.max() < schema.vocabularies[field.vocabulary].num_ids
    for field in schema.fields:
        if type(field).__name__ == "IdListField":
            assert inputs[field.name].min() >= 0
            most = schema.vocabularies[field.vocabulary].num_ids
            assert inputs[field.name].max() < most
    for name in ("user_numbers", "item_numbers"):
        assert np.isfinite(inputs[name]).all()


def test_nasty_rows_are_encoded_alike_by_tables_and_the_graph(
    fitted, served, nasty_table
):
    encoded = fitted.encode(nasty_table).inputs

    assert_equal_bits(served(raw_rows(fitted, nasty_table)), encoded)
    assert encoded["history"].any()
    assert encoded["tags"].any()


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
    same_ids = encoded["user_ids"][:, 1]
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

    assert set(unseen["item_ids"][:, 0].tolist()) < {1, 2, 3}
    assert (unseen["user_numbers"] == 10.0).all()
    assert preprocessor.encode(train).fingerprint() == before


def test_no_rows_to_learn_from_are_refused(features, tasks, shop):
    with pytest.raises(SchemaError, match=re.escape("must have rows. Received: none.")):
        Preprocessor.fit(features, tasks, shop.head(0))


def test_a_missing_column_is_refused_with_its_name(fitted, nasty_table):
    with pytest.raises(SchemaError, match="no column 'title' for feature 'title'"):
        fitted.encode(nasty_table.drop_columns(["title"]))


def test_what_was_saved_encodes_the_same(fitted, nasty_table, tmp_path):
    fitted.save(tmp_path / "one")
    loaded = Preprocessor.load(tmp_path / "one")
    loaded.save(str(tmp_path / "two"))
    again = Preprocessor.load(str(tmp_path / "two"))

    expected = fitted.encode(nasty_table).fingerprint()
    assert loaded.schema == fitted.schema
    assert loaded.encode(nasty_table).fingerprint() == expected
    assert again.encode(nasty_table).fingerprint() == expected


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


FILES = ["checksums.json", "numbers.json", "schema.json", "vocabulary.txt"]


def test_a_saved_preprocessor_is_four_files(fitted, tmp_path):
    fitted.save(tmp_path / "new" / "folder")

    names = sorted(path.name for path in (tmp_path / "new" / "folder").iterdir())
    assert names == FILES


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "changed", "a folder"])
def test_a_damaged_folder_is_refused(fitted, tmp_path, name, damage):
    fitted.save(tmp_path)
    path = tmp_path / name
    content = path.read_bytes()
    path.unlink()
    match damage:
        case "empty":
            path.touch()
        case "cut":
            path.write_bytes(content[: len(content) // 2])
        case "changed":
            place = len(content) // 2
            flipped = bytes([content[place] ^ 1])
            path.write_bytes(content[:place] + flipped + content[place + 1 :])
        case "a folder":
            path.mkdir()

    with pytest.raises(ArtifactError, match=re.escape(f"'{tmp_path}'")):
        Preprocessor.load(tmp_path)


def test_what_changed_is_named(fitted, tmp_path):
    fitted.save(tmp_path)
    with (tmp_path / "vocabulary.txt").open("a") as file:
        file.write("a=one more\n")

    with pytest.raises(ArtifactError) as error:
        Preprocessor.load(tmp_path)

    assert str(error.value) == (
        f"The preprocessor in '{tmp_path}' is damaged: vocabulary.txt changed since "
        "it was saved."
    )


def test_files_of_two_preprocessors_do_not_mix(fitted, nasty_table, tmp_path):
    fitted.save(tmp_path / "one")
    other = Preprocessor.fit(
        fitted.schema.features, fitted.schema.tasks, nasty_table.slice(0, 50)
    )
    other.save(tmp_path / "two")
    (tmp_path / "two" / "numbers.json").replace(tmp_path / "one" / "numbers.json")

    with pytest.raises(ArtifactError, match=r"numbers\.json changed since"):
        Preprocessor.load(tmp_path / "one")


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ArtifactError, match=r"can't be read.*No such file"):
        Preprocessor.load(tmp_path / "nowhere")


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
