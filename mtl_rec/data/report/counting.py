"""What is counted over all rows, and the samples that stand for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.features import (
    Categorical,
    Feature,
    Hashed,
    Numeric,
    Text,
    is_by_row,
)
from mtl_rec.data.events.progress import Progress
from mtl_rec.data.exposures import Splits
from mtl_rec.data.report.chunks import Chunk
from mtl_rec.data.report.outputs import labels_of
from mtl_rec.data.report.rates import LabelSums
from mtl_rec.data.report.samples import SAMPLE_ROWS, RowSample
from mtl_rec.data.report.seen import FirstDays, ValueCounts, hashed
from mtl_rec.data.splitting import LEFT_OUT, PARTS
from mtl_rec.schema.funnel import Funnel


@dataclass
class FeatureCounts:
    """What is counted of a feature in a part.

    Attributes:
        rows: Rows of the part.
        missing: Those on which it has no value.
        values: Its values; of a number and a text there are none.
    """

    rows: int = 0
    missing: int = 0
    values: ValueCounts = field(default_factory=ValueCounts)


class PartCounts:
    """The values of one part's features, and a sample of its rows.

    Args:
        features: To count.
    """

    def __init__(self, features: Sequence[Feature]) -> None:
        self.features = features
        self.num_rows = 0
        self.of_features = {feature.name: FeatureCounts() for feature in features}
        self.sample = RowSample(SAMPLE_ROWS)

    def add(self, rows: pa.Table, draws: np.ndarray) -> None:
        """Counts rows in.

        Args:
            rows: Canonical, lists cut to what the features take.
            draws: `(rows,)`, independent and in [0, 1).
        """
        self.num_rows += rows.num_rows
        self.sample.add(rows, draws)
        for feature in self.features:
            _add_values(self.of_features[feature.name], feature, rows[feature.name])


class Counts:
    """Running counts; memory follows the days and the distinct values.

    Labels are counted on all rows, those that no part has included. `exposures` and
    new items are counted on rows that are not sampled; label rates describe the data
    before sampling, as all metrics do, each sampled row with its weight.

    Args:
        splits: Whose features and tasks.
        num_days: Days that there are; 0 where the split is not by time.
    """

    def __init__(self, splits: Splits, num_days: int) -> None:
        stream = splits.train
        # Nothing is counted of vectors, whose numbers say nothing one by one.
        self.features = [f for f in stream.features if not is_by_row(f)]
        self.tasks = stream.tasks
        self.num_days = num_days
        self.outputs = Funnel(tuple(self.tasks)).outputs()
        self.sizes = np.zeros(len(PARTS), int)
        self.sampled = np.zeros(len(PARTS), int)
        self.left_out = 0
        self.exposures_by_day = np.zeros(num_days, int)
        self.sampled_by_day = np.zeros(num_days, int)
        self.first_days = np.full(len(PARTS), num_days)
        self.by_day = [LabelSums(num_days) for _ in self.outputs]
        self.by_part = [LabelSums(len(PARTS)) for _ in self.outputs]
        self.of_parts: dict[str, PartCounts] = {
            part: PartCounts(self.features) for part in PARTS
        }
        self.new_items = {
            feature.name: FirstDays()
            for feature in self.features
            if isinstance(feature, Categorical | Hashed) and feature.side == "item"
        }

    def add(self, chunk: Chunk) -> None:
        """Counts a chunk in."""
        is_left_out, is_sampled = chunk.parts == LEFT_OUT, chunk.is_sampled
        in_parts = chunk.parts[~is_left_out]
        self.left_out += int(is_left_out.sum())
        self.sizes += np.bincount(in_parts, minlength=len(PARTS))
        self.sampled += np.bincount(
            chunk.parts[~is_left_out & is_sampled], minlength=len(PARTS)
        )
        self._add_labels(chunk)
        if chunk.days is not None:
            self._add_days(chunk, chunk.days, is_sampled)
        for number, part in enumerate(PARTS):
            is_of_part = chunk.parts == number
            rows = chunk.rows.filter(pa.array(is_of_part))
            self.of_parts[part].add(rows, chunk.draws[is_of_part])

    def _add_labels(self, chunk: Chunk) -> None:
        weights = chunk.weights
        for output, by_day, by_part in zip(
            self.outputs, self.by_day, self.by_part, strict=True
        ):
            labels, is_meant = labels_of(chunk.rows, output, self.tasks)
            if chunk.days is not None:
                by_day.add(chunk.days[is_meant], labels[is_meant], weights[is_meant])
            is_meant &= chunk.parts != LEFT_OUT
            by_part.add(chunk.parts[is_meant], labels[is_meant], weights[is_meant])

    def _add_days(self, chunk: Chunk, days: np.ndarray, is_sampled: np.ndarray) -> None:
        self.exposures_by_day += np.bincount(days[~is_sampled], minlength=self.num_days)
        self.sampled_by_day += np.bincount(days[is_sampled], minlength=self.num_days)
        is_in_part = chunk.parts != LEFT_OUT
        np.minimum.at(self.first_days, chunk.parts[is_in_part], days[is_in_part])
        for name, first_days in self.new_items.items():
            hashes, positions = hashed(chunk.rows[name].combine_chunks())
            real = positions[~is_sampled]
            first_days.add(hashes, real, days[~is_sampled])


def count(chunks: Iterable[Chunk], counts: Counts, progress: Progress) -> None:
    """Counts all chunks in.

    Args:
        chunks: Of all rows.
        counts: Gets them.
        progress: Is told how many rows were read.
    """
    rows = 0
    for chunk in chunks:
        counts.add(chunk)
        rows += len(chunk.parts)
        progress("read exposures", rows, None)


def _add_values(
    counts: FeatureCounts, feature: Feature, column: pa.ChunkedArray
) -> None:
    values = column.combine_chunks()
    counts.rows += len(values)
    if isinstance(feature, Numeric):
        counts.missing += int((~np.isfinite(values.to_numpy())).sum())
        return
    if pa.types.is_list(values.type):
        counts.missing += int((values.value_lengths().to_numpy() == 0).sum())
        counts.values.add(*hashed(values.flatten()))
        return
    texts = values.filter(pc.not_equal(values, ""))
    counts.missing += len(values) - len(texts)
    if not isinstance(feature, Text):
        counts.values.add(*hashed(texts))
