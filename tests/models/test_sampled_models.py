"""Every architecture on sampled negatives: corrected in training, served without."""

import dataclasses

import keras
import numpy as np
import pytest
from compilation import SLOW_ON_TENSORFLOW
from keras import ops

from mtl_rec.config.model import MMoE, Model, SharedBottom, SingleTask
from mtl_rec.models import build_model, load_model, probability_model
from mtl_rec.models.layers import FunnelLogProbabilities
from mtl_rec.schema.sampling import SamplingCorrection

LOG_RATE = -3.0
ARCHITECTURES = [
    SharedBottom(kind="shared_bottom", bottom_units=[8], tower_units=[4]),
    MMoE(kind="mmoe", num_experts=3, expert_units=[8, 4], tower_units=[4]),
    SingleTask(kind="single_task", bottom_units=[8, 6], tower_units=[4]),
]


@pytest.fixture(params=ARCHITECTURES, ids=lambda config: config.kind)
def build(request, schema):
    """The same weights for any correction."""

    def with_correction(sampling):
        keras.utils.set_random_seed(0)
        config = Model(architecture=request.param, embedding_dim=6)
        return build_model(config, dataclasses.replace(schema, sampling=sampling))

    return with_correction


@pytest.fixture
def varying(build):
    return build(SamplingCorrection(LOG_RATE, varies=True))


@pytest.fixture
def offset_batch(batch):
    offsets = np.random.default_rng(1).normal(size=(32, 1)).astype("float32")
    return {**batch, "sampling_offset": offsets}


def numpy_of(outputs):
    return {name: ops.convert_to_numpy(value) for name, value in outputs.items()}


def log_odds(probabilities):
    values = probabilities.astype("float64")
    return np.log(values / (1 - values))


def test_the_offset_moves_the_log_odds_of_the_first_event(build, varying, offset_batch):
    offsets = offset_batch["sampling_offset"]
    own = {n: array for n, array in offset_batch.items() if n != "sampling_offset"}
    plain = numpy_of(build(None)(own))["click"]

    moved = numpy_of(varying(offset_batch))["click"]

    difference = (moved[:, :1] - moved[:, 1:]) - (plain[:, :1] - plain[:, 1:])
    np.testing.assert_allclose(difference, offsets, atol=1e-5)


@pytest.mark.parametrize("varies", [False, True])
def test_predictions_move_by_the_mean_log_rate(build, batch, varies):
    plain = numpy_of(probability_model(build(None))(batch))

    sampled = build(SamplingCorrection(LOG_RATE, varies))
    served = numpy_of(probability_model(sampled)(batch))

    np.testing.assert_allclose(
        log_odds(served["click"]) - log_odds(plain["click"]), LOG_RATE, atol=1e-5
    )
    ratio = served["click"] / plain["click"]
    for name, values in plain.items():
        if "_given_" in name:
            np.testing.assert_array_equal(served[name], values)
        else:
            np.testing.assert_allclose(served[name], values * ratio, rtol=1e-5)


def test_a_constant_rate_adds_no_input(build, schema):
    model = build(SamplingCorrection(LOG_RATE, varies=False))

    assert set(model.input) == set(schema.inputs())


def test_served_features_are_raw_features_only(varying, schema):
    assert set(varying.input) == {*schema.inputs(), "sampling_offset"}
    assert set(probability_model(varying).input) == set(schema.inputs())


@pytest.mark.parametrize(
    "varies", [pytest.param(False, marks=SLOW_ON_TENSORFLOW), True]
)
def test_a_saved_file_restores_training_and_serving(
    build, batch, offset_batch, varies, tmp_path
):
    model = build(SamplingCorrection(LOG_RATE, varies))
    rows = offset_batch if varies else batch
    model.save(tmp_path / "model.keras")

    restored = load_model(tmp_path / "model.keras")

    for name, value in numpy_of(model(rows)).items():
        np.testing.assert_array_equal(numpy_of(restored(rows))[name], value)
    served = numpy_of(probability_model(restored)(batch))
    for name, value in numpy_of(probability_model(model)(batch)).items():
        np.testing.assert_array_equal(served[name], value)


def test_half_precision_does_not_round_the_offsets(schema, offset_batch):
    schema = dataclasses.replace(schema, sampling=SamplingCorrection(LOG_RATE, True))
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = build_model(Model(architecture=ARCHITECTURES[0]), schema)
        zeros = np.zeros_like(offset_batch["sampling_offset"])
        clicks = [
            numpy_of(model({**offset_batch, "sampling_offset": offsets}))["click"]
            for offsets in (zeros, zeros + np.float32(-7.123456))
        ]
    finally:
        keras.config.set_dtype_policy(policy)

    plain, moved = (values[:, 0] - values[:, 1] for values in clicks)
    np.testing.assert_allclose(moved - plain, -7.123456, atol=1e-4)


def test_a_model_of_ones_own_may_have_offsets():
    x, offset = keras.Input((3,), name="x"), keras.Input((1,), name="mine")
    logits = keras.layers.Dense(1)(x)
    outputs = FunnelLogProbabilities([{"name": "click"}])([logits, offset])
    model = keras.Model({"x": x, "mine": offset}, outputs)

    served = probability_model(model)({"x": np.ones((2, 3), "float32")})

    assert set(probability_model(model).input) == {"x"}
    assert served["click"].shape == (2, 1)
