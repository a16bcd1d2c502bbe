"""A metrics file is whole, valid JSON, and read back as it was."""

import json
import re

import pytest

from mtl_rec.errors import ArtifactError
from mtl_rec.evaluation.report import Metrics, read_metrics, write_metrics

METRICS: Metrics = {
    "click": {"rows": 10, "auc": 0.7123456789012345},
    "purchase": {"rows": 10, "auc": None},
}


def test_what_was_written_is_read_back_in_its_order(tmp_path):
    write_metrics(tmp_path / "metrics.json", METRICS)

    metrics = read_metrics(tmp_path / "metrics.json")

    assert metrics == METRICS
    assert list(metrics) == ["click", "purchase"]


def test_the_file_is_indented_json(tmp_path):
    write_metrics(tmp_path / "metrics.json", METRICS)

    text = (tmp_path / "metrics.json").read_text()

    assert text == json.dumps(METRICS, indent=2) + "\n"


def test_writing_replaces_and_leaves_nothing_else_behind(tmp_path):
    path = tmp_path / "metrics.json"
    path.write_text("old")

    write_metrics(path, METRICS)

    assert read_metrics(path) == METRICS
    assert list(tmp_path.iterdir()) == [path]


def test_metrics_that_are_not_json_leave_the_old_file_as_it_was(tmp_path):
    path = tmp_path / "metrics.json"
    write_metrics(path, METRICS)

    with pytest.raises(ValueError, match="not JSON compliant"):
        write_metrics(path, {"click": {"auc": float("nan")}})

    assert read_metrics(path) == METRICS


def test_a_missing_file_is_named(tmp_path):
    path = tmp_path / "metrics.json"

    message = f"There are no metrics at '{path}'."
    with pytest.raises(ArtifactError, match=re.escape(message)):
        read_metrics(path)


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "metrics.json"
    path.write_text('{"click": {')

    with pytest.raises(ArtifactError, match=re.escape(f"'{path}' is not valid JSON:")):
        read_metrics(path)


@pytest.mark.parametrize("text", ["[]", '{"click": 1}'])
def test_a_file_of_something_else_is_refused(tmp_path, text):
    path = tmp_path / "metrics.json"
    path.write_text(text)

    message = f"'{path}' must hold metrics by output."
    with pytest.raises(ArtifactError, match=re.escape(message)):
        read_metrics(path)
