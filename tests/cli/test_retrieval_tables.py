"""What `retrieve` shows of a judgement, to people and to programs."""

import io
import json
import math
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console, Group

from mtl_rec.cli.retrieval_tables import judgement_tables, show_retrieved
from mtl_rec.export import ExportedVersion
from mtl_rec.export.climbing import RungResult
from mtl_rec.metrics.estimate import Estimate
from mtl_rec.retrieval.folder import RetrievalFolder
from mtl_rec.retrieval.judging import Judgement
from mtl_rec.retrieval.pipeline import RetrievalResult

NAMES = (
    *("recall", "ndcg", "coverage", "novelty", "cold_share"),
    *("cold_recall", "cold_only_recall"),
)


@pytest.fixture
def judgement():
    """Every metric at two k, of which a recall is of nobody."""
    estimates = {}
    for place, name in enumerate(NAMES):
        for k in (20, 100):
            value = (place + 1) / 10 + k / 10_000
            drawn = value + np.linspace(-0.01, 0.01, 101)
            estimates[f"{name}@{k}"] = Estimate(
                value, np.empty(0) if name == "coverage" else drawn
            )
    estimates["cold_recall@20"] = Estimate(math.nan, np.full(100, math.nan))
    return Judgement(estimates, {}, 12_345, 67, 8_901, 23)


def written(tables, width=100):
    output = io.StringIO()
    Console(width=width, file=output).print(Group(*tables))
    return output.getvalue().splitlines()


def test_each_metric_is_a_row_with_its_values_and_intervals_at_every_k(judgement):
    users, head, *rows = written(judgement_tables(judgement), width=160)

    assert users == (
        "12,345 users of the test split, 8,901 items, "
        "23 of which nobody had seen before"
    )
    assert head.split() == ["metric", "@20", "@100", "what", "it", "is"]
    assert [row.split("  ")[0] for row in rows] == [n.replace("_", " ") for n in NAMES]
    assert "0.1020 (0.0925 to 0.1115)  0.1100 (0.1005 to 0.1195)" in rows[0]
    coverage, novelty, cold = rows[2], rows[3], rows[5]
    assert "0.3020  " in coverage
    assert "to" not in coverage.partition("of the catalogue")[0]
    assert "0.40 (0.39 to 0.41)" in novelty
    assert "nan  0.6100 (" in cold


@pytest.mark.parametrize("width", [80, 100])
def test_the_table_fits_a_terminal_with_every_number_whole(judgement, width):
    lines = written(judgement_tables(judgement), width)

    assert max(map(len, lines)) <= width
    text = "\n".join(lines)
    assert "0.1020 (0.0925 to 0.1115)" in text
    assert "0.7100 (0.7005 to 0.7195)" in text


def test_json_has_all_that_was_judged_and_where_it_lies(judgement, tmp_path, capsys):
    folder = RetrievalFolder(tmp_path)
    folder.judgement_path.write_text(
        json.dumps({**judgement.plain(), "factorized_top_k": {"top": 0.5}})
    )
    version = ExportedVersion(
        Path("models/1"), [RungResult("graph", "it loads", 0.1, None)]
    )

    show_retrieved(RetrievalResult(folder, judgement, version), tmp_path, "json")

    shown = json.loads(capsys.readouterr().out)
    assert shown["run"] == str(tmp_path)
    assert shown["version"] == "models/1"
    assert shown["metrics"]["recall@20"] == pytest.approx(
        {"value": 0.102, "low": 0.0925, "high": 0.1115}
    )
    assert shown["metrics"]["coverage@20"]["low"] is None
    assert shown["metrics"]["cold_recall@20"]["value"] is None
    assert shown["factorized_top_k"] == {"top": 0.5}
    assert (shown["queries"], shown["cold_items"]) == (12_345, 23)
