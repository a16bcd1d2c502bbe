"""What could be read of an item that nobody has seen, by one who knew all readers.

This learner is given the customers' likings, budgets and the circumstances exactly, and
what every word of a title adds. Of the item it lacks what no column says: the vector
that tastes are matched with, and its quality. Of the exposure it lacks the noise. No
model can know more of an item before it was shown, on average.
"""

import numpy as np

from mtl_rec.data.synthetic_shop.simulation import SimulatedShop
from mtl_rec.data.synthetic_shop.steps import STEPS

UNREADABLE = ("taste", "quality", "noise")


def readable_probabilities(
    shop: SimulatedShop, without: tuple[str, ...] = UNREADABLE
) -> dict[str, np.ndarray]:
    """By event, `(exposures,)`: its probability without some of the components.

    Args:
        shop: As it was simulated.
        without: Components that are taken to be what they are on average, nothing.
    """
    before = np.ones(len(shop.exposures))
    reached = np.ones(len(shop.exposures))
    probabilities = {}
    for step, name in enumerate(STEPS):
        true = shop.behaviour.probabilities[step].astype(np.float64)
        given, before = true / before, true
        logits = np.log(given) - np.log1p(-given)
        logits -= sum(shop.components[own][step] for own in without)
        reached = reached / (1 + np.exp(-logits))
        probabilities[name] = reached
    return probabilities
