"""The census file, made and real."""

import gzip
import re
from pathlib import Path

import pyarrow as pa
import pytest

from mtl_rec.config import load_config
from mtl_rec.config.data import CensusIncome
from mtl_rec.data import open_exposures
from mtl_rec.data.census_income import FIELDS, open_census_income
from mtl_rec.errors import ArtifactError, SchemaError

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "configs/census_income.yaml"
REAL = ROOT.parent / "shared/data/census_income/census-income.test.gz"


def line(**values: str) -> str:
    fields = {name: name for name in FIELDS} | {"income": "- 50000."} | values
    return ", ".join(fields.values()) + "\n"


@pytest.fixture
def people(tmp_path) -> Path:
    path = tmp_path / "census.data"
    path.write_text(
        line(age="38", marital_stat="Never married", citizenship="Native \"here\" ")
        + line(age="9", marital_stat="Divorced", income="50000+.", education="?")
    )  # fmt: skip
    return path


def read(path, columns, max_rows=10):
    source = open_census_income(CensusIncome(kind="census_income", path=str(path)))
    batches = list(source.batches(columns, max_rows))
    return pa.Table.from_batches(batches).to_pydict()


def test_fields_are_strings_by_name_without_the_blanks_around_them(people):
    assert read(people, ["age", "citizenship", "education", "income"]) == {
        "age": ["38", "9"],
        "citizenship": ['Native "here"', "citizenship"],
        "education": ["education", "?"],
        "income": ["- 50000.", "50000+."],
    }


def test_labels_are_made_of_income_and_marital_status(people):
    assert read(people, ["income_over_50k", "never_married", "marital_stat"]) == {
        "income_over_50k": [0, 1],
        "never_married": [1, 0],
        "marital_stat": ["Never married", "Divorced"],
    }


def test_there_are_42_fields():
    assert len(set(FIELDS)) == 42


def test_a_gzipped_file_is_read(people, tmp_path):
    (tmp_path / "census.gz").write_bytes(gzip.compress(people.read_bytes()))

    assert read(tmp_path / "census.gz", ["age"]) == {"age": ["38", "9"]}


def test_batches_have_at_most_the_rows_asked_for(people):
    source = open_census_income(CensusIncome(kind="census_income", path=str(people)))

    assert [b.num_rows for b in source.batches(["age"], 1)] == [1, 1]


@pytest.mark.parametrize(("text", "count"), [("1, 2, 3\n", 3), (line(sex="a, b"), 43)])
def test_a_line_with_another_number_of_fields_is_refused(people, text, count):
    people.write_text(people.read_text() + text)
    expected = (
        f"Every line of '{people}' must have 42 fields separated by commas. "
        f"Received: {count} in '{text[:7]}"
    )

    with pytest.raises(SchemaError, match=re.escape(expected)):
        read(people, ["age"])


def test_a_file_that_is_not_there_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = (
        "`data.source.path` must name an existing file. Received: 'census.gz'. "
        f"Relative paths start at '{tmp_path}'."
    )

    with pytest.raises(ArtifactError, match=re.escape(text)):
        read("census.gz", ["age"])


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "census.data").write_bytes(b"")
    text = f"'{tmp_path / 'census.data'}' must hold rows. Received: an empty file."

    with pytest.raises(ArtifactError, match=re.escape(text)):
        read(tmp_path / "census.data", ["age"])


def test_a_damaged_archive_is_named(people, tmp_path):
    path = tmp_path / "census.gz"
    path.write_bytes(gzip.compress(people.read_bytes())[:-30])
    text = f"'{path}' must be a readable census-income file. Received: "

    with pytest.raises(ArtifactError, match=re.escape(text)):
        read(path, ["age"])


def test_the_shipped_config_hides_the_answers_from_the_model():
    config = load_config(CONFIG)

    names = {feature.name for feature in config.features}

    assert {"marital_stat", "income"} & names == set()
    assert len(names) == 40
    assert names < set(FIELDS)


@pytest.mark.skipif(not REAL.exists(), reason=f"the archive's file is not at {REAL}")
def test_the_real_file_has_the_rates_of_its_documentation(monkeypatch):
    monkeypatch.chdir(ROOT)
    config = load_config(CONFIG)

    splits = open_exposures(config.data, config.features, config.tasks)
    parts = [pa.concat_tables(list(stream)) for stream in vars(splits).values()]

    everyone = pa.concat_tables(parts)
    assert [len(part) / 99_762 for part in parts] == pytest.approx(
        [0.6, 0.0667, 0.3333], abs=0.003
    )
    assert len(everyone) == 99_762
    assert everyone["income_over_50k"].to_numpy().mean() == pytest.approx(0.0620, 1e-3)
    assert everyone["never_married"].to_numpy().mean() == pytest.approx(0.4325, 1e-3)
