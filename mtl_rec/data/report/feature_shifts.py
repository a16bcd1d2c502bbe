"""Features in training against test: how far their distributions are apart."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa

from mtl_rec.config.features import Feature, Numeric
from mtl_rec.data.report.binning import Bins, num_bins
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
    """A feature in training and test.

    Attributes:
        feature: Its name.
        kind: Its kind.
        measure: L-infinity distance of shares, or Jensen-Shannon divergence in bits.
        distance: How far apart.
        bars: Values that differ most first, or ranges in order.
        missing: Shares of the rows without a value, in training and in test.
        unseen: Share of the test values that training has none of; None for numbers
            and texts.
    """

    feature: str
    kind: str
    measure: Literal["L-infinity", "JSD"]
    distance: Distance
    bars: tuple[Bar, ...]
    missing: tuple[float, float]
    unseen: float | None


def compared_feature(
    feature: Feature,
    train: pa.Table,
    test: pa.Table,
    missing: tuple[float, float],
    unseen: float | None,
) -> FeatureShift:
    """Compares a feature's values in samples of training and test.

    A text is compared as a whole. Of a list, the share of a value is that of the rows
    whose list holds it. Rows without a value count as one more value. Sampled rows
    count like others: models learn from them too.

    Args:
        feature: What to compare.
        train: Canonical rows, at least one, lists cut to what features take.
        test: The same of the other part.
        missing: Shares of all rows without a value.
        unseen: Share of all test values that training has none of.
    """
    columns = [rows[feature.name].combine_chunks() for rows in (train, test)]
    if isinstance(feature, Numeric):
        measure = "JSD"
        distance, bars = _numbers(*(column.to_numpy() for column in columns))
    else:
        measure = "L-infinity"
        distance, bars = _values(*columns)
    return FeatureShift(
        feature.name, feature.kind, measure, distance, tuple(bars), missing, unseen
    )


def _numbers(train: np.ndarray, test: np.ndarray) -> tuple[Distance, list[Bar]]:
    bins = Bins(train, test, num_bins(min(len(train), len(test))))
    counts = np.stack([bins.counts(train), bins.counts(test)])
    distance = divergence(*counts[:, counts.any(axis=0)])
    few = Bins(train, test, RANGES)
    names, a, b = (
        few.labels(),
        few.counts(train) / len(train),
        few.counts(test) / len(test),
    )
    return distance, [
        Bar(names[bin_], float(a[bin_]), float(b[bin_]))
        for bin_ in few.in_order()
        if a[bin_] or b[bin_]
    ]


def _values(train: pa.Array, test: pa.Array) -> tuple[Distance, list[Bar]]:
    rows = len(train), len(test)
    flat = [_flat(column) for column in (train, test)]
    encoded = pa.chunked_array([values for values, _ in flat]).dictionary_encode()
    chunks = [chunk for chunk in encoded.chunks if len(chunk)]
    names = chunks[0].dictionary
    codes = encoded.combine_chunks().indices.to_numpy()
    codes = np.split(codes, [len(flat[0][0])])
    counts = [
        _rows_with(part, at, len(names))
        for part, (_, at) in zip(codes, flat, strict=True)
    ]
    distance = largest_difference(counts[0], counts[1], rows)
    shares = [count / n for count, n in zip(counts, rows, strict=True)]
    most = np.argsort(-np.abs(shares[0] - shares[1]), kind="stable")[:BARS]
    # The value that stands for the distance may not be the one that differs most.
    most = [distance.position, *most[most != distance.position]][:BARS]
    return distance, [
        Bar(names[int(v)].as_py() or MISSING, float(shares[0][v]), float(shares[1][v]))
        for v in most
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


def _rows_with(codes: np.ndarray, rows: np.ndarray, size: int) -> np.ndarray:
    """Rows that hold each value, however often."""
    if len(rows) and len(np.unique(rows)) < len(rows):
        codes = np.unique(rows * size + codes) % size
    return np.bincount(codes, minlength=size)
