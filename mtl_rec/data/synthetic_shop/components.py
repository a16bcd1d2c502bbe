"""The components of the logits, each with its share of the variance."""

import numpy as np

from mtl_rec.data.synthetic_shop.catalogue import Catalogue
from mtl_rec.data.synthetic_shop.customers import Customers, tastes_by_day
from mtl_rec.data.synthetic_shop.exposures import NUM_POSITIONS, Exposures
from mtl_rec.data.synthetic_shop.steps import STEPS

# Shares of the variance of a step's logit: click, add_to_cart, purchase.
VARIANCE_SHARES = {
    "taste": (0.30, 0.25, 0.20),
    "affinity": (0.20, 0.15, 0.15),
    "price": (0.10, 0.20, 0.25),
    "appeal": (0.20, 0.20, 0.15),
    "quality": (0.10, 0.10, 0.15),
    "circumstance": (0.05, 0.02, 0.02),
    "noise": (0.05, 0.08, 0.08),
}
TOTAL_DEVIATIONS = (1.5, 1.2, 1.2)
BEST_HOUR = 21


def draw_components(
    exposures: Exposures,
    catalogue: Catalogue,
    customers: Customers,
    num_days: int,
    streams: dict[str, np.random.Generator],
    taste_share: float | None = None,
) -> dict[str, np.ndarray]:
    """Returns the components by name, `(steps, exposures)`, scaled to their shares.

    Every component has mean 0 over the exposures and its share of the variance exactly.
    Only `noise` cannot be worked out from the exposure.
    """
    item = exposures.item
    noise_shape = (len(STEPS), len(exposures))
    scores = {
        "taste": _match_tastes(
            exposures, catalogue, customers, num_days, streams["drift"]
        ),
        "affinity": _sum_affinities(exposures, catalogue, customers),
        "price": _compare_with_budget(exposures, catalogue, customers),
        "appeal": catalogue.appeal[:, item],
        "quality": catalogue.quality[:, item],
        "circumstance": _rate_circumstance(exposures),
        "noise": streams["noise"].standard_normal(noise_shape, dtype=np.float32),
    }
    return {
        name: _standardise(scores[name]) * _deviations(shares)
        for name, shares in variance_shares(taste_share).items()
    }


def variance_shares(taste_share: float | None) -> dict[str, tuple[float, ...]]:
    """Shares of the variance by component and step, which sum to one.

    Args:
        taste_share: Of tastes, in every step, where the other components divide what is
            left in the proportions that they have; None for `VARIANCE_SHARES`.
    """
    if taste_share is None:
        return VARIANCE_SHARES
    left = [(1 - taste_share) / (1 - share) for share in VARIANCE_SHARES["taste"]]
    return {
        name: (taste_share,) * len(STEPS)
        if name == "taste"
        else tuple(np.multiply(shares, left).tolist())
        for name, shares in VARIANCE_SHARES.items()
    }


def _deviations(shares: tuple[float, ...]) -> np.ndarray:
    deviations = np.sqrt(shares) * TOTAL_DEVIATIONS
    return deviations.astype(np.float32)[:, None]


def _standardise(scores: np.ndarray) -> np.ndarray:
    mean = scores.mean(axis=-1, keepdims=True, dtype=np.float64)
    deviation = scores.std(axis=-1, keepdims=True, dtype=np.float64)
    return ((scores - mean) / deviation).astype(np.float32)


def _match_tastes(
    exposures: Exposures,
    catalogue: Catalogue,
    customers: Customers,
    num_days: int,
    rng: np.random.Generator,
) -> np.ndarray:
    scores = np.empty((len(STEPS), len(exposures)), dtype=np.float32)
    half_life = customers.taste_half_life_days
    days = tastes_by_day(customers.tastes, num_days, rng, half_life)
    for rows, tastes in zip(exposures.slices_by_day(num_days), days, strict=True):
        tastes_of_rows = tastes[:, exposures.user[rows]]
        items_of_rows = catalogue.taste_vectors[exposures.item[rows]]
        # s steps, n exposures, d taste dimensions
        scores[:, rows] = np.einsum("snd,nd->sn", tastes_of_rows, items_of_rows)
    return scores


def _sum_affinities(
    exposures: Exposures, catalogue: Catalogue, customers: Customers
) -> np.ndarray:
    user, item = exposures.user, exposures.item
    to_category = customers.category_affinity[:, user, catalogue.category[item]]
    to_brand = customers.brand_affinity[:, user, catalogue.brand[item]]
    return to_category + to_brand


def _compare_with_budget(
    exposures: Exposures, catalogue: Catalogue, customers: Customers
) -> np.ndarray:
    relative_price = catalogue.relative_price[exposures.item]
    excess = relative_price - customers.budget[exposures.user]
    # A softplus: above the budget every step hurts more, far below it none does.
    return -np.logaddexp(0.0, 2.0 * excess).astype(np.float32)


def _rate_circumstance(exposures: Exposures) -> np.ndarray:
    from_best_hour = (np.arange(24) - BEST_HOUR) / 24
    by_hour = np.cos(2 * np.pi * from_best_hour)[exposures.hour]
    by_position = -np.log(np.arange(1, NUM_POSITIONS + 1))[exposures.position - 1]
    return (_standardise(by_hour) + _standardise(by_position)).astype(np.float32)
