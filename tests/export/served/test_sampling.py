"""The exported graph predicts the population, from raw features alone."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from mtl_rec.config.features import Categorical, Numeric
from mtl_rec.config.model import Model, SharedBottom
from mtl_rec.config.served_names import SCHEMA_FILE
from mtl_rec.config.tasks import Task
from mtl_rec.evaluation import predict
from mtl_rec.export.servable import Servable
from mtl_rec.models import build_model, load_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.preprocess.arrays import raw_tensors
from mtl_rec.schema import Schema
from mtl_rec.schema.rows import canonical

FEATURES = (
    Categorical(kind="categorical", name="item_id", side="item"),
    Numeric(kind="numeric", name="age", side="user"),
)
TASKS = (Task(name="click"), Task(name="purchase", after="click"))


@pytest.fixture(scope="module", params=["constant", "varying"])
def rows(request, make_shop):
    """A shop whose rows without a click were sampled."""
    shop = make_shop(400)
    shop["is_sampled"] = shop["click"] == 0
    shop["log_sampling_rate"] = -4.0
    if request.param == "varying":
        shop["log_sampling_rate"] -= np.arange(400) % 7
    return shop


@pytest.fixture(scope="module")
def preprocessor(rows):
    return Preprocessor.fit(FEATURES, TASKS, rows)


@pytest.fixture(scope="module")
def build(preprocessor):
    """The same weights with the learned correction, or with none."""

    def with_schema(schema):
        keras.utils.set_random_seed(1)
        bottom = SharedBottom(kind="shared_bottom", bottom_units=[8], tower_units=[4])
        return build_model(Model(architecture=bottom), schema)

    return with_schema


@pytest.fixture(scope="module")
def offline(preprocessor, build, rows):
    model = build(preprocessor.schema)
    return predict(model, preprocessor.encode(rows, with_labels=False))


@pytest.mark.parametrize("is_reloaded", [False, True])
def test_served_equals_offline(
    preprocessor, build, rows, offline, is_reloaded, tmp_path
):
    model = build(preprocessor.schema)
    if is_reloaded:
        model.save(tmp_path / "model.keras")
        model = load_model(tmp_path / "model.keras")
        preprocessor.save(tmp_path / "preprocessor")
        preprocessor = Preprocessor.load(tmp_path / "preprocessor")
    Servable(preprocessor, model).write(tmp_path / "version")

    signature = tf.saved_model.load(str(tmp_path / "version")).signatures
    raw = raw_tensors(preprocessor.schema, canonical(rows, FEATURES))
    inputs = signature["serving_default"].structured_input_signature[1]
    assert set(inputs) == {"item_id", "age"}
    served = signature["serving_default"](
        **{name: tf.constant(raw[name], spec.dtype) for name, spec in inputs.items()}
    )

    for name, values in offline.items():
        np.testing.assert_allclose(served[name], values, atol=1e-6)
    text = (tmp_path / "version" / SCHEMA_FILE).read_text(encoding="utf-8")
    assert Schema.from_json(text) == preprocessor.schema


def test_the_constant_is_served(preprocessor, build, rows, offline):
    sampling = preprocessor.schema.sampling
    without = Preprocessor.fit(
        FEATURES, TASKS, rows.drop(columns=["is_sampled", "log_sampling_rate"])
    )
    plain = predict(build(without.schema), without.encode(rows))

    log_odds = [np.log(p / (1 - p)) for p in (offline["click"], plain["click"])]
    np.testing.assert_allclose(
        log_odds[0] - log_odds[1], sampling.mean_log_rate, atol=1e-4
    )
    np.testing.assert_allclose(
        sampling.mean_log_rate, rows["log_sampling_rate"].mean(), rtol=1e-12
    )


def test_labelled_rows_are_predicted_as_rows_without(
    preprocessor, build, rows, offline
):
    labelled = predict(build(preprocessor.schema), preprocessor.encode(rows))

    for name, values in offline.items():
        np.testing.assert_array_equal(labelled[name], values)
