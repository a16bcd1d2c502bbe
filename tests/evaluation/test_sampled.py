"""Metrics of sampled rows describe what they were sampled from."""

import dataclasses

import numpy as np
import pytest

from mtl_rec.evaluation.evaluator import evaluate_predictions

COUNTS = {"rows", "positives", "population_rows"}
WEIGHTS = np.array([5, 2, 4, 1, 1, 1])


@pytest.fixture
def exposures(exposures):
    """Clicks come last, so that the rows given one are not the first."""
    labels = {name: column[::-1] for name, column in exposures.labels.items()}
    return dataclasses.replace(exposures, labels=labels)


@pytest.fixture
def predictions(predictions):
    return {name: values[::-1] for name, values in predictions.items()}


@pytest.fixture
def sampled(exposures):
    """The three rows without a click stand for eleven."""
    weights = WEIGHTS[:, None].astype(np.float64)
    return dataclasses.replace(exposures, sampling_weights=weights)


@pytest.fixture
def in_full(exposures):
    """All fourteen rows."""
    columns = exposures.labels.items()
    labels = {name: np.repeat(column, WEIGHTS, axis=0) for name, column in columns}
    return dataclasses.replace(
        exposures, inputs={"x": np.zeros((14, 1))}, labels=labels
    )


def test_metrics_are_those_of_all_rows(predictions, sampled, in_full):
    repeated = {n: np.repeat(values, WEIGHTS) for n, values in predictions.items()}
    expected = evaluate_predictions(repeated, in_full)

    for name, entry in evaluate_predictions(predictions, sampled).items():
        for metric in set(expected[name]) - COUNTS:
            assert entry[metric] == pytest.approx(expected[name][metric]), metric


def test_counts_stay_those_of_the_data(predictions, sampled):
    metrics = evaluate_predictions(predictions, sampled)

    click = {name: metrics["click"][name] for name in COUNTS}
    assert click == {"rows": 6, "positives": 3, "population_rows": 14.0}
    assert metrics["purchase_given_click"]["population_rows"] == 3.0
    assert metrics["order_value"]["population_rows"] == 14.0


def test_rows_that_stand_for_themselves_have_no_population(predictions, exposures):
    metrics = evaluate_predictions(predictions, exposures)

    assert not [name for name in metrics if "population_rows" in metrics[name]]
