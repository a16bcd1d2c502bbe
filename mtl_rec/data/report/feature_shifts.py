"""Features in training against other rows: how far their distributions are apart."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa

from mtl_rec.config.features import Feature, Numeric, Text
from mtl_rec.data.report.binning import Bins, num_bins
from mtl_rec.data.report.clusters import Clusters
from mtl_rec.data.report.lists import words
from mtl_rec.data.report.noise import Distance, divergence, largest_difference

BARS = 8
"""Values of a feature that are shown side by side."""

RANGES = 8
"""About as many ranges of a number are shown."""

MISSING = "(none)"
"""In the place of a value on rows that have none."""


@dataclass(frozen=True)
class Bar:
    """One value, or a range of numbers.

    Attributes:
        label: What it is.
        train: Its share of the training rows.
        test: Its share of the test rows.
    """

    label: str
    train: float
    test: float


@dataclass(frozen=True)
class FeatureShift:
    """A feature in training and in other rows.

    Attributes:
        feature: Its name.
        kind: Its kind.
        part: What training is compared with: `validation`, `test`, or a file.
        measure: L-infinity distance of shares, or Jensen-Shannon divergence in bits.
        distance: How far apart.
        bars: Values that differ most first, or ranges in order.
        missing: Shares of the rows without a value, in training and in the others.
        unseen: Share of the others' values that training has none of; None for numbers
            and texts.
    """

    feature: str
    kind: str
    part: str
    measure: Literal["L-infinity", "JSD"]
    distance: Distance
    bars: tuple[Bar, ...]
    missing: tuple[float, float]
    unseen: float | None


@dataclass(frozen=True)
class Comparison:
    """Samples of training and of other rows.

    Attributes:
        part: What the others are.
        train: Canonical rows, at least one, lists cut to what features take.
        test: The same of the others.
        num_tests: Comparisons of the report, which share its false alarms.
        clusters: Whose rows these are; None takes them to be independent.
    """

    part: str
    train: pa.Table
    test: pa.Table
    num_tests: int = 1
    clusters: Clusters | None = None

    def shift_of(
        self, feature: Feature, missing: tuple[float, float], unseen: float | None
    ) -> FeatureShift:
        """Compares a feature's values.

        Of a list and of the words of a text, the share of a value is that of the rows
        that hold it. Rows without a value count as one more value. Sampled rows count
        like others: models learn from them too.

        Args:
            feature: What to compare.
            missing: Shares of all rows without a value.
            unseen: Share of all the others' values that training has none of.
        """
        both = self.train, self.test
        columns = [rows[feature.name].combine_chunks() for rows in both]
        if isinstance(feature, Numeric):
            measure = "JSD"
            distance, bars = self._numbers(*(c.to_numpy() for c in columns))
        else:
            measure = "L-infinity"
            if isinstance(feature, Text):
                columns = [words(column, feature) for column in columns]
            distance, bars = self._values(*columns)
        return FeatureShift(
            feature.name,
            feature.kind,
            self.part,
            measure,
            distance,
            tuple(bars),
            missing,
            unseen,
        )

    def _numbers(
        self, train: np.ndarray, test: np.ndarray
    ) -> tuple[Distance, list[Bar]]:
        few = Bins(train, test, RANGES)
        # As many bins as for the independent rows that tell as much.
        rows = min(len(train), len(test)) / self._design_effect(few, train, test)
        bins = Bins(train, test, num_bins(rows))
        counts = np.stack([bins.counts(train), bins.counts(test)])
        counts = counts[:, counts.any(axis=0)]
        effect = self._design_effect(bins, train, test)
        distance = divergence(counts[0], counts[1], self.num_tests, effect)
        names = few.labels()
        a, b = few.counts(train) / len(train), few.counts(test) / len(test)
        return distance, [
            Bar(names[bin_], float(a[bin_]), float(b[bin_]))
            for bin_ in few.in_order()
            if a[bin_] or b[bin_]
        ]

    def _design_effect(self, bins: Bins, train: np.ndarray, test: np.ndarray) -> float:
        """The mean over the bins, each with its share of the variance."""
        if self.clusters is None:
            return 1.0
        a, b = ((np.arange(len(part)), bins.of(part)) for part in (train, test))
        effects = self.clusters.design_effects(a, b, len(bins))
        counts = bins.counts(train) + bins.counts(test)
        variances = np.where(counts > 0, 1 - counts / counts.sum(), 0.0)
        return float(effects @ variances / max(variances.sum(), 1e-300))

    def _values(self, train: pa.Array, test: pa.Array) -> tuple[Distance, list[Bar]]:
        rows = len(train), len(test)
        names, held = _held(train, test)
        a, b = (np.bincount(codes, minlength=len(names)) for _, codes in held)
        effects: np.ndarray | float = 1.0
        if self.clusters is not None:
            effects = self.clusters.design_effects(held[0], held[1], len(names))
        distance = largest_difference(a, b, rows, self.num_tests, effects)
        a, b = a / rows[0], b / rows[1]
        most = np.argsort(-np.abs(a - b), kind="stable")[:BARS]
        # The value that stands for the distance may not be the one that differs most.
        most = [distance.position, *most[most != distance.position]][:BARS]
        return distance, [
            Bar(names[int(v)].as_py() or MISSING, float(a[v]), float(b[v]))
            for v in most
        ]


Held = tuple[np.ndarray, np.ndarray]
"""Rows, and a value that each holds: once for every value, however often it does."""


def _held(train: pa.Array, test: pa.Array) -> tuple[pa.Array, list[Held]]:
    """The distinct values of two columns, and which rows hold them."""
    flat = [_flat(column) for column in (train, test)]
    encoded = pa.chunked_array([values for values, _ in flat]).dictionary_encode()
    names = next(chunk for chunk in encoded.chunks if len(chunk)).dictionary
    codes = encoded.combine_chunks().indices.to_numpy()
    parts = np.split(codes, [len(flat[0][0])])
    return names, [
        _once(rows, codes, len(names))
        for codes, (_, rows) in zip(parts, flat, strict=True)
    ]


def _flat(column: pa.Array) -> tuple[pa.Array, np.ndarray]:
    """All values of a column and the row of each; "" for an empty list."""
    if not pa.types.is_list(column.type):
        return column, np.arange(len(column))
    lengths = column.value_lengths().to_numpy()
    empty = np.flatnonzero(lengths == 0)
    rows = np.append(np.repeat(np.arange(len(column)), lengths), empty)
    return pa.concat_arrays(
        [column.flatten(), pa.array([""] * len(empty), pa.string())]
    ), rows


def _once(rows: np.ndarray, codes: np.ndarray, size: int) -> Held:
    pairs = np.unique(rows * size + codes)
    return pairs // size, pairs % size
