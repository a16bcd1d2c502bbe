"""What is said of a run follows from its intervals."""

from pathlib import Path

import pytest

from mtl_rec.evaluation.differences import Difference
from mtl_rec.run.truth import Contender, Truth
from mtl_rec.run.truth_verdicts import truth_page, verdicts

ABOVE, BELOW, UNSURE = (
    Difference(value, interval)
    for value, interval in (
        (0.02, (0.01, 0.03)),
        (-0.02, (-0.03, -0.01)),
        (0.001, (-0.01, 0.012)),
    )
)


def truth(metric="auc", value=0.7, positives=1000, **differences):
    metrics = {"click": {metric: value, "positives": positives}}
    contenders = tuple(
        Contender(name, {}, metrics, {"click": {metric: own} if own else {}})
        for name, own in differences.items()
    )
    return Truth(Path("runs/shop/1"), "mmoe", 9, metrics, contenders)


@pytest.mark.parametrize(
    ("metric", "difference", "said"),
    [
        ("auc", ABOVE, "learning the tasks together helped, AUC +0.0200"),
        ("auc", BELOW, "multi-task did NOT help and is worse than single-task, AUC"),
        ("auc", UNSURE, "multi-task did NOT help measurably, AUC +0.0010"),
        ("rmse", BELOW, "learning the tasks together helped, RMSE -0.0200"),
        ("rmse", ABOVE, "multi-task did NOT help and is worse than single-task, RMSE"),
        ("auc", None, "multi-task did NOT help measurably, AUC undefined"),
    ],
)
def test_the_twin_decides_whether_learning_together_helped(metric, difference, said):
    (verdict,) = verdicts(truth(metric, single_task=difference, popularity=ABOVE))

    assert verdict.startswith(f"click: {said}")


def test_baselines_that_are_not_beaten_are_named():
    (verdict,) = verdicts(truth(popularity=UNSURE, logistic_regression=BELOW))

    assert verdict == (
        "click: Not ahead of popularity, +0.0010 (-0.0100 to +0.0120). "
        "Behind logistic regression, -0.0200 (-0.0300 to -0.0100) *."
    )


def test_a_run_ahead_of_all_is_told_so():
    found = truth(single_task=ABOVE, popularity=ABOVE, logistic_regression=ABOVE)

    assert verdicts(found)[0].endswith("Ahead of both baselines.")


def test_few_positives_are_told():
    (verdict,) = verdicts(truth(positives=299, popularity=ABOVE))

    assert verdict.endswith("Only 299 positives.")


def test_what_is_undefined_is_not_judged():
    found = truth(value=None, single_task=None, popularity=None)

    assert verdicts(found) == ["click: cannot be judged, as its AUC is undefined."]
    assert "| popularity | undefined | undefined |" in truth_page(found)
    assert "0.5" not in truth_page(found)
