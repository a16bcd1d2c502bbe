"""Bad tables through `mtl-rec train`: the message, code 1, nothing left behind."""

from typing import Any

import pandas as pd
import pytest

ROWS = range(20)
GOOD = {
    "user_id": [f"u{row % 7}" for row in ROWS],
    "price": [row * 1.5 for row in ROWS],
    "tags": ["a|b"] * 20,
    "clicked": [int(row % 4 > 0) for row in ROWS],
    "purchase": [int(row % 4 > 1) for row in ROWS],
    "part": ["train", "train", "validation", "train", "test"] * 4,
}


def first(value: Any, column: str) -> list[Any]:
    return [value, *GOOD[column][1:]]


# By what is wrong: the columns that differ, and the message.
BAD_COLUMNS: dict[str, tuple[dict[str, Any], str]] = {
    "a missing column": (
        {"price": None, "prize": GOOD["price"]},
        "The data has no column 'price' for feature 'price'. Did you mean 'prize'? "
        "Columns: ['clicked', 'part', 'prize', 'purchase', 'tags', 'user_id']. Add "
        "what is missing to the data, name it with `column`, or remove it from the "
        "config. Read: '{path}'.",
    ),
    "a missing label and feature": (
        {"tags": None, "clicked": None},
        "The data has no column 'tags' for feature 'tags'. The data has no column "
        "'clicked' for the label of task 'click'. Columns: ['part', 'price', "
        "'purchase', 'user_id']. Add what is missing to the data, name it with "
        "`column`, or remove it from the config. Read: '{path}'.",
    ),
    "no column to split by": (
        {"part": None},
        "`data.split.column` must name a column of '{path}'. Received: 'part'. "
        "Columns: ['clicked', 'price', 'purchase', 'tags', 'user_id'].",
    ),
    "text for a number": (
        {"price": first("cheap", "price")},
        "Column 'price' of feature 'price' must hold numbers. Received: 'cheap'.",
    ),
    "text for a label": (
        {"clicked": ["yes", "no"] * 10},
        "Column 'clicked' of the label of task 'click' must hold numbers. "
        "Received: 'yes'.",
    ),
    "a missing label value": (
        {"clicked": first(None, "clicked")},
        "`click` must be 0 or 1 on every row. Received: none, the first of 1 such "
        "values on 12 training rows (column 'clicked').",
    ),
    "a label of 2": (
        {"purchase": first(2, "purchase")},
        "`purchase` must be 0 or 1 on every row. Received: 2, the first of 1 such "
        "values on 12 training rows (column 'purchase').",
    ),
    "a feature equal to a label": (
        {"price": GOOD["clicked"]},
        "Feature 'price' equals the label of task 'click' on every training row. The "
        "model would see the answer. Remove the feature.",
    ),
    "a feature that gives a label away": (
        {"user_id": [f"was_{bought}" for bought in GOOD["purchase"]]},
        "Feature 'user_id' is 'was_1' on every training row where the label of task "
        "'purchase' is 1, and 'was_0' where it is 0. The model would see the answer. "
        "Remove the feature.",
    ),
    "a constant label": (
        {"clicked": [1] * 20},
        "`click` must be 0 on some training rows and 1 on others. Received: 1 on all "
        "12. Remove the task, or train on rows that have both.",
    ),
    "a purchase without a click": (
        {"purchase": [1 - clicked for clicked in GOOD["clicked"]]},
        "`purchase` is 1 on 3 of 3 rows where `click` is 0. A label must not be 1 "
        "before its funnel step `after`.",
    ),
    "an empty part": (
        {"part": ["train", "test"] * 10},
        "`data.split` must leave rows for validation. Received: train 10, validation "
        "0, test 10 rows. Change the split or add data.",
    ),
    "a misspelt part": (
        {"part": first("trian", "part")},
        "Column 'part' of `data.split` must hold one of ['train', 'validation', "
        "'test']. Received: 'trian'.",
    ),
}
# Only a file with types has these.
BAD_TYPES: dict[str, tuple[dict[str, Any], str]] = {
    "a fraction for an id": (
        {"user_id": [row + 0.5 for row in ROWS]},
        "Column 'user_id' of feature 'user_id' must hold text or whole numbers. "
        "Received: 0.5. Declare it `kind: numeric`.",
    ),
    "a list for an id": (
        {"user_id": [["a"]] * 20},
        "Column 'user_id' of feature 'user_id' must hold single values. "
        "Received: list<element: string>.",
    ),
    "a number for a list": (
        {"tags": list(ROWS)},
        "Column 'tags' of feature 'tags' must hold lists, or strings joined by '|'. "
        "Received: int64.",
    ),
    "a date for a number": (
        {"price": pd.date_range("2026-01-01", periods=20, unit="us")},
        "Column 'price' of feature 'price' must hold numbers. Received: timestamp[us].",
    ),
}


@pytest.mark.parametrize("wrong", BAD_COLUMNS)
def test_bad_columns_are_refused(train, tmp_path, wrong):
    columns, message = BAD_COLUMNS[wrong]
    path = tmp_path / "rows.csv"
    frame = pd.DataFrame({**GOOD, **columns})
    frame.drop(columns=[c for c in columns if columns[c] is None]).to_csv(
        path, index=False
    )

    assert train(path.name) == (1, "", message.format(path=path) + "\n", [])


@pytest.mark.parametrize("wrong", BAD_TYPES)
def test_bad_types_are_refused(train, tmp_path, wrong):
    columns, message = BAD_TYPES[wrong]
    path = tmp_path / "rows.parquet"
    pd.DataFrame({**GOOD, **columns}).to_parquet(path, index=False)

    assert train(path.name) == (1, "", message + "\n", [])


def test_rows_of_one_time_cannot_be_split_by_time(train, tmp_path):
    pd.DataFrame({**GOOD, "time": 5}).to_csv(tmp_path / "rows.csv", index=False)
    text = (
        "`data.split` must leave rows for train and validation. Received: train 0, "
        "validation 0, test 20 rows. Change the split or add data.\n"
    )

    assert train("rows.csv", "{kind: time, column: time}") == (1, "", text, [])


def test_a_bad_row_of_a_held_out_part_leaves_nothing_either(train, tmp_path):
    labels = [
        5 if p == "test" else c
        for p, c in zip(GOOD["part"], GOOD["clicked"], strict=True)
    ]
    pd.DataFrame({**GOOD, "clicked": labels}).to_csv(tmp_path / "rows.csv", index=False)

    outcome = train("rows.csv")

    assert (outcome.code, outcome.left_behind) == (1, [])
    *stages, error = outcome.error.splitlines()
    assert [stage.partition("  ")[0] for stage in stages] == [
        "open the exposures, learn vocabularies and statistics",
        "encode the train split",
        "encode the validation split",
    ]
    assert outcome.output == ""
    assert error == (
        "`click` must be 0 or 1 on every row. Received: 5, the first of 4 such values "
        "on 4 test rows (column 'clicked')."
    )
