"""Popular items are drawn as negatives more often; predictions do not show it."""

import keras
import numpy as np
import pytest
from compilation import JIT

from mtl_rec.config.features import Categorical
from mtl_rec.config.model import Model, SharedBottom
from mtl_rec.config.tasks import Task
from mtl_rec.config.training import Training
from mtl_rec.evaluation import predict
from mtl_rec.models import build_model
from mtl_rec.schema import EncodedExposures, Schema
from mtl_rec.schema.fields import Vocabulary
from mtl_rec.schema.sampling import SamplingCorrection
from mtl_rec.training import Batches, make_trainable
from mtl_rec.training.validation import ValidationMetrics

NUM_ITEMS = 20


@pytest.fixture(scope="module")
def items():
    """Log-odds of a click on each item, and the log of its sampling rate."""
    random = np.random.default_rng(0)
    return random.normal(-2.0, 1.0, NUM_ITEMS), np.log(np.geomspace(1.0, 0.02, 20))


@pytest.fixture(scope="module")
def train(items):
    """Makes the rows that sampling leaves of 60,000, corrected row by row or not."""
    log_odds, log_rates = items
    random = np.random.default_rng(1)
    item = random.integers(0, NUM_ITEMS, 60_000)
    click = random.random(len(item)) < 1 / (1 + np.exp(-log_odds[item]))
    kept = click | (random.random(len(item)) < np.exp(log_rates[item]))
    item, click = item[kept], click[kept].astype("float32")
    buy = click * (random.random(len(item)) < 0.3)
    own = log_rates[item]

    def make(varies: bool) -> EncodedExposures:
        schema = Schema(
            (Categorical(kind="categorical", name="item", side="item"),),
            (Task(name="click"), Task(name="buy", after="click")),
            {"item": Vocabulary("item", 1, NUM_ITEMS, None)},
            {},
            SamplingCorrection(float(own.mean()), varies),
        )
        inputs = {"item_ids": (2 + item[:, None]).astype("int32")}
        if varies:
            offsets = (own.mean() - own)[:, None].astype("float32")
            inputs["sampling_offset"] = offsets
        labels = {"click": click[:, None], "buy": buy[:, None].astype("float32")}
        return EncodedExposures(schema, inputs, labels)

    return make


def compiled(exposures: EncodedExposures):
    keras.utils.set_random_seed(0)
    bottom = SharedBottom(kind="shared_bottom", bottom_units=[16], tower_units=[8])
    model = build_model(Model(architecture=bottom), exposures.schema)
    return make_trainable(model, Training(jit=JIT), exposures.schema)


def trained(exposures: EncodedExposures):
    model = compiled(exposures)
    for rate in (0.02, 0.002):
        model.optimizer.learning_rate = rate
        batches = Batches(exposures, batch_size=512)
        model.fit(batches, epochs=3, shuffle=False, verbose=0)
    return model


def errors_of(model, exposures, items) -> np.ndarray:
    """Distance of each item's log-odds from those of the population."""
    every_item = {"item_ids": np.arange(2, 2 + NUM_ITEMS, dtype="int32")[:, None]}
    rows = EncodedExposures(exposures.schema, every_item, {})
    click = predict(model, rows)["click"].astype(np.float64)
    return np.abs(np.log(click / (1 - click)) - items[0])


def test_predictions_recover_the_population_by_the_rate_of_each_row(train, items):
    corrected, uncorrected = train(varies=True), train(varies=False)
    model = trained(corrected)

    by_row = errors_of(model, corrected, items)
    by_mean = errors_of(trained(uncorrected), uncorrected, items)

    # Of the rarest there are 60 negatives: a standard error of 0.14.
    assert by_row.mean() < 0.15
    assert by_mean.mean() > 0.8
    given = predict(model, corrected)["buy_given_click"]
    assert given.mean() == pytest.approx(0.3, abs=0.03)


def test_each_epoch_is_validated_on_the_rows_as_they_were_sampled(train):
    exposures = train(varies=True)
    model = compiled(exposures)
    callback = ValidationMetrics(exposures)
    callback.set_model(model)
    expected = model.evaluate(
        dict(exposures.inputs), dict(exposures.labels), batch_size=4096, verbose=0
    )

    assert callback.measure()["val_loss"] == pytest.approx(expected[0], rel=1e-4)
