"""Bases meet the rates, and events happen with their probabilities."""

import numpy as np
import pytest

from mtl_rec.data.synthetic_shop.behaviour import draw_behaviour, find_base


def sigmoid(logits):
    return 1 / (1 + np.exp(-logits))


def test_base_of_equal_logits_is_the_log_odds_of_the_rate():
    logits = np.full(10, 3.0, dtype=np.float32)

    base = find_base(logits, np.ones(10, dtype=np.float32), rate=0.2)

    assert base == pytest.approx(np.log(0.2 / 0.8) - 3.0, abs=1e-5)


def test_base_counts_only_those_that_reach_the_step():
    logits = np.array([0.0, 5.0], dtype=np.float32)

    base = find_base(logits, np.array([1.0, 0.0], dtype=np.float32), rate=0.5)

    assert base == pytest.approx(0.0, abs=1e-5)


def test_probabilities_multiply_along_the_funnel():
    logits = np.random.default_rng(0).standard_normal((3, 5_000), dtype=np.float32)

    probabilities = draw_behaviour(logits, np.random.default_rng(1)).probabilities

    given_the_step_before = probabilities[1:] / probabilities[:-1]
    for conditional, own in zip(given_the_step_before, logits[1:], strict=True):
        base = np.log(conditional / (1 - conditional)) - own
        np.testing.assert_allclose(base, base[0], atol=1e-3)


def test_events_happen_as_often_as_their_probabilities_say():
    rng = np.random.default_rng(2)
    logits = np.tile(rng.standard_normal((3, 10), dtype=np.float32), 40_000)

    behaviour = draw_behaviour(logits, rng)

    expected = behaviour.probabilities[:, :10].astype(np.float64)
    realised = behaviour.labels.reshape(3, 40_000, 10).mean(axis=1)
    deviations = (realised - expected) / np.sqrt(expected * (1 - expected) / 40_000)
    assert np.abs(deviations).max() < 4


def test_labels_are_drawn_anew_from_another_stream():
    logits = np.zeros((3, 1_000), dtype=np.float32)

    one = draw_behaviour(logits, np.random.default_rng(0))
    other = draw_behaviour(logits, np.random.default_rng(1))

    np.testing.assert_array_equal(one.probabilities, other.probabilities)
    assert (one.labels != other.labels).any()
