from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
import tensorflow as tf

from mtl_rec.config.features import Categorical, IdSequence, Numeric
from mtl_rec.config.tasks import Task
from mtl_rec.preprocess import Preprocessor
from mtl_rec.schema.fields import IdListField

TASKS = (Task(name="click"),)
FREE = {"Const", "Identity", "NoOp", "Placeholder"}


@pytest.fixture
def raw(fitted, raw_of, nasty_table):
    """Two rows as the signature takes them."""
    return raw_of(fitted, nasty_table.slice(0, 2))


def categories(count):
    return tuple(
        Categorical(kind="categorical", name=f"f{i}", side="item", oov_buckets=1 + i)
        for i in range(count)
    )


def fit(features, **columns):
    rows = len(next(iter(columns.values())))
    return Preprocessor.fit(
        features, TASKS, pa.table({"click": [1.0] * rows, **columns})
    )


def operations(preprocessor):
    """Operations that do something, by type."""
    function = tf.function(
        preprocessor.graph.__call__,
        input_signature=[preprocessor.graph.raw_signature()],
        autograph=False,
    )
    graph = function.get_concrete_function().graph
    return Counter(op.type for op in graph.get_operations() if op.type not in FREE)


def test_the_signature_has_a_fixed_width_only_for_lists(fitted):
    signature = fitted.graph.raw_signature()

    assert list(signature) == [feature.name for feature in fitted.schema.features]
    assert signature["a"] == tf.TensorSpec([None], tf.string, name="a")
    assert signature["price"] == tf.TensorSpec([None], tf.float32, name="price")
    assert signature["history"] == tf.TensorSpec([None, 3], tf.string, name="history")
    assert signature["tags"] == tf.TensorSpec([None, 2], tf.string, name="tags")


def test_what_comes_out_is_what_models_take(fitted, raw):
    encoded = fitted.graph(raw)

    for name, packed in fitted.schema.inputs().items():
        assert encoded[name].shape == (2, packed.width)
        assert encoded[name].dtype == packed.dtype
    assert encoded.keys() == fitted.schema.inputs().keys()


def test_no_rows_are_encoded_as_no_rows(fitted, raw):
    encoded = fitted.graph({name: values[:0] for name, values in raw.items()})

    assert {name: values.shape for name, values in encoded.items()} == {
        name: (0, packed.width) for name, packed in fitted.schema.inputs().items()
    }


@pytest.mark.parametrize("sides", [("user",), ("item", "context"), ("context",)])
def test_some_sides_are_encoded_as_within_the_whole(fitted, raw, sides):
    part = fitted.graph.of_sides(*sides)
    own = {f.name for f in fitted.schema.features if f.side in sides}

    encoded = part({name: values for name, values in raw.items() if name in own})

    assert set(part.raw_signature()) == own
    whole = fitted.graph(raw)
    lists = {f.name for s in sides for f in fitted.schema.fields_of(IdListField, s)}
    packs = {f"{side}_{pack}" for side in sides for pack in ("ids", "numbers")}
    assert set(encoded) == (packs | lists) & set(whole)
    for name, values in encoded.items():
        np.testing.assert_array_equal(values, whole[name])


def test_a_feature_more_is_no_operation_more():
    few, many = (
        operations(fit(categories(n), **{f"f{i}": ["x"] for i in range(n)}))
        for n in (2, 40)
    )

    assert few == many
    assert sum(many.values()) <= 15
    assert many["LookupTableFindV2"] == 1


def test_a_number_more_is_no_operation_more():
    def numeric(count):
        features = tuple(
            Numeric(kind="numeric", name=f"{kind}{i}", side="user", **how)
            for i in range(count)
            for kind, how in (
                ("plain", {}),
                ("log", {"transform": "log", "missing_flag": True}),
                ("bucketed", {"transform": "quantiles", "num_buckets": 3 + i}),
            )
        )
        return fit(features, **{f.name: [1.0, 2.0] for f in features})

    assert operations(numeric(1)) == operations(numeric(9))


@pytest.mark.parametrize("is_eager", [True, False], ids=["eager", "graph"])
@pytest.mark.parametrize(
    ("name", "shape"),
    [
        *(("history", [2, 2]), ("history", [2, 4]), ("tags", [2, 1]), ("tags", [2])),
        *(("a", [2, 1]), ("a", [3]), ("title", [2, 1]), ("price", [2, 1]), ("day", [])),
    ],
)
def test_another_shape_is_refused_when_it_runs(fitted, raw, name, shape, is_eager):
    raw[name] = tf.zeros(shape, raw[name].dtype)
    unknown = {n: tf.TensorSpec(None, values.dtype) for n, values in raw.items()}
    encode = fitted.graph.__call__
    if not is_eager:
        encode = tf.function(encode, input_signature=[unknown], autograph=False)

    # Eager `tf.stack` refuses a scalar itself.
    with pytest.raises((tf.errors.InvalidArgumentError, ValueError)):
        encode(raw)


@pytest.mark.parametrize("kind", [str, float])
def test_columns_of_one_value_a_row_are_refused_even_if_all_are_alike(kind):
    name, values = ("item", ["x", "y"]) if kind is str else ("age", [1.0, 2.0])
    feature = Categorical(kind="categorical", name=name, side="user")
    if kind is float:
        feature = Numeric(kind="numeric", name=name, side="user")
    graph = fit((feature,), **{name: values}).graph

    assert graph({name: tf.constant(values)})
    with pytest.raises(tf.errors.InvalidArgumentError):
        graph({name: tf.constant(values)[:, tf.newaxis]})


def test_an_empty_element_of_a_list_is_padding_wherever_it_stands(fitted, raw):
    raw["history"] = tf.constant([["", "x", ""], ["x", "", "a=x"]])

    ids = fitted.graph(raw)["history"].numpy()

    known = ids[0, 1]
    assert ids.tolist() == [[0, known, 0], [known, 0, ids[1, 2]]]
    assert min(known, ids[1, 2]) > 1
    history = fitted.schema.features[1]
    assert fitted.graph.string_ids(
        history, tf.constant(["", "x"])
    ).numpy().tolist() == [
        [0],
        [known],
    ]


def test_buckets_before_a_vocabulary_do_not_move_its_ids():
    bucketed = Numeric(
        kind="numeric", name="hour", side="user", transform="quantiles", num_buckets=9
    )
    after = Categorical(kind="categorical", name="item", side="user")
    preprocessor = fit((bucketed, after), hour=np.arange(9.0), item=["x"] * 8 + ["y"])

    encoded = preprocessor.graph(
        {"hour": tf.constant([8.0]), "item": tf.constant(["y"])}
    )

    assert preprocessor.schema.vocabularies["hour"].num_ids == 1 + 1 + 9
    assert encoded["user_ids"].numpy().tolist() == [[10, 3]]


def test_features_of_one_kind_need_none_of_another():
    number = Numeric(kind="numeric", name="age", side="user")
    history = IdSequence(kind="sequence", name="history", side="user", max_length=2)
    age = fit((number,), age=[1.0, 3.0]).graph({"age": tf.constant([3.0])})
    ids = fit((history,), history=[["a"]]).graph({"history": tf.constant([["a", ""]])})

    assert {name: v.numpy().tolist() for name, v in age.items()} == {
        "user_numbers": [[1.0]]
    }
    assert {name: v.numpy().tolist() for name, v in ids.items()} == {
        "history": [[2, 0]]
    }
