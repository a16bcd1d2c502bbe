"""Features that get in each other's way, and rows that get in everything's."""

import pyarrow as pa
import pytest
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
VALUES = {
    "numeric": numbers,
    "sequence": st.lists(strings, max_size=5),
    "multi_categorical": st.lists(strings, max_size=5),
}


def make_table(rows):
    """A table of rows by name, with labels where they have none."""
    number = len(next(iter(rows.values())))
    rows = {"click": [1.0] * number, "buy": [0.0] * number, **rows}
    types = {
        feature.name: {
            "numeric": pa.float32(),
            "sequence": pa.list_(pa.string()),
            "multi_categorical": pa.list_(pa.string()),
        }.get(feature.kind, pa.string())
        for feature in FEATURES
    }
    return pa.table(
        {n: pa.array(v, types.get(n, pa.float32())) for n, v in rows.items()}
    )


@st.composite
def tables(draw, min_rows=1, max_rows=8):
    """Any rows at all."""
    number = draw(st.integers(min_rows, max_rows))
    return make_table(
        {
            feature.name: draw(
                st.lists(
                    VALUES.get(feature.kind, strings), min_size=number, max_size=number
                )
            )
            for feature in FEATURES
        }
    )


def nasty_rows(number):
    """Every nasty string in every column, beside numbers of all sizes."""
    known = [NASTY_STRINGS[i % len(NASTY_STRINGS)] for i in range(number)]
    rows = {}
    for shift, feature in enumerate(FEATURES):
        own = known[shift:] + known[:shift]
        if feature.kind == "numeric":
            rows[feature.name] = [
                [1.0, 2.5, float("nan"), 3e38][i % 4] for i in range(number)
            ]
        elif feature.kind in ("sequence", "multi_categorical"):
            rows[feature.name] = [own[i : i + i % 5] for i in range(number)]
        else:
            rows[feature.name] = own
    return make_table(rows)


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
