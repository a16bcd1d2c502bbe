"""Label rates that break between training and the other parts."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from mtl_rec.data.report.rates import Rate

LABEL_FALSE_ALARMS = 0.005
"""Chance that any of the label rates of a report is flagged if none has changed."""

ODDS_FACTOR = 1.1
"""Factor between the odds of an event, either way, from which its rate has broken."""

MEAN_STEP = 0.1
"""Difference of means, in standard deviations, from which a value's mean has broken."""


@dataclass(frozen=True)
class LabelShift:
    """A label in training and in another part.

    Attributes:
        output: Name of the funnel's output: `purchase`, `purchase_given_click`.
        part: `validation` or `test`.
        is_event: Whether it is an event rather than a value.
        train: Its rate in the training rows.
        test: Its rate in the other part's rows.
        effect: Factor between the odds, above 1, or the difference of a value's means
            in standard deviations of training. None where a part has no rows.
        z: The difference in standard errors.
        z_flagged_from: Standard errors that chance stays below, Bonferroni's way.
        is_flagged: Whether the difference is neither small nor chance.
    """

    output: str
    part: str
    is_event: bool
    train: Rate
    test: Rate
    effect: float | None
    z: float | None
    z_flagged_from: float
    is_flagged: bool


def compared(
    output: str, part: str, is_event: bool, train: Rate, test: Rate, num_tests: int
) -> LabelShift:
    """Compares the label rates of training and another part.

    Args:
        output: What they are of.
        part: The other one.
        is_event: Whether it is an event.
        train: In training.
        test: In the other part.
        num_tests: Comparisons of the report, which share its false alarms.
    """
    limit = NormalDist().inv_cdf(1 - LABEL_FALSE_ALARMS / (2 * num_tests))
    if train.mean is None or test.mean is None:
        return LabelShift(output, part, is_event, train, test, None, None, limit, False)
    rows = train.sure_rows, test.sure_rows
    if is_event:
        pooled = (train.mean * rows[0] + test.mean * rows[1]) / sum(rows)
        variance = pooled * (1 - pooled) * (1 / rows[0] + 1 / rows[1])
        effect, least = _odds_factor(train.mean, test.mean), ODDS_FACTOR
    else:
        variance = train.deviation**2 / rows[0] + test.deviation**2 / rows[1]
        step = abs(train.mean - test.mean)
        effect = step / train.deviation if train.deviation else np.inf if step else 0.0
        least = MEAN_STEP
    error = np.sqrt(variance)
    z = abs(train.mean - test.mean) / error if error > 0 else 0.0
    is_flagged = bool(z >= limit and effect >= least)
    return LabelShift(
        output,
        part,
        is_event,
        train,
        test,
        float(effect),
        float(z),
        limit,
        is_flagged,
    )


def _odds_factor(a: float, b: float) -> float:
    products = a * (1 - b), b * (1 - a)
    if not min(products):
        return np.inf if max(products) else 1.0
    return max(products) / min(products)
