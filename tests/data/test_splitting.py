"""Which rows go where."""

import re

import numpy as np
import pyarrow as pa
import pytest

from mtl_rec.data.splitting import PARTS, refuse_empty
from mtl_rec.errors import SchemaError


def share(parts, part):
    return parts.count(part) / len(parts)


def test_all_rows_of_a_user_are_in_one_part(parts_of):
    users = [f"u{n % 500}" for n in range(2000)]

    parts = parts_of({"user": users}, kind="user", column="user")

    assert parts[:500] * 4 == parts
    assert share(parts, "test") == pytest.approx(0.2, abs=0.06)
    assert share(parts, "validation") == pytest.approx(0.1, abs=0.05)


@pytest.mark.parametrize(
    "users",
    [
        pa.array(range(100), pa.int32()),
        pa.array([float(n) for n in range(100)]),
        pa.array([str(n) for n in range(100)], pa.large_string()),
        pa.array([str(n) for n in range(100)]).dictionary_encode(),
    ],
    ids=lambda users: str(users.type),
)
def test_a_user_is_in_the_same_part_whatever_the_type_of_ids(parts_of, users):
    strings = [str(n) for n in range(100)]

    assert parts_of({"user": users}, kind="user", column="user") == parts_of(
        {"user": strings}, kind="user", column="user"
    )


@pytest.mark.parametrize(
    "users", [["a", "b", None], ["a", "b", ""], [1.0, 2.0, float("nan")]]
)
def test_rows_without_a_user_are_refused(parts_of, users):
    text = (
        "Column 'user' of `data.split` must hold a user's id on every row. "
        "Received: none on row 2, counted from 0."
    )

    with pytest.raises(SchemaError, match=re.escape(text)):
        parts_of({"user": users}, batch_rows=2, kind="user", column="user")


@pytest.mark.parametrize("users", [[0.5], [[1]]])
def test_what_names_no_user_is_refused(parts_of, users):
    text = "Column 'user' of `data.split` must hold text or whole numbers. Received: "

    with pytest.raises(SchemaError, match=re.escape(text)):
        parts_of({"user": users}, kind="user", column="user")


def test_random_parts_have_their_sizes(parts_of):
    parts = parts_of({"x": range(20_000)}, kind="random")

    assert share(parts, "test") == pytest.approx(0.2, abs=0.01)
    assert share(parts, "validation") == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize("split", [{"kind": "random"}, {"kind": "user", "column": "x"}])
def test_another_seed_is_another_split(parts_of, split):
    columns = {"x": range(1000)}

    assert parts_of(columns, **split, seed=1) == parts_of(columns, **split, seed=1)
    assert parts_of(columns, **split, seed=1) != parts_of(columns, **split, seed=2)


@pytest.mark.parametrize(
    "split",
    [
        {"kind": "random"},
        {"kind": "user", "column": "user"},
        {"kind": "time", "column": "time"},
        {"kind": "column", "column": "part"},
    ],
    ids=lambda split: split["kind"],
)
@pytest.mark.parametrize("batch_rows", [1, 7, 99])
def test_no_split_depends_on_the_size_of_batches(parts_of, split, batch_rows):
    columns = {
        "user": [f"u{n % 30}" for n in range(100)],
        "time": [n * 7 % 50 for n in range(100)],
        "part": [PARTS[n % 3] for n in range(100)],
    }

    assert parts_of(columns, batch_rows, **split) == parts_of(columns, 100, **split)


def test_a_column_may_name_the_parts(parts_of):
    parts = parts_of(
        {"fold": [1, 2, 3, 1]},
        kind="column",
        column="fold",
        train="1",
        validation="2",
        test="3",
    )

    assert parts == ["train", "validation", "test", "train"]


@pytest.mark.parametrize(
    ("value", "received"), [("dev", "'dev'"), (None, "nothing"), ("", "nothing")]
)
def test_a_part_of_another_name_is_refused(parts_of, value, received):
    text = (
        "Column 'part' of `data.split` must hold one of "
        f"['train', 'validation', 'test']. Received: {received}."
    )

    with pytest.raises(SchemaError, match=re.escape(text)):
        parts_of({"part": ["train", value]}, kind="column", column="part")


def test_a_missing_split_column_is_refused_with_a_suggestion(parts_of):
    text = (
        "`data.split.column` must name a column of 'a test'. Received: 'timestamps'. "
        "Did you mean 'timestamp'? Columns: ['click', 'timestamp']."
    )

    with pytest.raises(SchemaError, match=re.escape(text)):
        parts_of({"timestamp": [1], "click": [1]}, kind="time", column="timestamps")


def test_an_empty_part_is_named_with_all_sizes():
    text = (
        "`data.split` must leave rows for validation. Received: train 8, validation 0, "
        "test 2 rows. Change the split or add data."
    )

    with pytest.raises(SchemaError, match=re.escape(text)):
        refuse_empty(np.array([8.0, 0.0, 2.0, 0.0]))
