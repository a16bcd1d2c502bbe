"""After training on sampled negatives the mean prediction is the observed rate."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from mtl_rec.config.features import Categorical
from mtl_rec.config.model import Model, SharedBottom
from mtl_rec.config.tasks import Task
from mtl_rec.models import build_model
from mtl_rec.models.probabilities import probability_model
from mtl_rec.schema import EncodedExposures, Schema
from mtl_rec.schema.fields import Vocabulary
from mtl_rec.schema.sampling import SamplingCorrection
from mtl_rec.training.base_rate import match_base_rate

ARCHITECTURE = SharedBottom(kind="shared_bottom", bottom_units=(8,), tower_units=(4,))


def mean_prediction(model, exposures, output: str) -> float:
    inputs = {n: a for n, a in exposures.inputs.items() if n != "sampling_offset"}
    prediction = probability_model(model).predict(inputs, verbose=0)[output][:, 0]
    return float(np.average(prediction, weights=exposures.sampling_weights[:, 0]))


@pytest.fixture
def sampled_rows():
    """A model that has learned nothing, and rows with sampled negatives."""

    def make(varies: bool):
        random = np.random.default_rng(0)
        click = (random.random((3000, 1)) < 0.2).astype("float32")
        buy = click * (random.random((3000, 1)) < 0.3)
        log_rates = -2 + varies * np.linspace(-1, 1, 3000)[:, np.newaxis]
        schema = Schema(
            (Categorical(kind="categorical", name="item", side="item"),),
            (Task(name="click"), Task(name="buy", after="click")),
            {"item": Vocabulary("item", 1, 20, None)},
            {},
            SamplingCorrection(float(log_rates.mean()), varies),
        )
        inputs = {"item_ids": random.integers(2, 22, (3000, 1)).astype("int32")}
        if varies:
            offsets = log_rates.mean() - log_rates
            inputs["sampling_offset"] = offsets.astype("float32")
        labels = {"click": click, "buy": buy.astype("float32")}
        weights = np.where(click == 1, 1.0, np.exp(-log_rates))
        exposures = EncodedExposures(schema, inputs, labels, weights)
        keras.utils.set_random_seed(0)
        return build_model(Model(architecture=ARCHITECTURE), schema), exposures

    return make


@pytest.mark.parametrize("varies", [False, True])
def test_the_mean_prediction_becomes_the_observed_rate(sampled_rows, varies):
    model, exposures = sampled_rows(varies)
    weights = exposures.sampling_weights[:, 0]
    observed = np.average(exposures.labels["click"][:, 0], weights=weights)
    given_before = mean_prediction(model, exposures, "buy_given_click")
    assert abs(mean_prediction(model, exposures, "click") / observed - 1) > 0.05

    match_base_rate(model, exposures)

    assert mean_prediction(model, exposures, "click") == pytest.approx(
        observed, rel=1e-4
    )
    assert mean_prediction(model, exposures, "buy_given_click") == pytest.approx(
        given_before, rel=1e-6
    )
    assert match_base_rate(model, exposures) == pytest.approx(0, abs=1e-4)


def test_rows_that_were_not_sampled_are_refused(sampled_rows):
    model, exposures = sampled_rows(False)
    with pytest.raises(ValueError, match="must have sampled negatives"):
        match_base_rate(model, replace(exposures, sampling_weights=None))
