"""Columns of several values a row become lists of text, or are refused."""

import pyarrow as pa
import pytest

from mtl_rec.config.features import IdSequence, MultiCategorical
from mtl_rec.errors import SchemaError
from mtl_rec.schema.columns import feature_values

TAGS = MultiCategorical(
    kind="multi_categorical", name="tags", side="item", max_values=2
)
HISTORY = IdSequence(
    kind="sequence", name="history", side="user", max_length=2, separator=", "
)


def column(values, kind=None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, kind)])


LISTS = [["a", "b"], None, [], ["c", None]]
TEXTS = [["a", "b"], [], [], ["c", ""]]
PAIRS = pa.list_(pa.int64(), 2)


@pytest.mark.parametrize("feature", [TAGS, HISTORY], ids=lambda f: f.kind)
@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (column(LISTS), TEXTS),
        (column(LISTS, pa.large_list(pa.large_string())), TEXTS),
        (column(LISTS, pa.list_(pa.string_view())), TEXTS),
        (column(LISTS, pa.list_(pa.dictionary(pa.int8(), pa.string()))), TEXTS),
        (column([[1, None], None]), [["1", ""], []]),
        (column([[1.0, float("nan")], []]), [["1", ""], []]),
        (column([[1, 2], None, [3, 4]], PAIRS), [["1", "2"], [], ["3", "4"]]),
        (column([[], []]), [[], []]),
        (column([None, None]), [[], []]),
        (column(LISTS, pa.list_(pa.string())).slice(1, 2), TEXTS[1:3]),
        (column(LISTS, pa.list_(pa.string())).slice(3), TEXTS[3:]),
        (column([[1, 2], None, [3, 4]], PAIRS).slice(1), [[], ["3", "4"]]),
        (pa.chunked_array([[["a"]], [], [["b"], None]]), [["a"], ["b"], []]),
        (pa.chunked_array([], pa.list_(pa.string())), []),
    ],
    ids=str,
)
def test_lists_become_lists_of_text(feature, values, texts):
    converted = feature_values(values, feature)

    assert converted.type == pa.list_(pa.string())
    assert not converted.null_count
    assert converted.to_pylist() == texts


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.string_view()], ids=str
)
def test_text_is_split_at_the_separator(kind):
    texts = ["a|b", "c", "", None, "d||e"]

    converted = feature_values(column(texts, kind), TAGS)

    assert converted.to_pylist() == [["a", "b"], ["c"], [], [], ["d", "", "e"]]


def test_a_separator_may_be_several_characters():
    converted = feature_values(column(["a, b,c", "d"]), HISTORY)

    assert converted.to_pylist() == [["a", "b,c"], ["d"]]


def test_a_category_of_texts_is_split():
    converted = feature_values(column(["a|b", "a|b"]).dictionary_encode(), TAGS)

    assert converted.to_pylist() == [["a", "b"], ["a", "b"]]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (
            column([1, 2]),
            "must hold lists, or strings joined by '|'. Received: int64.",
        ),
        (
            column([{"a": 1}]),
            "must hold lists, or strings joined by '|'. Received: struct<a: int64>.",
        ),
        (
            column([[["a"]]]),
            "in its lists, must hold single values. Received: list<item: string>.",
        ),
        (
            column([[1.5]]),
            "in its lists, must hold text or whole numbers. Received: 1.5.",
        ),
    ],
)
def test_other_types_are_no_lists(values, text):
    with pytest.raises(SchemaError) as raised:
        feature_values(values, TAGS)

    comma = "," if text.startswith("in its") else ""
    assert str(raised.value) == f"Column 'tags' of feature 'tags'{comma} {text}"
