"""R24: no rows, or rows of one class, stop before a step or say "undefined"."""

import io
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from mtl_rec.config.training import EarlyStopping, Training
from mtl_rec.errors import SchemaError
from mtl_rec.evaluation import evaluate
from mtl_rec.training import Batches, fit_best
from mtl_rec.training.progress import EpochProgress
from mtl_rec.training.validation import ValidationMetrics


def without(exposures, *events):
    """The same rows, on none of which these happened."""
    zeros = {name: np.zeros_like(exposures.labels[name]) for name in events}
    return replace(exposures, labels={**exposures.labels, **zeros})


def fit(model, exposures, validation, folder, metric, *callbacks):
    stopping = EarlyStopping(metric=metric, patience=0)
    config = Training(batch_size=64, epochs=2, early_stopping=stopping)
    return fit_best(model, exposures, validation, config, folder, 0, callbacks)


def test_an_auc_without_a_positive_is_undefined_wherever_it_is_told(
    make_model, exposures, validation, tmp_path
):
    model, shown = make_model(), io.StringIO()
    never = without(validation, "buy")

    progress = EpochProgress(Console(file=shown, width=200))
    history = fit(model, exposures, never, tmp_path, "val_loss", progress)

    assert np.isnan([epoch["val_buy_auc"] for epoch in history]).all()
    assert "buy auc undefined" in shown.getvalue()
    assert 0 < history[-1]["val_click_auc"] < 1
    assert evaluate(model, never)["buy"]["auc"] is None


CASES = {
    "never": (["buy"], "`buy` is 0 on all 142 rows it is judged on"),
    "no parent": (["click", "buy"], "no row has a label of `buy`"),
}


@pytest.mark.parametrize(("events", "says"), CASES.values(), ids=CASES)
def test_stopping_on_an_undefined_metric_is_refused_before_a_step(
    make_model, exposures, validation, tmp_path, events, says
):
    model = make_model()
    before = [np.array(weight) for weight in model.get_weights()]

    with pytest.raises(SchemaError) as raised:
        fit(
            model,
            exposures,
            without(validation, *events),
            tmp_path,
            "val_buy_auc",
        )

    assert says in str(raised.value)
    assert "Received: 'val_buy_auc'. Stop on 'val_loss'" in str(raised.value)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert not list(tmp_path.iterdir())


def test_splits_without_rows_are_refused(exposures):
    none = exposures.rows(0, 0)

    with pytest.raises(SchemaError, match="The training split must have rows"):
        Batches(none, 64)
    with pytest.raises(SchemaError, match="The validation split must have rows"):
        ValidationMetrics(none)


def test_no_rows_have_no_metrics(make_model, exposures):
    metrics = evaluate(make_model(), exposures.rows(0, 0))

    assert metrics["click"]["rows"] == 0
    assert {metrics[name]["auc"] for name in metrics} == {None}


def test_a_batch_in_which_nothing_happens_trains(make_model, exposures):
    model = make_model()
    batches = Batches(without(exposures, "click", "buy"), 64)

    model.fit(batches, epochs=1, shuffle=False, verbose=0)

    assert all(np.isfinite(weight).all() for weight in model.get_weights())
