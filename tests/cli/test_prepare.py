"""`mtl-rec prepare`: what it makes, what it says, and what it refuses."""

import json

import pytest

YAML = """\
name: tiny_log
data:
  source:
    kind: events
    path: '{log}'
    item_columns: [price]
    event_types: {{view: view, buy: buy}}
    starts: 2024-01-01
    ends: 2024-01-05
    window_hours: 12
    labels:
      click: {{events: [view], implied: true}}
      purchase: {{events: [buy]}}
    negatives: {{kind: uniform, per_exposure: 2}}
  split:
    {{kind: time, column: exposed_at, validation_fraction: 0.2, test_fraction: 0.3}}
features:
  - {{kind: numeric, name: {feature}, side: item}}
  - {{kind: sequence, name: history_item_id, side: user, max_length: 5}}
tasks:
  - {{name: click}}
  - {{name: purchase, after: click}}
model:
  architecture: {{kind: mmoe}}
"""


@pytest.fixture
def config(write):
    """A config on a log of 80 events of 8 users, one of which can't be used."""
    lines = ["user_id,item_id,event_type,event_time,price"]
    for number in range(79):
        time = f"2024-01-{1 + number // 20:02d} {number % 20:02d}:00"
        kind = "buy" if number % 7 == 3 else "view"
        lines.append(f"u{number % 8},i{number % 13},{kind},{time},{number % 5}")
    lines.append("u1,i1,view,yesterday,1")
    log = write("log.csv", "\n".join(lines) + "\n")

    def with_feature(feature: str = "price", **changes: str):
        text = YAML.format(log=log, feature=feature)
        for old, new in changes.items():
            text = text.replace(old, new)
        return write("run.yaml", text)

    return with_feature


def test_it_counts_what_became_of_every_row(run, config):
    setting = "data.source.max_rejected_fraction=0.1"
    outcome = run("prepare", config(), "--set", setting, "--format", "table")
    again = run("prepare", config(), "--set", setting)

    assert outcome.code == 0, outcome.error
    rows = {" ".join(line.split()) for line in outcome.output.splitlines()}
    assert "rows of the log 80" in rows
    assert any(row.startswith("rejected 1 'event_time'") for row in rows), rows
    assert any(row.startswith("sampled negatives") for row in rows)
    assert any(row.startswith("left out") and "crosses a cut" in row for row in rows)
    counted = json.loads(again.output)
    assert counted["log"]["rows_read"] == 80
    assert sum(counted["rows"].values()) > counted["log"]["exposures"]
    assert any(path.endswith(".rejected.csv") for path in outcome.left_behind)
    assert any(path.endswith("part-00000.parquet") for path in outcome.left_behind)


def test_columns_are_listed_without_reading_the_log(run, config):
    outcome = run("prepare", config(), "--columns")

    assert outcome.code == 0
    columns = json.loads(outcome.output)
    assert {"price", "history_price", "item_purchase_rate"} <= set(columns)
    assert outcome.left_behind == []


def test_a_column_that_nothing_makes_is_refused_with_the_nearest(run, config):
    outcome = run("prepare", config("item_purchase_rat"))

    assert outcome.code == 1
    assert "Did you mean 'item_purchase_rate'?" in outcome.error
    assert outcome.left_behind == []


def test_too_many_unusable_rows_stop_it_and_are_kept(run, config):
    limit = "data.source.max_rejected_fraction=0.01"
    outcome = run("prepare", config(), "--set", limit)

    assert outcome.code == 1
    assert "1 of 80 rows" in outcome.error
    assert "max_rejected_fraction" in outcome.error
    (kept,) = [path for path in outcome.left_behind if path.endswith(".csv")]
    assert kept in outcome.error


def test_a_table_needs_no_preparing(run, write):
    path = write(
        "run.yaml",
        "name: x\ndata: {source: {kind: synthetic_shop}, "
        "split: {kind: time, column: timestamp}}\n"
        "features: [{kind: categorical, name: item_id, side: item}]\n"
        "tasks: [{name: click}]\nmodel: {architecture: {kind: mmoe}}\n",
    )

    outcome = run("prepare", path)

    assert outcome.code == 1
    assert "needs an event log" in outcome.error
