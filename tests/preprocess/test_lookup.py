import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from mtl_rec.preprocess.lookup import (
    FusedLookup,
    StringColumns,
    _distinct,
    write_vocabularies,
)
from mtl_rec.schema.fields import Vocabulary

KNOWN = {
    "a": [b"x", b"b=y", b"", "日本 😀".encode(), b"tab\tend ", b"nul\x00", b"\xff"],
    "a_b": [b"y", b"x"],
    "last": [b"z"],
}
A = Vocabulary("a", 1, 7, None)
HASHED = Vocabulary("hashed", 5, 0, None)
A_B = Vocabulary("a_b", 3, 2, None)
LAST = Vocabulary("last", 2, 1, None)


@pytest.fixture(scope="module")
def lookup(tmp_path_factory):
    path = tmp_path_factory.mktemp("lookup") / "vocabulary.txt"
    write_vocabularies(path, KNOWN)
    return FusedLookup(path, [A, HASHED, A_B, LAST])


def ids(lookup, rows, *vocabularies, is_padded=False):
    columns = [StringColumns(v, 1, is_padded) for v in vocabularies]
    return lookup.ids(tf.constant(rows, tf.string), columns).numpy().tolist()


def test_known_values_follow_padding_and_the_unknown(lookup):
    assert ids(lookup, [[value] for value in KNOWN["a"]], A) == [
        [2], [3], [4], [5], [6], [7], [8]
    ]  # fmt: skip
    assert ids(lookup, [[b"y"], [b"x"]], A_B) == [[4], [5]]
    assert ids(lookup, [[b"z"]], LAST) == [[3]]


def test_each_column_is_looked_up_in_its_own_vocabulary(lookup):
    assert ids(lookup, [["x", "x", "x"]], A, A_B, A) == [[2, 5, 2]]


def test_a_value_like_another_features_key_is_unknown(lookup):
    assert ids(lookup, [["a=x"], ["=x"], ["_b=y"]], A) == [[1], [1], [1]]
    assert ids(lookup, [["mtl_rec vocabulary"], ["-1"]], A) == [[1], [1]]


def test_two_values_of_one_key_are_told_apart_from_one():
    keys = np.array([7, 3, 7, 5, 3, 7])

    assert _distinct(keys).tolist() == [7, 3, -4, 5, -6, -7]


def test_the_file_can_be_read_by_people(tmp_path):
    write_vocabularies(tmp_path / "vocabulary.txt", {"a": [b"x"], "b": [b"x", b"y"]})

    lines = (tmp_path / "vocabulary.txt").read_text().splitlines()
    assert [line.split("\t")[1] for line in lines] == [
        "mtl_rec vocabulary",
        "a=x",
        "b=x",
        "b=y",
    ]


def test_an_empty_string_is_padding_only_where_columns_are_padded(lookup):
    assert ids(lookup, [[""]], A) == [[4]]
    assert ids(lookup, [[""]], A, is_padded=True) == [[0]]
    assert ids(lookup, [[""]], LAST, is_padded=True) == [[0]]


def test_wide_columns_share_one_description(lookup):
    wide = StringColumns(A_B, 3, is_padded=True)

    found = lookup.ids(tf.constant([["x", "y", ""]]), [wide])

    assert found.dtype == tf.int32
    assert found.numpy().tolist() == [[5, 4, 0]]


@pytest.mark.parametrize("vocabulary", [HASHED, A_B, LAST], ids=lambda v: v.name)
def test_unknown_values_are_spread_over_their_ids(lookup, vocabulary):
    unknown = [[f"new {i}"] for i in range(200)]

    counts = np.bincount(np.ravel(ids(lookup, unknown, vocabulary)))

    assert len(counts) == 1 + vocabulary.num_out_of_vocabulary
    assert counts[0] == 0
    assert min(counts[1:]) > 20


def test_the_hash_is_the_one_of_every_version(lookup):
    unknown = [["new"], ["日本"], ["x" * 1000], ["\x00"]]

    assert ids(lookup, unknown, HASHED) == [[2], [5], [4], [1]]


def test_an_unknown_value_gets_one_id_whatever_its_neighbours(lookup):
    together = ids(lookup, [["new", "new"]], HASHED, A_B)

    assert together == [[ids(lookup, [["new"]], v)[0][0] for v in (HASHED, A_B)]]


@settings(max_examples=100, deadline=None)
@given(values=st.lists(st.binary(max_size=30), min_size=1, max_size=8))
@pytest.mark.parametrize("is_padded", [True, False])
def test_ids_of_any_bytes_are_within_the_vocabulary(lookup, values, is_padded):
    for vocabulary in (A, HASHED, A_B, LAST):
        rows = [[value] for value in values]
        found = np.ravel(ids(lookup, rows, vocabulary, is_padded=is_padded))

        is_padding = [is_padded and value == b"" for value in values]
        assert ((found == 0) == is_padding).all()
        assert found.max() < vocabulary.num_ids


def test_no_rows_give_no_ids(lookup):
    nothing = tf.zeros([0, 2], tf.string)

    assert lookup.ids(nothing, [StringColumns(A, 2, True)]).shape == (0, 2)
