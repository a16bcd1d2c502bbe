"""What the order and the times of a history tell, by one who knew all but the taste.

This reader is given every component of a click's logit but the taste and the noise. Of
the taste it has the history alone: how each clicked item's vector fits the candidate's,
weighed and summed. Weights are least squares' against the truth, once by how many
clicks there are, once by the place of each, once by its age. The first knows no order;
no mean of steps does. What the last adds is what an encoder of histories may gain where
it sees time.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mtl_rec.data.synthetic_shop.exposures import SECONDS_PER_DAY
from mtl_rec.data.synthetic_shop.histories import HISTORY_LENGTH, trace_histories
from mtl_rec.data.synthetic_shop.simulation import SimulatedShop
from mtl_rec.metrics.resampling import Resamples
from mtl_rec.metrics.soft import soft_auc

CLICK = 0
LEARNED, JUDGED = (0.3, 0.7), (0.8, 1.0)
"""Shares of the rows, in the order of time, that weights are found and judged on."""
MOST_ROWS = 60_000
NUMBERS = (1, 3, 7, 12, HISTORY_LENGTH, HISTORY_LENGTH + 1)
PLACES = (0, 1, 2, 3, 5, 8, 12, 16, HISTORY_LENGTH)
AGES = (0, 0.5, 1, 2, 4, 7, 14, 25, 45, 80, 130, 200, 1e6)
"""Where groups that share a weight begin: clicks, places from the newest, days."""


@dataclass(frozen=True)
class Fits:
    """How the clicks of histories fit the candidates, the newest first.

    Attributes:
        rows: `(rows,)` exposures.
        fit: `(rows, length)` products of two vectors that tastes are matched with.
        age: `(rows, length)` days.
        number: `(rows,)` of clicks.
    """

    rows: np.ndarray
    fit: np.ndarray
    age: np.ndarray
    number: np.ndarray

    def grouped(self, by: str) -> np.ndarray:
        """Sums of `fit` over the clicks that share a weight, `(rows, weights)`."""
        place = np.arange(HISTORY_LENGTH)[np.newaxis]
        is_long = (self.number >= HISTORY_LENGTH // 2)[:, np.newaxis]
        match by:
            case "number":
                return _sums(self.fit, self.number[:, np.newaxis], NUMBERS)
            case "place" | "age":
                own, bounds = (place, PLACES) if by == "place" else (self.age, AGES)
                # Of few clicks each counts for more.
                of_both = [
                    _sums(self.fit * own_rows, own, bounds)
                    for own_rows in (is_long, ~is_long)
                ]
                return np.concatenate(of_both, axis=1)
            case _:
                raise ValueError(f"no weights by {by}")


def read(shop: SimulatedShop) -> dict[str, float]:
    """AUC of clicks against the truth without, by each reader, and with the taste.

    Beside them the days that a history spans in the median.
    """
    learned, judged = (fits_of(shop, _between(shop, *own)) for own in (LEARNED, JUDGED))
    truth = shop.behaviour.probabilities[CLICK, judged.rows]
    taste = shop.components["taste"][CLICK].astype(np.float64)
    given = sum(
        own[CLICK, judged.rows]
        for name, own in shop.components.items()
        if name not in ("taste", "noise")
    )

    def auc(of_taste: np.ndarray | float) -> float:
        undrawn = Resamples.of(np.arange(len(truth)), 0)
        return soft_auc(truth, given + of_taste, undrawn).value

    found = {"no taste": auc(0.0)}
    for by in ("number", "place", "age"):
        weights, *_ = np.linalg.lstsq(learned.grouped(by), taste[learned.rows])
        found[by] = auc(judged.grouped(by) @ weights)
    found["taste"] = auc(taste[judged.rows])
    return {"days": float(np.median(judged.age.max(axis=1))), **found}


def fits_of(shop: SimulatedShop, rows: np.ndarray) -> Fits:
    """What histories hold at some exposures."""
    exposures = shop.exposures
    clicks = trace_histories(
        exposures.user, np.arange(len(exposures)), shop.behaviour.labels[CLICK]
    )
    number = clicks.length[rows]
    place = np.arange(HISTORY_LENGTH)
    is_click = place < number[:, np.newaxis]
    newest = clicks.start[rows] + number - 1
    clicked = clicks.clicked_items[np.where(is_click, newest[:, np.newaxis] - place, 0)]
    vectors = shop.catalogue.taste_vectors.astype(np.float64)
    vectors -= vectors[exposures.item].mean(axis=0)
    candidates = vectors[exposures.item[rows]]
    fit = np.einsum("rd,rld->rl", candidates, vectors[exposures.item[clicked]])
    seconds = exposures.timestamp[rows][:, np.newaxis] - exposures.timestamp[clicked]
    return Fits(rows, fit * is_click, seconds / SECONDS_PER_DAY * is_click, number)


def _between(shop: SimulatedShop, start: float, stop: float) -> np.ndarray:
    """Some of the exposures of a part of the time, in their order."""
    first, end = (int(share * len(shop.exposures)) for share in (start, stop))
    rows = np.arange(first, end)
    chosen = np.random.default_rng(0).permutation(rows)[:MOST_ROWS]
    return np.sort(chosen)


def _sums(fit: np.ndarray, values: np.ndarray, bounds: tuple[float, ...]) -> np.ndarray:
    """By group of values, the sum of what fits there."""
    return np.stack(
        [
            (fit * ((values >= low) & (values < high))).sum(axis=1)
            for low, high in pairwise(bounds)
        ],
        axis=1,
    )
