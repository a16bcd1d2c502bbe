"""What each customer would most probably buy at a moment, of all items there are.

The simulation says of every exposure that was made how likely a purchase was. Here it
says so of those that were not made: the logits are its components, of which likings,
prices and qualities are known of any customer and item, circumstances of the moment,
and noise is averaged over.
"""

from collections.abc import Iterator

import numpy as np

from mtl_rec.data.synthetic_shop.customers import tastes_by_day
from mtl_rec.data.synthetic_shop.simulation import SimulatedShop
from mtl_rec.data.synthetic_shop.steps import STEPS
from mtl_rec.data.synthetic_shop.streams import random_streams

ROWS_AT_ONCE = 50
NOT_THERE = -1.0
"""In the place of a probability: the item does not exist yet."""


class PossiblePurchases:
    """How likely customers are to buy any item.

    Args:
        shop: As it was simulated.
        num_days: Days of the shop.
        seed: It was simulated with.
    """

    def __init__(self, shop: SimulatedShop, num_days: int, seed: int) -> None:
        self._shop, self._num_days, self._seed = shop, num_days, seed
        exposures = shop.exposures
        # On the first day tastes have not drifted.
        rows = np.flatnonzero(exposures.day == 0)
        pairs = exposures.user[rows], exposures.item[rows]
        raw = self._raw(shop.customers.tastes, *pairs)
        self._scales = {
            name: np.stack(
                [
                    _line(values[step], shop.components[name][step, rows])
                    for step in range(len(STEPS))
                ]
            )
            for name, values in raw.items()
        }
        self._bases = _bases(shop)
        self._noise_deviations = shop.components["noise"].std(axis=1, dtype=float)

    def of_rows(self, rows: np.ndarray) -> np.ndarray:
        """Probability of a purchase of every item at the moments of exposures.

        Args:
            rows: `(rows,)` exposures, of which the item is replaced.

        Returns:
            `(rows, items)`; `NOT_THERE` for items that appear later.
        """
        exposures, catalogue = self._shop.exposures, self._shop.catalogue
        every = np.arange(len(catalogue.category))
        found = np.empty((len(rows), len(every)))
        for places, tastes in self._by_day(exposures.day[rows]):
            for start in range(0, len(places), ROWS_AT_ONCE):
                some = places[start : start + ROWS_AT_ONCE]
                users = exposures.user[rows[some]][:, np.newaxis]
                circumstance = self._shop.components["circumstance"][:, rows[some]]
                logits = self._logits(tastes, users, every[np.newaxis])
                logits = logits + circumstance[:, :, np.newaxis]
                found[some] = _expected(logits, self._noise_deviations)
        is_later = catalogue.first_day > exposures.day[rows][:, np.newaxis]
        return np.where(is_later, NOT_THERE, found)

    def noiseless_logits(self, rows: np.ndarray) -> np.ndarray:
        """Logits of exposures as they were made, but for noise, `(steps, rows)`."""
        exposures = self._shop.exposures
        found = np.empty((len(STEPS), len(rows)))
        for places, tastes in self._by_day(exposures.day[rows]):
            own = rows[places]
            logits = self._logits(tastes, exposures.user[own], exposures.item[own])
            found[:, places] = logits + self._shop.components["circumstance"][:, own]
        return found

    def _by_day(self, days: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The places of each day's rows, with the tastes of that day."""
        drift = random_streams(self._seed)["drift"]
        customers = self._shop.customers
        tastes_of_days = tastes_by_day(
            customers.tastes, self._num_days, drift, customers.taste_half_life_days
        )
        for day, own in enumerate(tastes_of_days):
            places = np.flatnonzero(days == day)
            if len(places):
                yield places, own

    def _logits(
        self, tastes: np.ndarray, users: np.ndarray, items: np.ndarray
    ) -> np.ndarray:
        """`(steps, *users and items broadcast)`."""
        logits = self._bases.reshape(-1, *[1] * np.ndim(users))
        for name, raw in self._raw(tastes, users, items).items():
            slope, intercept = self._scales[name].T[:, :, *[np.newaxis] * users.ndim]
            logits = logits + slope * raw + intercept
        return logits

    def _raw(
        self, tastes: np.ndarray, users: np.ndarray, items: np.ndarray
    ) -> dict[str, np.ndarray]:
        """Components before they are scaled, but circumstance and noise."""
        catalogue, customers = self._shop.catalogue, self._shop.customers
        category, brand = catalogue.category[items], catalogue.brand[items]
        excess = catalogue.relative_price[items] - customers.budget[users]
        price = -np.logaddexp(0.0, 2.0 * excess)
        vectors = catalogue.taste_vectors[items]
        return {
            "taste": np.einsum("s...d,...d->s...", tastes[:, users], vectors),
            "affinity": customers.category_affinity[:, users, category]
            + customers.brand_affinity[:, users, brand],
            "price": np.stack([price] * len(STEPS)),
            "appeal": catalogue.appeal[:, items] + np.zeros(np.shape(users)),
            "quality": catalogue.quality[:, items] + np.zeros(np.shape(users)),
        }


def _line(raw: np.ndarray, scaled: np.ndarray) -> tuple[float, float]:
    """Slope and intercept from what was standardised, exactly, to what came of it."""
    low, high = np.argmin(raw), np.argmax(raw)
    slope = (scaled[high] - scaled[low]) / (raw[high] - raw[low])
    return slope, scaled[low] - slope * raw[low]


def _bases(shop: SimulatedShop) -> np.ndarray:
    """What the simulation added to the logits of each step, `(steps,)`."""
    logits = sum(shop.components.values())
    true = shop.behaviour.probabilities.astype(np.float64)
    before = np.concatenate([np.ones_like(true[:1]), true[:-1]])
    given = true / before
    # In the middle single precision says most.
    return np.array(
        [
            np.median((np.log(g) - np.log1p(-g) - z)[np.argsort(np.abs(g - 0.5))[:999]])
            for g, z in zip(given, logits, strict=True)
        ]
    )


def _expected(logits: np.ndarray, deviations: np.ndarray) -> np.ndarray:
    """The probability of all steps, over the noise, which steps do not share."""
    points, weights = np.polynomial.hermite_e.hermegauss(9)
    product = np.ones(logits.shape[1:])
    for own, deviation in zip(logits, deviations, strict=True):
        chances = [
            weight / (1 + np.exp(-(own + deviation * point)))
            for point, weight in zip(points, weights, strict=True)
        ]
        product *= np.sum(chances, axis=0) / weights.sum()
    return product
