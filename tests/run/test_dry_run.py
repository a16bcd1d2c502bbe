"""What a run would take: exact where all rows were read, and nothing is written."""

from pathlib import Path

import pandas as pd
import pytest

from mtl_rec.config import load_config
from mtl_rec.errors import SchemaError
from mtl_rec.run.dry_run import estimate_run, head, timing
from mtl_rec.run.dry_run.sizes import grown

YAML = """\
name: tiny
data:
  source: {kind: table, path: rows.csv}
  split: {kind: time, column: at}
features:
  - {kind: categorical, name: user_id, side: user}
  - {kind: numeric, name: price, side: item}
tasks: [{name: click}, {name: buy, after: click}]
model:
  embedding_dim: 4
  architecture: {kind: mmoe, num_experts: 2, expert_units: [8], tower_units: [4]}
training: {batch_size: 50, epochs: 7}
"""


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    """A run on 1,000 rows of 100 users."""
    folder = tmp_path_factory.mktemp("dry_run")
    rows = range(1000)
    pd.DataFrame(
        {
            "user_id": [f"u{n * 7 % 100}" for n in rows],
            "price": [n % 9 for n in rows],
            "click": [int(n % 3 == 0) for n in rows],
            "buy": [int(n % 6 == 0) for n in rows],
            "at": rows,
        }
    ).to_csv(folder / "rows.csv", index=False)
    (folder / "run.yaml").write_text(YAML)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(timing, "SECONDS", 0.0)
        yield load_config("run.yaml")


@pytest.fixture(scope="module")
def estimate(config):
    """Of that run."""
    return estimate_run(config)


def test_rows_and_vocabularies_are_exact_where_all_rows_were_read(estimate):
    assert estimate.is_exact
    assert estimate.rows == {"train": 700, "validation": 100, "test": 200}
    users = estimate.vocabularies["user_id"]
    # Padding and one for unknown users come on top.
    assert (users.seen, users.expected, users.parameters) == (102, 102, 102 * 4)


@pytest.mark.parametrize(
    "source", ["{kind: table, path: rows.csv}", "{kind: synthetic_shop}"]
)
def test_a_column_that_is_not_there_is_named(source, config):
    overrides = [f"data.source={source}", "features.1.name=weight"]
    without = load_config("run.yaml", [*overrides, "data.split={kind: random}"])

    with pytest.raises(SchemaError, match="no column 'weight' for feature 'weight'"):
        estimate_run(without)


def test_parameters_are_those_of_the_parts(estimate):
    # 5 inputs to 2 experts of 8 and 2 gates, with biases; 2 towers of 8 to 4; 2 heads,
    # which have a weight for the number too.
    assert estimate.parameters["embedding tables"] == 102 * 4
    assert estimate.parameters["linear weights"] == 102 * 2
    assert estimate.parameters["towers"] == 2 * (8 * 4 + 4)
    assert estimate.parameters["heads"] == 2 * (4 + 1 + 1)
    assert estimate.parameters["experts and gates"] >= 5 * 2 * (8 + 2)


def test_memory_holds_what_an_optimizer_remembers(estimate):
    weights = sum(estimate.parameters.values()) * 4

    assert estimate.memory["weights"] == weights
    assert estimate.memory["average of weights"] == 2 * weights
    # Adam has two numbers for each weight, what is settled one for each row of a table.
    assert estimate.memory["optimizer"] == pytest.approx(
        2 * weights + 2 * 102 * 4, rel=0.01
    )
    assert estimate.memory["encoded rows"] == 1000 * (4 + 4 + 8)
    assert estimate.total_bytes > estimate.memory["program"] > 0


def test_time_is_of_all_epochs(estimate):
    seconds = estimate.seconds

    assert seconds["epoch"] > 0
    assert estimate.total_seconds == pytest.approx(
        seconds["prepare"] + seconds["compile"] + 7 * seconds["epoch"]
    )


def test_nothing_is_written(estimate):
    assert {path.name for path in Path().iterdir()} == {"rows.csv", "run.yaml"}


def test_of_more_rows_some_are_looked_at(config, monkeypatch):
    monkeypatch.setattr(head, "ROWS", 400)

    estimate = estimate_run(config)

    assert not estimate.is_exact
    assert estimate.rows_looked_at == 400
    assert sum(estimate.rows.values()) == pytest.approx(1000, rel=0.1)
    # All users were seen in the first rows: no more will come.
    assert estimate.vocabularies["user_id"].expected == 102


@pytest.mark.parametrize(
    ("counts", "growth", "expected"),
    [
        ((100, 100, 100), 8, 100),
        ((25, 50, 100), 8, 800),
        ((50, 80, 100), 2, 100 * 2 ** (0.322**2 / 0.678)),
        ((0, 0, 0), 8, 1),
    ],
)
def test_a_vocabulary_grows_as_it_did(counts, growth, expected):
    assert grown(counts, growth) == pytest.approx(expected, rel=0.01)
