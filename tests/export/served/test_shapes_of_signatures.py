"""R29: no signature scores another shape, even where nobody looks but the graph."""

from functools import cache

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf.config_pb2 import CallableOptions

from mtl_rec.preprocess.raw_columns import packed_rows


@pytest.fixture(scope="module")
def ask(version):
    """Runs a signature as a server does, which compares no shape with the signature."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        loaded = tf.compat.v1.saved_model.load(session, ["serve"], str(version))

        @cache
        def callable_of(name):
            signature = loaded.signature_def[name]
            inputs = sorted(signature.inputs)
            options = CallableOptions(
                feed=[signature.inputs[own].name for own in inputs],
                fetch=[signature.outputs["click"].name],
            )
            # `Session.run` would compare them.
            return inputs, session._make_callable_from_options(options)

        def run(name, arrays):
            inputs, call = callable_of(name)
            return call(*(arrays[own] for own in inputs))[0]

        yield run


@pytest.fixture(scope="module")
def requests(raw, preprocessor):
    """Two rows, and one user with five candidates."""
    features = preprocessor.schema.features
    users = {feature.name for feature in features if feature.side == "user"}
    rows = {name: values[:2] for name, values in raw.items()}
    ranked = {
        name: values[:1] if name in users else values[np.newaxis, :5]
        for name, values in raw.items()
    }
    return {
        "serving_default": rows,
        "packed": packed_rows(features, rows),
        "rank": ranked,
    }


@pytest.mark.parametrize("signature", ["serving_default", "packed", "rank"])
def test_the_declared_shapes_are_taken(ask, requests, signature):
    expected = {"rank": (1, 5)}.get(signature, (2,))

    assert ask(signature, requests[signature]).shape == expected


def wrong_shapes(shape):
    """The same with another width, rank or number of rows."""
    *most, last = shape
    yield (*shape, 1)
    yield shape[1:]
    yield (shape[0] + 1, *shape[1:])
    if most:
        yield (*most, last + 1)
        yield (*most, max(0, last - 1))


@pytest.mark.parametrize("signature", ["serving_default", "packed", "rank"])
def test_no_input_of_another_shape_is_scored(ask, requests, signature):
    good = requests[signature]
    for name, values in good.items():
        for shape in wrong_shapes(values.shape):
            if not values.size:
                continue
            other = {**good, name: np.full(shape, values.flat[0], values.dtype)}

            with pytest.raises(tf.errors.OpError):
                ask(signature, other)
