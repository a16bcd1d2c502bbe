"""What the customers do: true probabilities and the labels drawn from them."""

from dataclasses import dataclass

import numpy as np

from mtl_rec.data.synthetic_shop.steps import STEPS

# Of all exposures, of the clicked, of those in the cart.
CONDITIONAL_RATES = (0.08, 0.15, 0.35)
NUM_BISECTIONS = 40


@dataclass(frozen=True)
class Behaviour:
    """The events of the exposures.

    Args:
        probabilities: `(steps, exposures)` float32, of the event given the exposure.
        labels: `(steps, exposures)` int8, 1 where the event happened.
    """

    probabilities: np.ndarray
    labels: np.ndarray


def draw_behaviour(logits: np.ndarray, rng: np.random.Generator) -> Behaviour:
    """Draws the events; each step only where the one before it happened.

    Args:
        logits: `(steps, exposures)`, of each step given the one before, up to the base
            that is found here.
        rng: Source of the labels.
    """
    probabilities = np.empty_like(logits)
    labels = np.empty(logits.shape, dtype=np.int8)
    reached = np.ones(logits.shape[1], dtype=np.float32)
    happened = np.ones(logits.shape[1], dtype=bool)
    for step in range(len(STEPS)):
        base = find_base(logits[step], reached, CONDITIONAL_RATES[step])
        conditional = _sigmoid(logits[step] + base)
        happened &= rng.random(len(reached), dtype=np.float32) < conditional
        reached = reached * conditional
        probabilities[step] = reached
        labels[step] = happened
    return Behaviour(probabilities, labels)


def find_base(logits: np.ndarray, reached: np.ndarray, rate: float) -> np.float32:
    """Returns what to add to the logits for an expected rate, by bisection.

    Args:
        logits: `(exposures,)`.
        reached: `(exposures,)`, the probability that the step before happens.
        rate: The expected rate among those that reach the step.
    """
    low, high = -20.0, 20.0
    goal = rate * reached.sum(dtype=np.float64)
    for _ in range(NUM_BISECTIONS):
        middle = (low + high) / 2
        expected = _sigmoid(logits + np.float32(middle)) * reached
        if expected.sum(dtype=np.float64) < goal:
            low = middle
        else:
            high = middle
    return np.float32((low + high) / 2)


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))
