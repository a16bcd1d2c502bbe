"""What could be known of clicks by one who had only the customers' likings to find.

This learner is given everything else exactly: the true effect of every item, price,
hour and position, the vectors that tastes are matched with, how tastes drift, and how
likings are distributed. Of each customer it knows the training rows alone, and takes
the most probable likings for 8 taste dimensions, 20 categories and 100 brands given
these. No model that reads the log can know more of an exposure, on average.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mtl_rec.data.synthetic_shop.catalogue import Catalogue
from mtl_rec.data.synthetic_shop.components import TOTAL_DEVIATIONS, VARIANCE_SHARES
from mtl_rec.data.synthetic_shop.exposures import Exposures
from mtl_rec.data.synthetic_shop.simulation import simulate

CLICK = 0
NEWTON_STEPS = 8


@dataclass(frozen=True)
class World:
    """The shop with all that it does not tell.

    Attributes:
        exposures: Who was shown what.
        catalogue: The items.
        components: Of the logit of a click, by name, `(exposures,)` each.
        clicks: `(exposures,)` 0 or 1.
        probabilities: `(exposures,)`, of a click.
        liking_scales: What one unit of liking adds to the logit, of `taste` and of
            `affinity`.
        likings: `(users, 8 + 20 + 100)`, as of the first day.
    """

    exposures: Exposures
    catalogue: Catalogue
    components: dict[str, np.ndarray]
    clicks: np.ndarray
    probabilities: np.ndarray
    liking_scales: dict[str, float]
    likings: np.ndarray


def open_world(
    num_exposures: int, num_users: int, num_items: int, num_days: int, seed: int
) -> World:
    """The same shop as `simulate_shop` makes of these."""
    shop = simulate(num_exposures, num_users, num_items, num_days, seed)
    catalogue, customers, exposures = shop.catalogue, shop.customers, shop.exposures
    user, item = exposures.user, exposures.item
    affinity = (
        customers.category_affinity[CLICK, user, catalogue.category[item]]
        + customers.brand_affinity[CLICK, user, catalogue.brand[item]]
    )
    deviation = {
        name: np.sqrt(VARIANCE_SHARES[name][CLICK]) * TOTAL_DEVIATIONS[CLICK]
        for name in ("taste", "affinity")
    }
    taste = np.einsum(
        "ij,ij->i", customers.tastes[CLICK, user], catalogue.taste_vectors[item]
    )
    own = {name: values[CLICK] for name, values in shop.components.items()}
    # On the first day tastes have not drifted: what was standardised shows its scale.
    first = exposures.day == 0
    slope = np.polyfit(taste[first], own["taste"][first], 1)[0]
    scales = {"taste": slope, "affinity": deviation["affinity"] / affinity.std()}
    likings = (customers.tastes, customers.category_affinity, customers.brand_affinity)
    return World(
        exposures,
        catalogue,
        own,
        shop.behaviour.labels[CLICK],
        shop.behaviour.probabilities[CLICK],
        {name: float(scale) for name, scale in scales.items()},
        np.concatenate([own_likings[CLICK] for own_likings in likings], axis=1),
    )


def knowable_logits(world: World, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """The logits of the test rows, as far as they can be known.

    Args:
        world: Of the rows.
        train: Rows whose clicks are known.
        test: Rows to tell.

    Returns:
        `(test rows,)`.
    """
    logit = np.log(world.probabilities) - np.log1p(-world.probabilities)
    rows = np.concatenate([train, test])
    is_train = np.arange(len(rows)) < len(train)
    order = np.argsort(world.exposures.user[rows], kind="stable")
    users = world.exposures.user[rows][order]
    bounds = np.flatnonzero(np.diff(users, prepend=-1, append=users[-1] + 1))
    found = np.empty(len(rows))
    for start, stop in pairwise(bounds.tolist()):
        places = order[start:stop]
        own = rows[places]
        inputs = _inputs(world, own)
        noiseless = logit[own] - world.components["noise"][own]
        given = noiseless - inputs @ world.likings[users[start]]
        teaches = is_train[places]
        weights = most_probable(
            inputs[teaches], given[teaches], world.clicks[own[teaches]]
        )
        found[places] = given + inputs @ weights
    return found[~is_train]


def _inputs(world: World, rows: np.ndarray) -> np.ndarray:
    """What likings are multiplied with, `(rows, likings)`."""
    item = world.exposures.item[rows]
    catalogue, scales = world.catalogue, world.liking_scales
    num_tastes = catalogue.taste_vectors.shape[1]
    num_categories = int(catalogue.category.max()) + 1
    inputs = np.zeros((len(rows), world.likings.shape[1]))
    inputs[:, :num_tastes] = scales["taste"] * catalogue.taste_vectors[item]
    place = np.arange(len(rows))
    inputs[place, num_tastes + catalogue.category[item]] = scales["affinity"]
    brand = num_tastes + num_categories + catalogue.brand[item]
    inputs[place, brand] = scales["affinity"]
    return inputs


def most_probable(
    inputs: np.ndarray, given: np.ndarray, clicks: np.ndarray
) -> np.ndarray:
    """Likings of one customer, standard normal before the rows are seen."""
    weights = np.zeros(inputs.shape[1])
    identity = np.eye(len(weights))
    for _ in range(NEWTON_STEPS if len(clicks) else 0):
        chance = 1 / (1 + np.exp(-(given + inputs @ weights)))
        gradient = inputs.T @ (clicks - chance) - weights
        curvature = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + identity
        change = np.linalg.solve(curvature, gradient)
        weights += change
        if np.abs(change).max() < 1e-3:
            break
    return weights
