"""What is measured by user, at thresholds, and against the truth."""

import numpy as np
import pytest

from mtl_rec.config.tasks import Task
from mtl_rec.evaluation import EvaluationKeys, best_thresholds, evaluate_predictions

USERS = np.array([7, 7, 7, 7, 8, 8])


@pytest.fixture
def keys():
    return EvaluationKeys(users=USERS)


def test_gauc_weighs_users_by_their_rows_and_leaves_out_those_of_one_class(
    predictions, exposures, keys
):
    # Of user 7, clicks at 0.9, 0.6, 0.3 and none at 0.5; user 8 has none.
    click = evaluate_predictions(predictions, exposures, keys)["click"]

    assert click["gauc"] == pytest.approx(2 / 3)


def test_lists_are_of_users_with_the_event(predictions, exposures, keys):
    metrics = evaluate_predictions(predictions, exposures, keys, cutoffs=[1, 2])

    assert metrics["click"]["recall@1"] == pytest.approx(1 / 3)
    assert metrics["click"]["recall@2"] == pytest.approx(2 / 3)
    assert metrics["click"]["ndcg@1"] == 1.0
    # Purchases of 0.4 and 0.1, the latter tied with one row and below another.
    assert metrics["purchase"]["recall@2"] == pytest.approx(1 / 2)


def test_precision_and_recall_are_at_the_threshold(predictions, exposures):
    thresholds = {"click": 0.5, "purchase_given_click": 0.4}

    metrics = evaluate_predictions(predictions, exposures, thresholds=thresholds)

    click, cvr = metrics["click"], metrics["purchase_given_click"]
    assert (click["precision"], click["recall"]) == (2 / 3, 2 / 3)
    assert (cvr["precision"], cvr["recall"]) == (0.5, 0.5)
    assert metrics["purchase"]["threshold"] is None


def test_thresholds_are_of_events_that_happened(predictions, exposures):
    thresholds = best_thresholds(predictions, exposures)

    assert thresholds["click"] == 0.3
    assert set(thresholds) == {"click", "purchase", "purchase_given_click"}


def test_truth_is_compared_with_where_an_output_speaks(encode):
    exposures = encode(
        (Task(name="click"), Task(name="purchase", after="click")),
        click=[1, 1, 0],
        purchase=[1, 0, 0],
    )
    truth = {"click": np.array([0.8, 0.5, 0.1]), "purchase": np.array([0.4, 0.1, 0.01])}
    given = np.array([0.5, 0.2, 0.1])
    predictions = {**truth, "purchase_given_click": given}

    metrics = evaluate_predictions(predictions, exposures, EvaluationKeys(truth=truth))

    for name in predictions:
        assert metrics[name]["share_of_ceiling"] == pytest.approx(1.0), name
        assert metrics[name]["soft_log_loss"] == metrics[name]["floor_log_loss"]
    # Of the pair of rows with a click: 0.5 * 0.8 right against 0.2 * 0.5 wrong.
    cvr = metrics["purchase_given_click"]
    assert cvr["ceiling_auc"] == pytest.approx(0.4 / 0.5)


def test_users_of_other_rows_are_refused(predictions, exposures):
    with pytest.raises(ValueError, match=r"`keys.users` must have the shape \(6,\)"):
        evaluate_predictions(predictions, exposures, EvaluationKeys(users=USERS[1:]))
