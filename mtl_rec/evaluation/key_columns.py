"""Columns of keys while they are read, batch by batch."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.features import Feature, Numeric
from mtl_rec.data.events.codes import MISSING, Codes
from mtl_rec.evaluation.id_columns import id_feature
from mtl_rec.evaluation.keys import Slicing
from mtl_rec.evaluation.slicing import by_band, by_value
from mtl_rec.schema.columns import feature_values


@dataclass
class CodedColumn:
    """Ids or categories: codes of the rows that are kept, and counts in training.

    Attributes:
        feature: How the column is read.
    """

    feature: Feature
    _codes: Codes = field(default_factory=Codes)
    _kept: list[np.ndarray] = field(default_factory=list)
    _counts: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))

    def add(
        self, batch: pa.RecordBatch, is_training: np.ndarray, is_kept: np.ndarray
    ) -> None:
        """Reads the column of a batch."""
        codes = self._codes.add(_filled(_values(batch, self.feature)))
        self._kept.append(codes[is_kept])
        trained = codes[is_training & (codes != MISSING)]
        counts = np.bincount(trained, minlength=len(self._codes))
        counts[: len(self._counts)] += self._counts
        self._counts = counts

    def codes(self) -> np.ndarray:
        """Of the rows that are kept, `(rows,)`; `MISSING` where there is none."""
        return np.concatenate(self._kept)

    def users(self) -> np.ndarray:
        """Codes that are equal where the user is; a row without one is its own."""
        codes = self.codes()
        is_missing = codes == MISSING
        codes[is_missing] = len(self._codes) + np.arange(np.count_nonzero(is_missing))
        return codes

    def training_counts(self) -> np.ndarray:
        """Rows in training of each kept row's value, `(rows,)`; 0 where missing."""
        return np.append(self._counts, 0)[self.codes()]

    def slicing(self) -> Slicing:
        """Rows by their value."""
        ranks, values = self._codes.ranks(), self._codes.values().to_pylist()
        codes = np.append(ranks, np.int32(MISSING))[self.codes()]
        return by_value(self.feature.name, codes, values)


@dataclass
class NumberColumn:
    """Numbers of the rows that are kept.

    Attributes:
        feature: How the column is read.
    """

    feature: Feature
    _kept: list[np.ndarray] = field(default_factory=list)

    def add(self, batch: pa.RecordBatch, _: np.ndarray, is_kept: np.ndarray) -> None:
        """Reads the column of a batch."""
        self._kept.append(_values(batch, self.feature).to_numpy()[is_kept])

    def numbers(self) -> np.ndarray:
        """Of the rows that are kept, `(rows,)` float32; NaN where missing."""
        return np.concatenate(self._kept)

    def slicing(self) -> Slicing:
        """Rows by bands of the number."""
        return by_band(self.feature.name, self.numbers())


KeyColumn = CodedColumn | NumberColumn


def slice_column(feature: Feature) -> KeyColumn:
    """What reads the column of a feature to slice by."""
    kind = NumberColumn if isinstance(feature, Numeric) else CodedColumn
    return kind(feature)


def id_column(column: str) -> CodedColumn:
    """What reads a column of ids, such as that of the user."""
    return CodedColumn(id_feature(column))


def number_column(column: str) -> NumberColumn:
    """What reads a column of numbers."""
    feature = {"kind": "numeric", "name": column, "side": "context"}
    return NumberColumn(Numeric.model_validate(feature))


def _values(batch: pa.RecordBatch, feature: Feature) -> pa.Array:
    column = pa.chunked_array([batch.column(feature.source_column)])
    return feature_values(column, feature, keep_dictionaries=True)


def _filled(values: pa.Array) -> pa.Array:
    """Strings, null where they are empty."""
    texts = values.cast(pa.string())
    return pc.if_else(pc.equal(texts, ""), None, texts)
