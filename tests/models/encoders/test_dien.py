"""Interest evolution against the paper's formulas, by hand."""

import keras
import numpy as np
import pytest
from keras import ops

from mtl_rec.models.encoders import InterestEvolution
from mtl_rec.models.encoders.augru import AttentionalUpdateCell
from mtl_rec.models.encoders.next_step_loss import next_step_loss

from .test_list_encoders import IDS, WIDTH, encoded, made, steps_of


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_a_step_is_that_of_an_example_worked_by_hand():
    cell = AttentionalUpdateCell(1)
    cell.build((None, 4))
    cell.recurrent_kernel.assign([[2.0, -1.0, 4.0]])

    # x_u, x_r, x_h and a: the state before is 0.5.
    state, _ = cell(np.array([[1.0, 0.5, -1.0, 0.25]], "float32"), [np.array([[0.5]])])

    # update: sigmoid(1 + 2 * 0.5), a quarter of it
    # reset:  sigmoid(0.5 - 0.5) = 0.5
    # new:    tanh(-1 + 0.5 * 4 * 0.5) = tanh(0) = 0
    update = 0.25 * 0.880797
    np.testing.assert_allclose(state, [[0.5 * (1 - update)]], rtol=1e-6)


@pytest.mark.parametrize("scale", [0.0, 1.0])
def test_a_step_is_taken_as_a_plain_unit_takes_it_or_not_at_all(scale):
    cell, plain = AttentionalUpdateCell(3), keras.layers.GRUCell(3)
    cell.build((None, 10))
    plain.build((None, 9))
    kernel = np.random.default_rng(0).normal(size=(3, 9)).astype("float32")
    cell.recurrent_kernel.assign(kernel)
    plain.recurrent_kernel.assign(kernel)
    plain.kernel.assign(np.eye(9))
    of_step = np.random.default_rng(1).normal(size=(2, 9)).astype("float32")
    before = np.random.default_rng(2).normal(size=(2, 3)).astype("float32")
    # Keras' update gate says what stays, ours as the paper's what is new.
    turned = of_step * np.repeat([-1, 1, 1], 3)
    plain.recurrent_kernel.assign(kernel * np.repeat([-1, 1, 1], 3))

    state, _ = cell(np.pad(of_step, ((0, 0), (0, 1)), constant_values=scale), [before])

    expected = plain(turned.astype("float32"), [before])[0] if scale else before
    np.testing.assert_allclose(ops.convert_to_numpy(state), expected, rtol=1e-5)


# Two lists of three places; the second has two steps.
STEPS = np.array([[[1.0], [2.0], [3.0]], [[5.0], [2.0], [0.0]]], "float32")
IDS_OF_STEPS = np.array([[7, 8, 9], [6, 8, 0]], "int32")
STATES = np.array([[[0.1], [0.2], [9.0]], [[0.3], [9.0], [9.0]]], "float32")


def next_loss(states=STATES, steps=STEPS, ids=IDS_OF_STEPS):
    return float(next_step_loss(states, steps, ids, np.array([[10.0]], "float32")))


def test_the_auxiliary_loss_is_that_of_an_example_worked_by_hand():
    # The other list's steps at places 1 and 2 are, counted round, 2 and 5 for the
    # first list, and 2 and 3 for the second.
    #   list 0, place 1: 8 and 8 are the same, nothing is asked
    #   list 0, place 2: state 0.2, step 3 and not 5
    #   list 1, place 1: 8 and 8 again;  place 2: padding
    asked = -np.log(sigmoid(2.0 * 3)) - np.log(sigmoid(-2.0 * 5))
    assert next_loss() == pytest.approx(asked, rel=1e-6)

    # As two others both are asked, and the mean of all three is taken.
    first = -np.log(sigmoid(1.0 * 2)) - np.log(sigmoid(-1.0 * 2))
    other = -np.log(sigmoid(3.0 * 2)) - np.log(sigmoid(-3.0 * 2))
    expected = (first + asked + other) / 3
    differ = np.array([[7, 8, 9], [6, 5, 0]], "int32")
    assert next_loss(ids=differ) == pytest.approx(expected, rel=1e-6)


def test_nothing_is_asked_where_there_is_no_other_list_or_no_next_step():
    assert next_loss(STATES[:1], STEPS[:1], IDS_OF_STEPS[:1]) == 0
    assert next_loss(ids=np.array([[7, 8, 9], [0, 0, 0]], "int32")) == 0
    assert next_loss(ids=np.array([[7, 0, 0], [6, 0, 0]], "int32")) == 0


def test_the_auxiliary_loss_is_a_number_whatever_the_scores():
    steps = np.array([[[1e4], [2e4]], [[-1e4], [3e4]]], "float32")

    for sign in (1, -1):
        states = np.full((2, 2, 1), sign * 1e4, "float32")
        assert np.isfinite(next_loss(states, steps, IDS_OF_STEPS[:, :2]))


def test_at_first_interest_evolution_is_the_mean_of_the_history():
    layer = InterestEvolution(3, 1.0)

    found = encoded("dien", layer, IDS)

    means = [steps_of(own)[own > 0].mean(axis=0) for own in IDS[:3]]
    np.testing.assert_allclose(found[:3], means, rtol=1e-5)


def test_interests_are_taken_by_how_they_fit_the_candidate():
    layer = made("dien")
    steps = steps_of(IDS)[:1]
    mask = (IDS[:1] > 0).astype("float32")
    candidate = np.random.default_rng(0).normal(size=(1, WIDTH)).astype("float32")

    interests = ops.convert_to_numpy(layer.interests(steps, mask))
    weights = layer.step_weights(interests, mask, candidate)

    asking = candidate[0] @ np.array(layer.own["attention_kernel"])
    scores = np.exp(interests[0, :3] @ asking)
    expected = [*scores / scores.sum(), 0, 0]
    np.testing.assert_allclose(ops.convert_to_numpy(weights)[0], expected, rtol=1e-4)


def test_an_interest_depends_on_no_later_step():
    layer = made("dien")
    mask = np.ones((1, 5), "float32")
    before = steps_of(IDS[2:3])
    changed = before.copy()
    changed[:, 3:] = changed[:, 3:, ::-1]

    one, other = (
        ops.convert_to_numpy(layer.interests(own, mask))[0] for own in (before, changed)
    )

    np.testing.assert_array_equal(one[:3], other[:3])
    assert not np.isclose(one[3:], other[3:]).all(axis=1).any()


def test_without_a_weight_of_the_auxiliary_loss_there_is_none():
    without = InterestEvolution(3, 0.0)

    without(steps_of(IDS), IDS, steps_of(IDS[:, 0]), training=True)

    assert without.losses == []
    assert "next_kernel" not in without.own


def test_the_auxiliary_loss_counts_by_its_weight_and_in_training_alone():
    losses = {}
    for weight in (1.0, 0.25):
        keras.utils.set_random_seed(0)
        layer = InterestEvolution(3, weight)
        for training in (True, False):
            layer(steps_of(IDS), IDS, steps_of(IDS[:, 0]), training=training)
            losses[weight, training] = [float(own) for own in layer.losses]

    (whole,), (quarter,) = losses[1.0, True], losses[0.25, True]
    assert whole > 0
    assert quarter == pytest.approx(whole / 4)
    assert losses[1.0, False] == losses[0.25, False] == []
