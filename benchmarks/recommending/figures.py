"""What lists are worth."""

from collections.abc import Sequence

import numpy as np

from mtl_rec.metrics.estimate import Estimate, Totals
from mtl_rec.metrics.resampling import Resamples
from recommending.contenders import Made
from recommending.customers import LENGTH, LastDay

NEW_DAYS = 6


class Figures:
    """What the lists of one contender are worth.

    Args:
        made: By customer.
        day: Has the customers, in the same order.
    """

    def __init__(self, made: Sequence[Made], day: LastDay) -> None:
        customers = day.customers
        positions = [[int(i.removeprefix("i")) for i in own.item_ids] for own in made]
        pairs = list(zip(positions, customers, strict=True))
        hits = [len(set(own) & set(c.best.tolist())) for own, c in pairs]
        totals = Totals.of(
            Resamples.of(np.arange(len(customers))),
            hits=np.array(hits, float),
            places=np.full(len(customers), float(LENGTH)),
            expected=np.array([c.chances[own].sum() for own, c in pairs]),
            possible=np.array([c.chances[c.best].sum() for c in customers]),
        )
        self.best: Estimate = totals.ratio("hits", "places")
        self.purchases: Estimate = totals.ratio("expected", "possible")
        self.new = float(np.mean(day.age_days[np.concatenate(positions)] < NEW_DAYS))
        self.ranked = float(np.mean([own.ranked for own in made]))
