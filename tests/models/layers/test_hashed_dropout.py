import keras
import numpy as np
import pytest
from keras import ops

from mtl_rec.models.layers import HashedDropout


def dropped(layer, shape=(400, 250)):
    return ops.convert_to_numpy(layer(ops.ones(shape), training=True))


def test_the_stated_share_is_dropped_and_the_mean_stays():
    outputs = dropped(HashedDropout(0.3, seed=1))

    assert np.mean(outputs == 0) == pytest.approx(0.3, abs=0.005)
    np.testing.assert_allclose(outputs[outputs > 0], 1 / 0.7, rtol=1e-6)


def test_entries_are_dropped_without_regard_to_their_neighbours():
    """Shares of pairs that are both dropped: in a row, in a column, step to step."""
    layer = HashedDropout(0.5, seed=2)
    first, second = dropped(layer) == 0, dropped(layer) == 0

    pairs = [
        first[:, 1:] & first[:, :-1],
        first[1:] & first[:-1],
        first[:, 128:] & first[:, :-128],
        first & second,
    ]
    for both in pairs:
        assert both.mean() == pytest.approx(0.25, abs=0.01)
    for axis in (0, 1):
        # Binomial: no row and no column is much fuller than chance makes it.
        share = first.mean(axis=axis)
        assert share.std() < 1.3 * np.sqrt(0.25 / first.shape[axis])


def test_equal_seeds_drop_alike_and_others_do_not():
    one, same, other = (dropped(HashedDropout(0.5, seed=s)) for s in (3, 3, 4))

    np.testing.assert_array_equal(one, same)
    assert np.mean((one == 0) & (other == 0)) == pytest.approx(0.25, abs=0.01)


def test_nothing_is_dropped_outside_training():
    inputs = ops.ones((4, 5))

    outputs = HashedDropout(0.5)(inputs, training=False)

    np.testing.assert_array_equal(ops.convert_to_numpy(outputs), 1.0)


def test_config_round_trip():
    layer = HashedDropout(0.25, seed=7, name="own")
    restored = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(layer)
    )

    assert restored.get_config() == layer.get_config()


def test_a_rate_of_one_is_refused():
    with pytest.raises(ValueError, match=r"`rate` must be in \[0, 1\). Received: 1"):
        HashedDropout(1.0)
