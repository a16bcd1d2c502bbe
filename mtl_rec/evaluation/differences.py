"""Two models on the same rows: how much better one is, and how sure that is."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mtl_rec.evaluation.evaluation import Interval
from mtl_rec.evaluation.evaluator import CUTOFFS, output_estimates
from mtl_rec.evaluation.event_estimates import Estimates
from mtl_rec.evaluation.output_rows import scored_outputs
from mtl_rec.evaluation.stored_predictions import StoredPredictions

OF_ROWS = ("label_rate", "label_mean")
"""Metrics that say nothing of a model."""


@dataclass(frozen=True)
class Difference:
    """Of a metric of two models on the same rows.

    Attributes:
        value: That of the second less that of the first.
        interval: Its 95 % interval over the same draws of users; None where it is not
            defined.
    """

    value: float
    interval: Interval

    @property
    def is_certain(self) -> bool:
        """Whether the interval excludes zero."""
        if self.interval is None:
            return False
        low, high = self.interval
        return low > 0 or high < 0

    def about(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "difference": self.value,
            "interval": self.interval,
            "excludes_zero": self.is_certain,
        }


Differences = dict[str, dict[str, Difference]]
"""By output, then by metric; without metrics that are not defined for both models."""


def paired_differences(
    first: Mapping[str, Estimates], second: Mapping[str, Estimates]
) -> Differences:
    """What the second model's metrics are above those of the first.

    Args:
        first: From `estimates_of`.
        second: Likewise, of a model with the same rows and as many draws; outputs of
            only one are left out.
    """
    return {
        name: _subtracted(own, second[name])
        for name, own in first.items()
        if name in second
    }


def estimates_of(
    model: StoredPredictions, num_resamples: int = 1000
) -> dict[str, Estimates]:
    """Every metric of a model with its draws, by output.

    Args:
        model: What it predicted.
        num_resamples: Draws of users, the same for all models with the same users.
    """
    # No thresholds: precision and recall of two models compare at none.
    return {
        rows.name: output_estimates(rows, model.keys, {}, CUTOFFS)
        for rows in scored_outputs(
            model.predictions, model.exposures, model.keys, num_resamples
        )
    }


def _subtracted(first: Estimates, second: Estimates) -> dict[str, Difference]:
    differences = {
        name: second[name] - estimate
        for name, estimate in first.items()
        if name not in OF_ROWS
    }
    return {
        name: Difference(difference.value, difference.interval)
        for name, difference in differences.items()
        if not math.isnan(difference.value)
    }
