"""Labels that are a little less sure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keras import ops


@dataclass(frozen=True)
class LabelSmoothing:
    """Moves every label of an event a little towards the rate of the event.

    `(1 - share) y + share u`, where u is the rate among the rows of the batch that the
    task learns from. The usual u = 1/2 would have an event of one exposure in a
    thousand happen in one of forty, at a share of 0.05; with the rates, what a task
    predicts on the mean stays. Labels and rates both fall along the funnel, and so do
    their mixtures: they are still a distribution over how far an exposure goes.

    Attributes:
        share: Of the rate in the label.
        parents: By task that is an event, the one that it follows if it is trained on
            the same rows.

    Reference: Szegedy et al., "Rethinking the Inception Architecture for Computer
    Vision", CVPR 2016, section 7, with the prior distribution as u.
    """

    share: float
    parents: Mapping[str, str | None]

    def __call__(self, labels: Mapping[str, Any]) -> dict[str, Any]:
        """The labels of a batch by task, `(batch, 1)`, NaN where there is none."""
        smoothed, rates = dict(labels), {}
        for task, parent in self.parents.items():
            label = labels[task]
            known = ops.isfinite(label)
            total = ops.sum(ops.where(known, label, 0.0))
            rate = total / ops.maximum(ops.sum(ops.cast(known, "float32")), 1.0)
            if parent is not None:
                # Where fewer rows tell of the step it could be above its parent's.
                rate = ops.minimum(rate, rates[parent])
            rates[task] = rate
            smoothed[task] = label + self.share * (rate - label)
        return smoothed
