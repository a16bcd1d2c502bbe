"""Ids become unknown at the stated rate, a side at a time, and nothing else does."""

import numpy as np
import pytest
from keras import ops

from mtl_rec.training.regularizers.unknown_ids import UnknownIds

RATE = 0.2
FIRST_KNOWN = 4


@pytest.fixture
def ids():
    """Two id columns and one that stays; known values alone."""
    random = np.random.default_rng(0)
    return random.integers(FIRST_KNOWN, 50, (4000, 3)).astype("int32")


def changed(ids, step=7, name="item_ids"):
    own = UnknownIds(name, [3, 0, 1], RATE)
    return ops.convert_to_numpy(own(ops.convert_to_tensor(ids), np.int32(step)))


def test_the_stated_share_becomes_unknown_all_ids_of_a_side_together(ids):
    new = changed(ids)

    is_new = new != ids
    assert is_new[:, 0].mean() == pytest.approx(RATE, abs=0.02)
    np.testing.assert_array_equal(is_new[:, 2], is_new[:, 0])
    assert not is_new[:, 1].any()
    assert set(new[is_new[:, 2], 2]) == {1}
    counts = np.bincount(new[is_new[:, 0], 0], minlength=4)
    # Each of the ids that unknown values are hashed into, equally often.
    assert (np.abs(counts[1:] / counts.sum() - 1 / 3) < 0.06).all()


def test_sides_steps_and_rows_are_independent(ids):
    one = changed(ids)[:, 0] != ids[:, 0]

    for other in (changed(ids, step=8), changed(ids, name="user_ids")):
        both = one & (other[:, 0] != ids[:, 0])
        assert both.mean() == pytest.approx(RATE**2, abs=0.01)
    assert (one[1:] & one[:-1]).mean() == pytest.approx(RATE**2, abs=0.01)


def test_a_step_draws_the_same_again(ids):
    np.testing.assert_array_equal(changed(ids), changed(ids))


def test_missing_values_stay_missing(ids):
    ids[::2] = 0

    assert (changed(ids)[::2] == 0).all()
