"""The rows that teach one output, with what they teach."""

from dataclasses import dataclass

import numpy as np

from mtl_rec.metrics import binary, regression
from mtl_rec.schema import EncodedExposures, FunnelOutput


@dataclass(frozen=True)
class TeachingRows:
    """The rows that an output speaks of.

    Attributes:
        places: `(rows,)`, which rows of the exposures they are.
        labels: `(rows,)` float64, what the output is compared with.
        weights: `(rows,)` float64, rows that each stands for.
        is_event: Whether labels are 0 or 1, or values.
    """

    places: np.ndarray
    labels: np.ndarray
    weights: np.ndarray
    is_event: bool

    @classmethod
    def of(cls, exposures: EncodedExposures, output: FunnelOutput) -> "TeachingRows":
        """Finds them among exposures, in their order."""
        task = exposures.schema.funnel.task(output.task)
        label = exposures.joint_label(task)[:, 0]
        places = exposures.rows_of(output)
        weights = exposures.sampling_weights
        return cls(
            places,
            np.asarray(label[places], np.float64),
            np.ones(len(places))
            if weights is None
            else np.asarray(weights[places, 0], np.float64),
            task.kind == "binary",
        )

    def __len__(self) -> int:
        """Returns the number of rows."""
        return len(self.places)

    @property
    def teaches(self) -> bool:
        """Whether two labels differ."""
        return len(self) > 0 and bool(self.labels.min() < self.labels.max())

    def taken(self, rows: np.ndarray) -> "TeachingRows":
        """Some of them.

        Args:
            rows: Which, places among these rows.
        """
        places, labels, weights = (
            values[rows] for values in (self.places, self.labels, self.weights)
        )
        return TeachingRows(places, labels, weights, self.is_event)

    def spread(self, most: int) -> np.ndarray:
        """Rows of every label alike, and of every time: in order, `most` at most.

        Both labels of an event are among them.
        """
        # The rarer label first, as the first row is always taken.
        sign = 1 if self.labels.mean() > 0.5 else -1
        by_label = np.argsort(sign * self.labels, kind="stable")
        return np.sort(by_label[:: -(-len(self) // most)])

    def constant(self) -> float:
        """What to predict of any row: the mean label, which no event has surely.

        Where one class is missing there is half a row of it. It is 0 for values of
        which none is known.
        """
        if self.is_event and not self.teaches:
            rows = self.weights.sum()
            return float((self.weights @ self.labels + 0.5) / (rows + 1))
        return regression.mean(self.labels, weights=self.weights) if len(self) else 0.0

    def loss(self, predictions: np.ndarray) -> float:
        """Log loss of an event, mean squared error of a value; NaN without rows.

        Args:
            predictions: `(rows,)`, of these rows.
        """
        if self.is_event:
            return binary.log_loss(self.labels, predictions, weights=self.weights)
        return regression.rmse(self.labels, predictions, weights=self.weights) ** 2
