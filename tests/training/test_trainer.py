import json
import re
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from mtl_rec.config.checks import mode_of, monitored_metrics
from mtl_rec.config.training import EarlyStopping, Training
from mtl_rec.errors import TrainingError
from mtl_rec.training import fit_best
from mtl_rec.training.best_epoch import BestEpoch
from mtl_rec.training.validation import ValidationMetrics


def measured(model, exposures):
    callback = ValidationMetrics(exposures)
    callback.set_model(model)
    return callback.measure()


def test_validation_metrics_are_those_of_scikit_learn(make_model, validation):
    model = make_model()

    metrics = measured(model, validation)

    outputs = model.predict(dict(validation.inputs), verbose=0)
    click, buy = (validation.labels[name][:, 0] for name in ("click", "buy"))
    clicked = click == 1
    probability = np.exp(outputs["click"][:, 0].astype("float64"))
    given_click = np.exp(outputs["buy"][:, 0].astype("float64"))[clicked]
    assert metrics["val_click_auc"] == pytest.approx(roc_auc_score(click, probability))
    assert metrics["val_click_loss"] == pytest.approx(
        log_loss(click, probability), rel=1e-5
    )
    # The purchase is trained where a click happened, and judged there.
    assert metrics["val_buy_auc"] == pytest.approx(
        roc_auc_score(buy[clicked], given_click)
    )
    assert metrics["val_loss"] == pytest.approx(
        metrics["val_click_loss"] + metrics["val_buy_loss"]
    )


def test_the_validation_loss_weighs_tasks_as_training_does(
    make_model, validation, schema
):
    click, buy = schema.tasks
    tasks = (click, buy.model_copy(update={"loss_weight": 3.0}))
    weighted = replace(validation, schema=replace(schema, tasks=tasks))

    metrics = measured(make_model(), weighted)

    assert metrics["val_loss"] == pytest.approx(
        metrics["val_click_loss"] + 3 * metrics["val_buy_loss"]
    )


def test_validation_reports_the_metrics_that_a_config_may_stop_on(
    make_model, validation, schema
):
    metrics = measured(make_model(), validation)

    assert set(metrics) == set(monitored_metrics(schema.tasks))


def run(model, exposures, validation, folder, **settings):
    stopping = {"metric": "val_loss", "patience": 1}
    config = Training(batch_size=64, early_stopping=stopping, **settings)
    return fit_best(model, exposures, validation, config, folder, seed=1)


def test_training_stops_and_the_best_epoch_is_kept(
    make_model, exposures, validation, tmp_path
):
    model = make_model(optimizer={"learning_rate": 0.1})

    history = run(model, exposures, validation, tmp_path, epochs=30)

    losses = [epoch["val_loss"] for epoch in history]
    assert len(history) < 30
    assert int(np.argmin(losses)) == len(losses) - 2
    assert measured(model, validation)["val_loss"] == pytest.approx(min(losses))


def test_weights_that_diverge_stop_with_the_way_out(
    make_model, exposures, validation, tmp_path
):
    model = make_model(optimizer={"learning_rate": 1e30})
    text = "the weights have diverged: lower `training.optimizer.learning_rate`"

    with pytest.raises(TrainingError, match=re.escape(text)):
        run(model, exposures, validation, tmp_path, epochs=3)


def test_checkpoint_and_tensorboard_logs_are_written(
    make_model, exposures, validation, tmp_path
):
    run(make_model(), exposures, validation, tmp_path, epochs=2)

    files = sorted(file.name for file in (tmp_path / "checkpoints").iterdir())
    assert files == [
        *("000000000009.checkpoint", "000000000018.checkpoint"),
        "best.weights.h5",
    ]
    runs = {folder.name for folder in (tmp_path / "logs").iterdir()}
    assert runs == {"train", "validation", "result"}


def test_auc_is_better_higher_and_a_loss_lower():
    assert mode_of("val_purchase_auc") == "max"
    assert mode_of("val_loss") == "min"
    assert mode_of("val_order_value_rmse") == "min"


def test_a_metric_that_is_never_defined_keeps_the_first_epoch(make_model, tmp_path):
    model = make_model()
    stopping = EarlyStopping(metric="val_buy_auc")
    best = BestEpoch(tmp_path / "best.weights.h5", stopping)
    best.set_model(model)

    for epoch in range(3):
        best.on_epoch_end(epoch, {"val_buy_auc": float("nan")})

    assert best.best_epoch == 0
    assert (tmp_path / "best.weights.h5").is_file()


def test_what_was_best_and_how_long_it_was_waited_outlives_an_interruption(
    make_model, tmp_path
):
    stopping = EarlyStopping(metric="val_loss", patience=2)
    first, second = (
        BestEpoch(tmp_path / "best.weights.h5", stopping) for _ in range(2)
    )
    model = make_model()
    model.stop_training = False
    for best in (first, second):
        best.set_model(model)

    first.on_epoch_end(0, {"val_loss": 0.5})
    first.on_epoch_end(1, {"val_loss": 0.7})
    second.restore(json.loads(json.dumps(first.state())))
    second.on_epoch_end(2, {"val_loss": 0.6})

    assert second.best_epoch == 0
    assert model.stop_training
