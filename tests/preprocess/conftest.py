"""Features that get in each other's way, and rows that get in everything's."""

import pyarrow as pa
import pytest
import tensorflow as tf
from hypothesis import strategies as st

from mtl_rec.config.features import (
    Categorical,
    Hashed,
    IdSequence,
    MultiCategorical,
    Numeric,
    Text,
)
from mtl_rec.config.tasks import Task
from mtl_rec.preprocess import Preprocessor
from mtl_rec.preprocess.arrays import raw_tensors
from mtl_rec.schema.raw_types import raw_type
from mtl_rec.schema.rows import canonical

NASTY_STRINGS = [
    *("", " ", "x", "a=x", "=", "_b=x", "a_b=x", "a\nb", "\r", "x\n", "mtl_rec vocab"),
    *("日本語", "😀👍🏽", "İ", "ß", "\x00", "x\x00y", "\u2028", "\ufeffx", "é" * 3000),
    *("Red SHOES", "two  words", "w " * 200),
]
FEATURES = (
    Numeric(
        kind="numeric",
        name="hour",
        side="context",
        transform="quantiles",
        num_buckets=4,
    ),
    IdSequence(kind="sequence", name="history", side="user", max_length=3, shares="a"),
    Categorical(kind="categorical", name="a", side="item", min_count=2),
    Categorical(kind="categorical", name="a_b", side="user", oov_buckets=4, max_size=9),
    Categorical(kind="categorical", name="same", side="user", shares="a"),
    Hashed(kind="hashed", name="brand", side="item", num_buckets=20),
    Text(kind="text", name="title", side="item", max_tokens=4, max_bytes=30),
    Text(kind="text", name="query", side="context", max_tokens=2, shares="title"),
    Numeric(
        kind="numeric", name="price", side="item", transform="log", missing_flag=True
    ),
    Numeric(
        kind="numeric", name="day", side="user", transform="quantiles", num_buckets=2
    ),
    Numeric(kind="numeric", name="age", side="user"),
    MultiCategorical(kind="multi_categorical", name="tags", side="item", max_values=2),
)
TASKS = (Task(name="click"), Task(name="buy", after="click"))

strings = st.one_of(
    st.sampled_from(NASTY_STRINGS),
    st.text(max_size=8),
    st.text(min_size=1, max_size=4).map(lambda text: text * 400),
)
numbers = st.one_of(
    st.floats(width=32), st.sampled_from([0.0, 1.0, 2.0, 3e38, -3e38, 1e-45])
)
VALUES = {pa.float32(): numbers, pa.string(): strings}


def make_table(columns):
    """Features by name as a table, with labels."""
    number = len(columns["a"])
    labels = {"click": [1.0] * number, "buy": [0.0] * number}
    typed = {f.name: pa.array(columns[f.name], raw_type(f)) for f in FEATURES}
    return pa.table({**typed, **labels})


@st.composite
def tables(draw):
    """Any rows at all."""
    number = draw(st.integers(1, 8))
    columns = {}
    for feature in FEATURES:
        values = VALUES.get(raw_type(feature), st.lists(strings, max_size=5))
        columns[feature.name] = draw(st.lists(values, min_size=number, max_size=number))
    return make_table(columns)


def nasty_rows(number):
    """Every nasty string in every column, beside numbers of all sizes."""
    columns = {}
    for shift, feature in enumerate(FEATURES):
        cycle = NASTY_STRINGS[shift:] + NASTY_STRINGS[:shift]
        own = (cycle * number)[:number]
        if feature.kind == "numeric":
            own = ([1.0, 2.5, float("nan"), 3e38] * number)[:number]
        elif raw_type(feature) != pa.string():
            own = [own[i : i + i % 5] for i in range(number)]
        columns[feature.name] = own
    return make_table(columns)


@pytest.fixture(scope="session")
def any_tables():
    return tables()


@pytest.fixture(scope="session")
def nasty_table():
    """120 rows of everything."""
    return nasty_rows(120)


@pytest.fixture(scope="session")
def fitted(nasty_table):
    """A preprocessor of features of every kind, fitted to nasty rows."""
    return Preprocessor.fit(FEATURES, TASKS, nasty_table)


@pytest.fixture(scope="session")
def raw_of():
    """A table as tensors that the graph takes."""

    def convert(preprocessor, table):
        raw = raw_tensors(
            preprocessor.schema, canonical(table, preprocessor.schema.features)
        )
        return {
            name: tf.constant(raw[name], spec.dtype)
            for name, spec in preprocessor.graph.raw_signature().items()
        }

    return convert
