"""What the order and the times of a history tell, by one who knew all but the taste.

This reader is given every component of a click's logit but the taste and the noise. Of
the taste it has the history alone: how each clicked item's vector fits the candidate's,
weighed and summed. Weights are least squares' against the truth, once by how many
clicks there are, once by the place of each, once by its age. The first knows no order;
no mean of steps does. What the last adds is what an encoder of histories may gain where
it sees time.

It reads with the items' true vectors, and with such as a log teaches.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mtl_rec.data.synthetic_shop.exposures import SECONDS_PER_DAY
from mtl_rec.data.synthetic_shop.histories import HISTORY_LENGTH, trace_histories
from mtl_rec.data.synthetic_shop.simulation import SimulatedShop
from mtl_rec.metrics.resampling import Resamples
from mtl_rec.metrics.soft import soft_auc
from shop.knowable import CLICK, most_probable

TRAINED, LEARNED, JUDGED = (0.0, 0.7), (0.3, 0.7), (0.8, 1.0)
"""Shares of the rows, in the order of time, that vectors are learned from, that weights
are found on, and that are judged."""
MOST_ROWS = 60_000
NUMBERS = (1, 3, 7, 12, HISTORY_LENGTH)
PLACES = (0, 1, 2, 3, 5, 8, 12, 16)
AGES = (0, 0.5, 1, 2, 4, 7, 14, 25, 45, 80, 130, 200)
"""Where groups that share a weight begin: clicks, places from the newest, days."""
FEW = HISTORY_LENGTH // 2
"""Of fewer clicks each has another weight."""


@dataclass(frozen=True)
class Clicks:
    """The clicks of histories, the newest first.

    Attributes:
        items: `(rows, length)`.
        age: `(rows, length)` days.
        number: `(rows,)` of clicks.
    """

    items: np.ndarray
    age: np.ndarray
    number: np.ndarray

    def groups(self, by: str) -> np.ndarray:
        """Which weight each click has, `(rows, length)`; 0 where there is none."""
        place = np.arange(HISTORY_LENGTH)
        number = self.number[:, np.newaxis]
        match by:
            case "number":
                own = np.searchsorted(NUMBERS, number, side="right") + 0 * place
            case "place" | "age":
                bounds, value = (PLACES, place) if by == "place" else (AGES, self.age)
                own = np.searchsorted(bounds, value, side="right")
                own = own + len(bounds) * (number < FEW)
            case _:
                raise ValueError(f"no weights by {by}")
        return np.where(place < number, own, 0)


def read(shop: SimulatedShop) -> dict[str, float]:
    """AUC of clicks against the truth: without the taste, as it is read, and with it.

    By weight `number`, `place` and `age`, and with `learned` before these names where
    vectors are learned. `days` is what a history spans in the median.
    """
    exposures = shop.exposures
    rows = {own: _between(shop, *own) for own in (LEARNED, JUDGED)}
    clicks = {own: clicks_before(shop, of) for own, of in rows.items()}
    logits, taste = (
        noiseless_logits(shop),
        shop.components["taste"][CLICK].astype(float),
    )
    given = logits[rows[JUDGED]] - taste[rows[JUDGED]]
    truth = shop.behaviour.probabilities[CLICK, rows[JUDGED]]

    def auc(of_taste: np.ndarray | float) -> float:
        undrawn = Resamples.of(np.arange(len(truth)), 0)
        return soft_auc(truth, given + of_taste, undrawn).value

    def sums(part: tuple[float, float], vectors: np.ndarray, by: str) -> np.ndarray:
        candidates = vectors[exposures.item[rows[part]]]
        return sums_by_group(clicks[part], candidates, vectors, by)

    true = shop.catalogue.taste_vectors.astype(float)
    true -= true[exposures.item].mean(axis=0)
    found = {"no taste": auc(0.0), "taste": auc(taste[rows[JUDGED]])}
    found["days"] = float(np.median(clicks[JUDGED].age.max(axis=1)))
    weights = np.zeros(0)
    for kind in ("", "learned "):
        vectors = true if not kind else learned_vectors(shop, true, weights)
        for by in ("number", "place", "age"):
            known = sums(LEARNED, vectors, by)
            weights, *_ = np.linalg.lstsq(known, taste[rows[LEARNED]])
            found[kind + by] = auc(sums(JUDGED, vectors, by) @ weights)
    return found


def learned_vectors(
    shop: SimulatedShop, true: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Items' vectors as training rows teach them, `(items, width)`.

    The learner knows of a customer's taste what the history tells by age with the true
    vectors, and takes the most probable vector of each item given its clicks.

    Args:
        shop: As it was simulated.
        true: `(items, width)` vectors, of mean 0.
        weights: By age.
    """
    first, end = (int(share * len(shop.exposures)) for share in TRAINED)
    rows = np.arange(first, end)
    clicks = clicks_before(shop, rows)
    of_click = np.concatenate([[0.0], weights])[clicks.groups("age")]
    scale = true.std()
    tastes = np.einsum("rl,rld->rd", of_click, true[clicks.items]) * scale
    given = noiseless_logits(shop)[rows] - shop.components["taste"][CLICK, rows]
    clicked = shop.behaviour.labels[CLICK, rows]
    order = np.argsort(shop.exposures.item[rows], kind="stable")
    bounds = np.searchsorted(
        shop.exposures.item[rows][order], np.arange(len(true) + 1)
    ).tolist()
    return np.stack(
        [
            scale * most_probable(tastes[own], given[own], clicked[own])
            for own in (order[start:stop] for start, stop in pairwise(bounds))
        ]
    )


