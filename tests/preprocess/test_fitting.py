import numpy as np
import pandas as pd
import pytest

from mtl_rec.config.features import (
    Categorical,
    Hashed,
    IdSequence,
    MultiCategorical,
    Numeric,
    Text,
)
from mtl_rec.config.tasks import Task
from mtl_rec.errors import SchemaError
from mtl_rec.preprocess.fitting import fitted_schema, learn
from mtl_rec.schema.fields import Vocabulary
from mtl_rec.schema.number_statistics import NumberStatistics
from mtl_rec.schema.rows import canonical
from mtl_rec.schema.schema import LabelScale

TASKS = (
    Task(name="click"),
    Task(name="spent", after="click", kind="regression"),
    Task(name="rating", kind="regression"),
)


def learn_from(frame, *features):
    labels = {"click": [1.0], "spent": [2.0], "rating": [3.0]}
    for name, values in labels.items():
        frame.setdefault(name, values * len(next(iter(frame.values()))))
    table = canonical(pd.DataFrame(frame), features, TASKS)
    learned = learn(features, TASKS, [table])
    return learned, fitted_schema(features, TASKS, learned)


def test_a_category_learns_its_values_with_missing_ones():
    item = Categorical(kind="categorical", name="item", side="item", oov_buckets=3)

    learned, schema = learn_from({"item": ["b", "a", "b", None]}, item)

    assert learned.values == {"item": [b"b", b"", b"a"]}
    assert schema.vocabularies == {"item": Vocabulary("item", 3, 3, None)}


def test_a_list_learns_the_values_that_are_used_of_each_row():
    history = IdSequence(kind="sequence", name="history", side="user", max_length=2)
    tags = MultiCategorical(
        kind="multi_categorical", name="tags", side="item", max_values=2
    )
    rows = [["a", "b", "c"], ["", "b", ""], []]

    learned, _ = learn_from({"history": rows, "tags": rows}, history, tags)

    assert learned.values == {"history": [b"b", b"c"], "tags": [b"b", b"a"]}


def test_a_text_learns_the_tokens_that_are_used_of_each_row():
    title = Text(kind="text", name="title", side="item", max_tokens=3, min_count=2)
    rows = ["Red SHOES 红 unused", "red 红", "red 红", "\x00", ""]

    learned, schema = learn_from({"title": rows}, title)

    assert learned.values == {"title": [b"red", "红".encode()]}
    assert schema.vocabularies["title"].num_ids == 1 + 1 + 2


def test_what_is_hashed_or_shared_learns_nothing():
    features = (
        Hashed(kind="hashed", name="brand", side="item", num_buckets=7),
        Hashed(kind="hashed", name="seller", side="item", num_buckets=9, shares="item"),
        Categorical(kind="categorical", name="item", side="item", embedding_dim=4),
        Categorical(kind="categorical", name="seen", side="user", shares="item"),
    )
    frame = {"brand": ["x"], "seller": ["s"], "item": ["a"], "seen": ["b"]}

    learned, schema = learn_from(frame, *features)

    assert learned.values == {"item": [b"a"]}
    assert schema.vocabularies == {
        "brand": Vocabulary("brand", 7, 0, None),
        "item": Vocabulary("item", 1, 1, 4),
    }


def test_numbers_learn_from_finite_values_after_their_transform():
    plain, log = (
        Numeric(kind="numeric", name=name, side="item", transform=transform)
        for name, transform in (("plain", "standard"), ("log", "log"))
    )
    log_values = np.expm1([1.0, 3.0]) * [1, -1]
    frame = {
        "plain": [1.0, np.nan, 3.0, np.inf],
        "log": [*log_values, -np.inf, None],
    }

    learned, schema = learn_from(frame, plain, log)

    assert learned.numbers["plain"] == NumberStatistics(2.0, 1.0)
    assert learned.numbers["log"].mean == pytest.approx(-1.0, rel=1e-6)
    assert learned.numbers["log"].standard_deviation == pytest.approx(2.0, rel=1e-6)
    assert schema.vocabularies == {}


def test_quantiles_learn_boundaries_and_a_vocabulary_of_buckets():
    hour = Numeric(
        kind="numeric",
        name="hour",
        side="context",
        transform="quantiles",
        num_buckets=2,
        embedding_dim=3,
    )

    learned, schema = learn_from({"hour": [1.0, 2.0, 3.0, np.nan]}, hour)

    assert learned.numbers["hour"].boundaries == (2.0,)
    assert schema.vocabularies["hour"] == Vocabulary("hour", 1, 2, 3)


def test_a_number_that_is_always_missing_is_learned_as_nothing():
    price = Numeric(kind="numeric", name="price", side="item")
    hour = price.model_copy(
        update={"name": "hour", "transform": "quantiles", "num_buckets": 9}
    )

    learned, schema = learn_from({"price": [None], "hour": [np.inf]}, price, hour)

    assert set(learned.numbers.values()) == {NumberStatistics()}
    assert schema.vocabularies["hour"].num_ids == 3


def test_a_values_scale_is_that_of_rows_where_it_came_to_be():
    item = Categorical(kind="categorical", name="item", side="item")
    frame = {
        "item": ["a"] * 4,
        "click": [1, 1, 0, 1],
        "spent": [10.0, 30.0, 999.0, np.nan],
        "rating": [4.0] * 4,
    }

    learned, schema = learn_from(frame, item)

    assert learned.label_scales["spent"] == LabelScale(20.0, 10.0)
    assert learned.label_scales["rating"] == LabelScale(4.0, 1.0)
    assert schema.label_scales == learned.label_scales


def test_the_rows_of_the_training_split_are_counted():
    learned, schema = learn_from(
        {"item": ["a", "b", "a"]},
        Categorical(kind="categorical", name="item", side="item"),
    )
    assert (learned.num_exposures, schema.num_exposures) == (3, 3)


def test_no_rows_are_refused(features, tasks):
    with pytest.raises(SchemaError, match=r"training split must have rows\. Received"):
        learn(features, tasks, [])
