"""Projected vectors, whichever way they are computed."""

import keras
import numpy as np
from keras import ops

from mtl_rec.models.layers import VectorProjection

RANDOM = np.random.default_rng(0)
TABLE = RANDOM.normal(size=(7, 4)).astype("float32")
IDS = [RANDOM.integers(0, 7, (5, 3)), RANDOM.integers(0, 7, (2, 1))]


def test_a_table_projected_as_a_whole_gives_what_its_rows_give():
    layer = VectorProjection(3)
    vectors = [TABLE[own] for own in IDS]
    by_rows = layer(vectors, IDS)

    whole = layer(vectors, IDS, TABLE, training=True)
    served = layer(vectors, IDS, TABLE, training=False)

    for own, other, rows, ids in zip(whole, served, by_rows, IDS, strict=True):
        expected = TABLE[ids] @ layer.get_weights()[0].T
        assert own.shape == (*ids.shape, 3)
        for output in (own, other, rows):
            output = ops.convert_to_numpy(output)
            np.testing.assert_allclose(output, expected, atol=1e-6)


def test_one_projection_serves_all_and_is_saved(tmp_path):
    ids = [keras.Input((3,), dtype="int32"), keras.Input((1,), dtype="int32")]
    vectors = [keras.Input((3, 4)), keras.Input((1, 4))]
    model = keras.Model([vectors, ids], VectorProjection(3)(vectors, ids))
    model.save(tmp_path / "m.keras")

    loaded = keras.models.load_model(tmp_path / "m.keras")

    assert loaded.count_params() == 12
    np.testing.assert_array_equal(loaded.get_weights()[0], model.get_weights()[0])