def noiseless_logits(shop: SimulatedShop) -> np.ndarray:
    """Of clicks, but for the noise, `(exposures,)`."""
    true = shop.behaviour.probabilities[CLICK].astype(float)
    return np.log(true) - np.log1p(-true) - shop.components["noise"][CLICK]


def clicks_before(shop: SimulatedShop, rows: np.ndarray) -> Clicks:
    """What histories hold at some exposures."""
    exposures = shop.exposures
    every_row = np.arange(len(exposures))
    all_clicks = trace_histories(
        exposures.user, every_row, shop.behaviour.labels[CLICK]
    )
    number, place = all_clicks.length[rows], np.arange(HISTORY_LENGTH)
    is_click = place < number[:, np.newaxis]
    newest = all_clicks.start[rows] + number - 1
    places = np.where(is_click, newest[:, np.newaxis] - place, 0)
    clicked = all_clicks.clicked_items[places]
    seconds = exposures.timestamp[rows][:, np.newaxis] - exposures.timestamp[clicked]
    age = np.where(is_click, seconds / SECONDS_PER_DAY, 0.0)
    return Clicks(exposures.item[clicked], age, number)


def sums_by_group(
    clicks: Clicks, candidates: np.ndarray, vectors: np.ndarray, by: str
) -> np.ndarray:
    """How the clicks that share a weight fit the candidates, `(rows, weights)`."""
    fit = np.einsum("rd,rld->rl", candidates, vectors[clicks.items])
    groups = clicks.groups(by)
    number = {"number": len(NUMBERS), "place": 2 * len(PLACES), "age": 2 * len(AGES)}
    return np.stack(
        [(fit * (groups == own)).sum(axis=1) for own in range(1, number[by] + 1)],
        axis=1,
    )


def _between(shop: SimulatedShop, start: float, stop: float) -> np.ndarray:
    """Some of the exposures of a part of the time, in their order."""
    first, end = (int(share * len(shop.exposures)) for share in (start, stop))
    rows = np.arange(first, end)
    chosen = np.random.default_rng(0).permutation(rows)[:MOST_ROWS]
    return np.sort(chosen)
