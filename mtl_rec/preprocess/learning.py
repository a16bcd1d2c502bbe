"""Learn vocabularies and statistics from a stream, in memory that stays bounded.

What is learned depends on the values and their order, never on how the stream is cut.
"""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.preprocess.lookup import LINE_BREAKS
from mtl_rec.schema.number_statistics import NumberStatistics

_COMPACT_ABOVE = 2_000_000
_BLOCK_SIZE = 65_536
_BLOCK_ROWS = 4_096
_SAMPLE_SIZE = 1_000_000

# Relative to the mean; smaller deviations of equal float32 values are rounding.
_ROUNDING = 1e-12


@dataclass
class ValueCounts:
    """How often each string occurs."""

    _parts: list[pa.Table] = field(default_factory=list, init=False)
    _num_waiting: int = field(default=0, init=False)

    def add(self, values: pa.Array, counts: np.ndarray | None = None) -> None:
        """Counts each string or its bytes once, or as often as `counts` says."""
        values = values.cast(pa.binary())
        if counts is None:
            counted = pc.value_counts(values)
            values, counts = counted.field("values"), counted.field("counts")
        self._parts.append(
            pa.table({"value": values, "n": pa.array(counts, pa.int64())})
        )
        self._num_waiting += len(values)
        if self._num_waiting > _COMPACT_ABOVE:
            self._parts = [self._total()]
            self._num_waiting = 0

    def most_frequent(self, min_count: int, max_size: int | None) -> list[bytes]:
        """Values by descending count, then by value; those with line breaks never."""
        if not self._parts:
            return []
        total = self._total()
        is_line = pc.invert(pc.match_substring_regex(total["value"], LINE_BREAKS))
        is_frequent = pc.greater_equal(total["n"], min_count)
        total = total.filter(pc.and_(is_frequent, is_line))
        total = total.sort_by([("n", "descending"), ("value", "ascending")])
        return total["value"].slice(0, max_size).to_pylist()

    def _total(self) -> pa.Table:
        grouped = (
            pa.concat_tables(self._parts).group_by("value").aggregate([("n", "sum")])
        )
        return grouped.rename_columns({"n_sum": "n"})


@dataclass
class Moments:
    """Running mean and variance (Chan, Golub and LeVeque, 1979)."""

    _count: int = field(default=0, init=False)
    _mean: float = field(default=0.0, init=False)
    _squares: float = field(default=0.0, init=False)
    _waiting: np.ndarray = field(default_factory=lambda: np.empty(0), init=False)

    def add(self, values: np.ndarray) -> None:
        """Adds finite float64 values."""
        waiting = np.concatenate([self._waiting, values])
        whole = len(waiting) // _BLOCK_SIZE * _BLOCK_SIZE
        for start in range(0, whole, _BLOCK_SIZE):
            self._add_block(waiting[start : start + _BLOCK_SIZE])
        self._waiting = waiting[whole:]

    def statistics(self) -> NumberStatistics:
        """Mean and standard deviation; 0 and 1 where they are not defined."""
        if len(self._waiting):
            self._add_block(self._waiting)
            self._waiting = np.empty(0)
        deviation = float(np.sqrt(self._squares / max(1, self._count)))
        is_constant = deviation <= _ROUNDING * abs(self._mean)
        return NumberStatistics(self._mean, 1.0 if is_constant else deviation)

    def _add_block(self, values: np.ndarray) -> None:
        total = self._count + len(values)
        mean = float(values.mean())
        shift = mean - self._mean
        between = shift * shift * self._count * len(values) / total
        self._squares += float(np.square(values - mean).sum()) + between
        self._mean += shift * len(values) / total
        self._count = total


@dataclass
class VectorMean:
    """Running mean of vectors, of those that are there."""

    _count: int = field(default=0, init=False)
    _sum: np.ndarray | None = field(default=None, init=False)
    _waiting: list[np.ndarray] = field(default_factory=list, init=False)

    def add(self, vectors: np.ndarray) -> None:
        """Adds `(n, dim)` float32 vectors; NaN are none."""
        there = vectors[np.isfinite(vectors).all(axis=1)]
        waiting = np.concatenate([*self._waiting, there])
        whole = len(waiting) // _BLOCK_ROWS * _BLOCK_ROWS
        for start in range(0, whole, _BLOCK_ROWS):
            self._add_block(waiting[start : start + _BLOCK_ROWS])
        self._waiting = [waiting[whole:]]

    def mean(self) -> tuple[float, ...]:
        """Of all; zeros where there are none."""
        for rest in self._waiting:
            self._add_block(rest)
        self._waiting = []
        total = np.zeros(0) if self._sum is None else self._sum
        return tuple((total / max(1, self._count)).astype(np.float32).tolist())

    def _add_block(self, vectors: np.ndarray) -> None:
        total = vectors.sum(axis=0, dtype=np.float64)
        self._sum = total if self._sum is None else self._sum + total
        self._count += len(vectors)


@dataclass
class Quantiles:
    """Boundaries between equally filled buckets, from a uniform sample of the values.

    Every value draws a random key and those with the smallest keys stay, so that the
    sample is uniform over a stream of any length.

    Args:
        num_buckets: Buckets at most.
        seed: Of the keys.
    """

    num_buckets: int
    seed: int = 0
    _values: list[np.ndarray] = field(default_factory=list, init=False)
    _keys: list[np.ndarray] = field(default_factory=list, init=False)
    _num_waiting: int = field(default=0, init=False)
    _largest_key: float = field(default=1.0, init=False)

    def __post_init__(self) -> None:
        self._random = np.random.default_rng(self.seed)

    def add(self, values: np.ndarray) -> None:
        """Adds finite float32 values."""
        keys = self._random.random(len(values))
        kept = keys <= self._largest_key
        self._values.append(values[kept])
        self._keys.append(keys[kept])
        self._num_waiting += len(self._keys[-1])
        if self._num_waiting > _SAMPLE_SIZE:
            self._sample()

    def statistics(self) -> NumberStatistics:
        """At most `num_buckets - 1` boundaries; fewer where values repeat."""
        values = self._sample()
        if not len(values):
            return NumberStatistics()
        shares = np.arange(1, self.num_buckets) / self.num_buckets
        boundaries = np.unique(np.quantile(values, shares, method="higher"))
        return NumberStatistics(boundaries=tuple(boundaries.tolist()))

    def _sample(self) -> np.ndarray:
        """The values with the smallest keys; others are forgotten."""
        if not self._keys:
            return np.empty(0, np.float32)
        values, keys = np.concatenate(self._values), np.concatenate(self._keys)
        if len(keys) > _SAMPLE_SIZE:
            kept = np.argpartition(keys, _SAMPLE_SIZE)[:_SAMPLE_SIZE]
            values, keys = values[kept], keys[kept]
            self._largest_key = float(keys.max())
        self._values, self._keys, self._num_waiting = [values], [keys], 0
        return values
