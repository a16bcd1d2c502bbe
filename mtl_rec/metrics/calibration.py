"""Whether of all rows with a probability p, p have the event."""

from dataclasses import dataclass

import numpy as np

from mtl_rec.metrics.estimate import Estimate
from mtl_rec.metrics.resampling import Resamples
from mtl_rec.metrics.row_weights import row_weights
from mtl_rec.metrics.ties import ascending, divided

NUM_BINS = 20


@dataclass(frozen=True)
class CalibrationBins:
    """Rows by their probability, in bins of equal weight.

    Of equal weight rather than width: probabilities of rare events are all near 0,
    where one bin of equal width would hold nearly all rows and hide how they differ.
    Rows with one probability are in one bin.

    Attributes:
        rows: `(bins,)` weight, by ascending probability.
        predicted: `(bins,)` sum of the probabilities.
        observed: `(bins,)` sum of the labels.
        resampled: The three of every resample, `(bins, resamples)` each.
    """

    rows: np.ndarray
    predicted: np.ndarray
    observed: np.ndarray
    resampled: list[np.ndarray]

    @classmethod
    def of(
        cls,
        labels: np.ndarray,
        probabilities: np.ndarray,
        resamples: Resamples,
        weights: np.ndarray | None = None,
        num_bins: int = NUM_BINS,
    ) -> "CalibrationBins":
        """Puts rows into bins.

        Args:
            labels: `(rows,)`, 0 or 1, or the true probability.
            probabilities: `(rows,)`.
            resamples: Of these rows.
            weights: How many rows each counts as.
            num_bins: At most.
        """
        weights = row_weights(labels, weights)
        order = ascending(probabilities)
        if order is not None:
            labels, probabilities = labels[order], probabilities[order]
            weights, resamples = weights[order], resamples.rows(order)
        starts = _bin_starts(probabilities, weights, num_bins)
        columns = (weights, weights * probabilities, weights * labels)
        rows, predicted, observed = (
            np.add.reduceat(column, starts, dtype=float) for column in columns
        )
        resampled = list(resamples.histograms(starts, *columns))
        return cls(rows, predicted, observed, resampled)

    def error(self) -> Estimate:
        """The expected calibration error: the mean distance of rates in bins.

        `sum_b |predicted_b - observed_b| / rows`. Chance makes it larger than that of
        all rows there could be, in resamples once more. So what a resample's noise adds
        to the error is taken off it: to the distances as they are, as large as they are
        without noise in the mean square, or to none.

        Reference:
            Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities
            Using Bayesian Binning", AAAI 2015; Nguyen and O'Connor, "Posterior
            Calibration and Exploratory Analysis for Natural Language Processing
            Models", EMNLP 2015, on bins of equal weight.
        """
        distances = divided(self.predicted - self.observed, self.rows.sum())
        value = float(np.abs(distances).sum()) if len(self.rows) else np.nan
        noise = self._resampled_distances() - distances[:, np.newaxis]
        if not noise.size:
            return Estimate(value, np.full(noise.shape[1], np.nan))
        squares = np.sum(distances**2)
        kept = 1 - divided(noise.var(axis=1).sum(), squares, 1.0)
        # How much of them is noise is uncertain too: nothing, what it is likely to be,
        # or all, in turn.
        likely = float(np.sqrt(max(kept, 0.0)))
        scales = np.resize(np.array([1.0, likely, 0.0]), noise.shape[1])
        without = distances[:, np.newaxis] * scales
        added = np.abs(without + noise).sum(0) - np.abs(without).sum(0)
        return Estimate(value, value - added, lowest=0.0)

    def _resampled_distances(self) -> np.ndarray:
        """Of rates in bins by their share of the rows, `(bins, resamples)`."""
        rows, predicted, observed = self.resampled
        return divided(predicted.astype(np.float64) - observed, rows.sum(0))

    def rates(self) -> list[tuple[float, float, Estimate]]:
        """Of each bin its weight, its mean probability, and its label rate."""
        predicted, observed = self.predicted / self.rows, self.observed / self.rows
        resampled = divided(self.resampled[2], self.resampled[0])
        return [
            (float(rows), float(mean), Estimate(float(rate), of_resamples))
            for rows, mean, rate, of_resamples in zip(
                self.rows, predicted, observed, resampled, strict=True
            )
        ]


def _bin_starts(
    probabilities: np.ndarray, weights: np.ndarray, num_bins: int
) -> np.ndarray:
    """First rows of bins; probabilities ascend."""
    if not len(probabilities):
        return np.zeros(0, np.int64)
    running = np.cumsum(weights)
    wanted = np.arange(num_bins) * running[-1] / num_bins
    rows = np.searchsorted(running, wanted, side="right")
    # A bin begins at the first of the rows with its probability.
    return np.unique(np.searchsorted(probabilities, probabilities[rows]))
