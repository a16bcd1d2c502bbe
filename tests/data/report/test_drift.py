"""R19: features of other files against those of training."""

import json

import numpy as np
import pandas as pd
import pytest

from mtl_rec.config.features import Numeric
from mtl_rec.data.report import compare_with_files
from mtl_rec.errors import ArtifactError, SchemaError

LABELS = ["click", "buy", "value", "time"]


@pytest.fixture
def logged(frame):
    """What servers would have been asked: rows like those of training, no labels."""
    rows = frame.sample(8000, random_state=1).reset_index(drop=True)
    return rows.drop(columns=LABELS)


@pytest.fixture
def compare(open_frame, frame, tmp_path):
    def against(rows, ending="parquet", **options):
        path = tmp_path / f"logged.{ending}"
        if ending == "csv":
            lists = rows["history"].map("|".join)
            rows.assign(history=lists).to_csv(path, index=False)
        else:
            rows.to_parquet(path)
        return compare_with_files(open_frame(frame), str(path), **options)

    return against


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("split", ["train", "test"])
def test_rows_like_those_of_training_have_not_shifted(compare, logged, ending, split):
    drift = compare(logged, ending, split=split)

    assert drift.findings() == []
    assert [shift.feature for shift in drift.shifts] == list(logged.columns)
    assert drift.rows == (14_000 if split == "train" else 4000, 8000)


SHIFTS = {
    "brand": lambda rows, is_new: np.where(is_new, "new", rows["brand"]),
    "query": lambda rows, is_new: np.where(is_new, "q1", rows["query"]),
    "title": lambda rows, is_new: np.where(
        is_new, rows["title"] + " Sale", rows["title"]
    ),
    "history": lambda rows, is_new: [
        [] if new else ids for new, ids in zip(is_new, rows["history"], strict=True)
    ],
    "price": lambda rows, is_new: rows["price"] + 0.4,
}


@pytest.mark.parametrize("name", SHIFTS)
def test_a_shift_is_found_and_no_other(compare, logged, name):
    is_new = np.random.default_rng(0).random(len(logged)) < 0.12
    shifted = logged.assign(**{name: SHIFTS[name](logged, is_new)})

    drift = compare(shifted)

    assert [finding.subject for finding in drift.findings()] == [name]
    assert "between training and '" in str(drift.findings()[0])


def test_words_are_compared_as_a_model_reads_them(compare, logged):
    loud = logged.assign(title=logged["title"].str.upper() + " !")

    assert compare(loud).findings() == []


def test_missing_and_unseen_values_are_counted_on_all_rows(compare, logged):
    logged.loc[:1999, "brand"] = None
    logged.loc[2000:3999, "brand"] = "new"

    [brand] = [s for s in compare(logged).shifts if s.feature == "brand"]

    assert brand.missing == (0.0, 0.25)
    assert brand.unseen == pytest.approx(1 / 3)


def test_few_rows_are_said_to_be_too_few(compare, logged):
    drift = compare(logged.head(60))

    assert "brand" in drift.undecided()
    assert drift.findings() == []


def test_files_may_have_the_names_of_features(open_frame, frame, logged, tmp_path):
    features = [Numeric(kind="numeric", name="cost", side="item", column="price")]
    splits = open_frame(frame, features=features)
    logged.rename(columns={"price": "cost"}).to_parquet(tmp_path / "a.parquet")

    drift = compare_with_files(splits, str(tmp_path / "*.parquet"))

    assert [shift.feature for shift in drift.shifts] == ["cost"]
    assert drift.findings() == []


def test_all_of_it_is_json(compare, logged):
    about = compare(logged.assign(price=np.nan)).about()

    text = json.dumps(about, allow_nan=False)
    assert json.loads(text)["findings"][0]["subject"] == "price"
    assert len(about["drift"]["shifts"]) == 7


def test_what_can_not_be_compared_is_refused(compare, logged, open_frame, frame):
    with pytest.raises(SchemaError, match="no column 'brand' for feature 'brand'"):
        compare(logged.drop(columns="brand"))
    with pytest.raises((SchemaError, ArtifactError), match="must hold rows"):
        compare(logged.head(0))
    with pytest.raises(ArtifactError, match="'nowhere"):
        compare_with_files(open_frame(frame), "nowhere.parquet")
    with pytest.raises(SchemaError, match="price"):
        compare(pd.DataFrame({**logged, "price": "dear"}))
