"""`mtl-rec drift`: what it prints, and an exit code that a cron job can act on."""

import json

import numpy as np
import pandas as pd
import pytest

YAML = """\
name: tiny
data:
  source: {{kind: table, path: '{path}'}}
  split: {{kind: column, column: part}}
features:
  - {{kind: categorical, name: user_id, side: user}}
  - {{kind: numeric, name: price, side: item}}
  - {{kind: multi_categorical, name: tags, side: item, max_values: 2}}
tasks: [{{name: click}}]
model: {{architecture: {{kind: mmoe}}}}
"""


@pytest.fixture
def drift(run, write, tmp_path):
    """Compares rows with those of training."""
    random = np.random.default_rng(0)

    def rows(size):
        return pd.DataFrame(
            {
                "user_id": [f"u{n}" for n in random.integers(0, 900, size)],
                "price": random.normal(size=size),
                "tags": [f"t{n}|t{n + 1}" for n in random.integers(0, 6, size)],
            }
        )

    train = rows(6000)
    parts = np.repeat(["train", "validation", "test"], [4000, 1000, 1000])
    train.assign(part=parts, click=np.arange(6000) % 2).to_csv(
        tmp_path / "train.csv", index=False
    )
    config = write("run.yaml", YAML.format(path=tmp_path / "train.csv"))

    def against(change=lambda rows: rows, *options):
        change(rows(4000)).to_csv(tmp_path / "logged.csv", index=False)
        return run("drift", config, "--against", tmp_path / "logged.csv", *options)

    return against


def test_rows_that_are_still_alike_exit_with_0(drift):
    outcome = drift()

    assert outcome.code == 0, outcome.error
    assert "0 of 3 features have shifted between 4,000 and 4,000 rows." in (
        outcome.output
    )
    assert "flagged from" in outcome.output


def test_a_shift_exits_with_3_and_says_what_moved(drift):
    outcome = drift(lambda rows: rows.assign(price=rows["price"] + 1))

    assert outcome.code == 3
    assert "Feature 'price' shifts between training and" in outcome.output
    assert "1 of 3 features have shifted" in outcome.output
    assert outcome.error == ""


def test_what_was_measured_is_json(drift):
    outcome = drift(lambda rows: rows.assign(price=0.0), "--output", "drift.json")

    assert (outcome.code, outcome.left_behind) == (3, ["drift.json"])
    with open("drift.json", encoding="utf-8") as file:
        about = json.load(file)
    assert [finding["subject"] for finding in about["findings"]] == ["price"]
    assert [s["feature"] for s in about["drift"]["shifts"]] == [
        *("user_id", "price", "tags")
    ]


def test_wrong_input_exits_with_1(drift):
    outcome = drift(lambda rows: rows.drop(columns="price"))

    assert outcome.code == 1
    assert "no column 'price'" in outcome.error
