"""The graph itself refuses other shapes, which TensorFlow Serving does not enforce."""

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from tensorflow.core.protobuf.config_pb2 import CallableOptions

from mtl_rec.config.features import (
    Categorical,
    IdSequence,
    MultiCategorical,
    Numeric,
    Text,
)
from mtl_rec.config.model import Model, SharedBottom
from mtl_rec.config.tasks import Task
from mtl_rec.export.servable import Servable
from mtl_rec.models import build_model
from mtl_rec.preprocess import Preprocessor

FEATURES = (
    Categorical(kind="categorical", name="item", side="item"),
    IdSequence(
        kind="sequence", name="history", side="user", max_length=3, shares="item"
    ),
    MultiCategorical(kind="multi_categorical", name="tags", side="item", max_values=2),
    Text(kind="text", name="title", side="item", max_tokens=4),
    Numeric(kind="numeric", name="price", side="item"),
    Numeric(
        kind="numeric", name="hour", side="user", transform="quantiles", num_buckets=2
    ),
)
ROWS = {
    "item": np.array([b"a", b"b"], object),
    "history": np.array([[b"a", b"", b""], [b"b", b"a", b"c"]], object),
    "tags": np.array([[b"", b""], [b"x", b"y"]], object),
    "title": np.array([b"red shoes", b""], object),
    "price": np.array([1.0, np.nan], np.float32),
    "hour": np.array([3.0, 9.0], np.float32),
}


@pytest.fixture(scope="module")
def score(tmp_path_factory):
    """Runs arrays as a server does: nothing but the graph looks at their shapes."""
    train = pd.DataFrame({name: list(values) for name, values in ROWS.items()})
    tasks = (Task(name="click"),)
    preprocessor = Preprocessor.fit(FEATURES, tasks, train.assign(click=[0, 1]))
    bottom = SharedBottom(kind="shared_bottom", bottom_units=[4], tower_units=[2])
    keras.utils.set_random_seed(0)
    model = build_model(Model(architecture=bottom), preprocessor.schema)
    folder = tmp_path_factory.mktemp("shapes")
    Servable(preprocessor, model).write(folder)

    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        loaded = tf.compat.v1.saved_model.load(session, ["serve"], str(folder))
        signature = loaded.signature_def["serving_default"]
        options = CallableOptions(
            feed=[signature.inputs[name].name for name in ROWS],
            fetch=[signature.outputs["click"].name],
        )
        # `Session.run` would compare shapes with the signature's.
        call = session._make_callable_from_options(options)
        yield lambda rows: call(*(rows[name] for name in ROWS))[0]


def test_the_declared_shapes_are_taken(score):
    assert score(ROWS).shape == (2,)


@pytest.mark.parametrize(
    ("name", "width"), [("history", 2), ("history", 4), ("tags", 1), ("tags", 3)]
)
def test_a_list_of_another_width_is_refused(score, name, width):
    other = {**ROWS, name: np.full((2, width), b"a", object)}

    with pytest.raises(tf.errors.InvalidArgumentError, match="is not compatible with"):
        score(other)


@pytest.mark.parametrize("name", ["item", "history", "title", "price", "hour"])
@pytest.mark.parametrize("shape", [(3,), (2, 1), (), (2, 3, 1)])
def test_a_feature_of_another_shape_is_refused(score, name, shape):
    other = {**ROWS, name: np.full(shape, ROWS[name].flat[0])}

    with pytest.raises(tf.errors.InvalidArgumentError):
        score(other)
