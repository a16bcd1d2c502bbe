"""Tokens are left out and change places, and padding stays at the end."""

import numpy as np
import pytest
from keras import ops

from mtl_rec.training.regularizers.token_noise import TokenNoise

LENGTH = 8


@pytest.fixture
def texts():
    """Each token is its own place plus one; up to eight of them."""
    lengths = np.random.default_rng(0).integers(0, LENGTH + 1, (3000, 1))
    places = np.arange(LENGTH)
    return np.where(places < lengths, places + 1, 0).astype("int32")


def changed(ids, step=3, **shares):
    noise = TokenNoise("title", **{"dropout": 0.0, "swap": 0.0} | shares)
    return ops.convert_to_numpy(noise(ops.convert_to_tensor(ids), np.int32(step)))


def test_the_stated_share_of_tokens_is_left_out_and_the_others_move_up(texts):
    new = changed(texts, dropout=0.3)

    assert (new > 0).sum() / (texts > 0).sum() == pytest.approx(0.7, abs=0.02)
    for old_row, row in zip(texts, new, strict=True):
        kept = row[row > 0]
        assert (row[: len(kept)] == kept).all()
        # In their order, which was ascending.
        assert (np.diff(kept) > 0).all()
        assert set(kept) <= set(old_row)


def test_neighbours_change_places_and_nothing_is_lost(texts):
    new = changed(texts, swap=0.4)

    np.testing.assert_array_equal(np.sort(new), np.sort(texts))
    np.testing.assert_array_equal(new == 0, texts == 0)
    moved = new.astype(int) - texts
    assert set(np.unique(moved)) == {-1, 0, 1}
    # A pair at every other place: half of the neighbours can be one.
    pairs = (texts[:, 1:] > 0).sum() / 2
    assert (moved == 1).sum() / pairs == pytest.approx(0.4, abs=0.03)
    assert (moved[:, 0] == 1).any()
    assert (moved[:, 1] == 1).any()


def test_a_step_draws_the_same_again_and_another_does_not(texts):
    one, again, other = (
        changed(texts, step, dropout=0.2, swap=0.2) for step in (1, 1, 2)
    )

    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_an_empty_text_stays_empty():
    nothing = np.zeros((5, LENGTH), "int32")

    np.testing.assert_array_equal(changed(nothing, dropout=0.5, swap=0.5), nothing)


def test_tokens_around_a_text_stay_where_they_are(texts):
    start, end = 1, LENGTH
    noise = TokenNoise("title", dropout=0.5, swap=0.5, kept=(start, end))
    whole = texts[texts[:, -1] > 0]

    new = ops.convert_to_numpy(noise(ops.convert_to_tensor(whole), np.int32(3)))

    assert (new[:, 0] == start).all()
    lengths = np.count_nonzero(new, axis=1)
    np.testing.assert_array_equal(new[np.arange(len(new)), lengths - 1], end)
    assert lengths.mean() == pytest.approx(2 + (LENGTH - 2) / 2, abs=0.2)
