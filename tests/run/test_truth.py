"""A run beside its twin and baselines: the figures, and what is found again."""

import json

import numpy as np
import pytest
from told_stages import telling

from mtl_rec.config.twins import single_task_twin
from mtl_rec.errors import ArtifactError
from mtl_rec.evaluation.report import read_metrics
from mtl_rec.models import load_model
from mtl_rec.run import RunFolder
from mtl_rec.run.preparing import reopen_run
from mtl_rec.run.truth import truth_of
from mtl_rec.run.truth_files import write_truth
from mtl_rec.run.twin_runs import twin_run

from .conftest import write_exposures

# It trains and exports two runs.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def told(finished):
    """The truth about the finished run of the tree."""
    result, place = finished
    return truth_of(result.folder, place / "runs")


@pytest.fixture
def stages():
    """What was told of, and a stage that tells it."""
    texts = []
    return texts, telling(texts)


def test_all_contenders_predict_every_output_of_the_run(told):
    names = [contender.name for contender in told.contenders]

    assert names == ["single_task", "popularity", "logistic_regression"]
    for contender in told.contenders:
        assert list(contender.metrics) == list(told.metrics)
    assert "order_value_given_purchase" in told.metrics


def test_the_run_has_the_metrics_that_it_ended_with(told, finished):
    result, _ = finished

    for output, metrics in read_metrics(result.folder.metrics_path).items():
        for name in ("rows", "auc", "log_loss", "gauc", "rmse"):
            if name in metrics:
                assert told.metrics[output][name] == pytest.approx(metrics[name])


def test_a_difference_is_the_run_s_metric_less_the_contender_s(told):
    for contender in told.contenders:
        for output, differences in contender.differences.items():
            for name, difference in differences.items():
                ours, theirs = (
                    own[output][name] for own in (told.metrics, contender.metrics)
                )
                assert difference.value == pytest.approx(ours - theirs, abs=1e-9)


def test_the_twin_is_a_run_of_its_own(told, finished):
    result, place = finished
    twin = RunFolder.open(told.contenders[0].about["run"])

    assert twin.path.parent == place / "runs" / "tree-single-task"
    assert twin.config() == single_task_twin(result.folder.config())
    assert twin.version_path.exists()
    assert load_model(twin.model_path).name == "single_task"


def test_a_twin_is_trained_once(told, finished, stages):
    result, place = finished
    texts, stage = stages

    found = twin_run(reopen_run(result.folder), place / "runs", stage)

    assert str(found.path) == told.contenders[0].about["run"]
    assert texts == [f"the single-task twin is in '{found.path}'"]


def test_both_files_have_all_figures(told):
    page = write_truth(told)

    values = json.loads((told.run / "truth.json").read_text())
    assert values["metrics"] == told.metrics
    assert len(values["verdicts"]) == len(told.metrics)
    text = page.read_text()
    assert text.count("\n| logistic regression |") == len(told.metrics)
    for verdict in values["verdicts"]:
        assert verdict in text


def test_other_rows_than_the_run_s_are_refused(told, finished, make_shop):
    result, place = finished
    data = place / "exposures.parquet"
    kept = data.read_bytes()
    try:
        write_exposures(make_shop(1200, seed=7), data)
        with pytest.raises(ArtifactError, match="must be what the run in"):
            truth_of(result.folder, place / "runs")
    finally:
        data.write_bytes(kept)
    assert np.isfinite(told.metrics["click"]["auc"])
