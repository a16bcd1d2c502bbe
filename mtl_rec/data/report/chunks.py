"""Rows of all parts in one pass, with what tells their parts, days and draws."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mtl_rec.config.features import is_by_row
from mtl_rec.config.sampling import IS_SAMPLED
from mtl_rec.data.checking import LabelCheck
from mtl_rec.data.draws import draws_for_rows
from mtl_rec.data.exposures import Splits
from mtl_rec.data.report.days import Days
from mtl_rec.data.report.lists import trimmed
from mtl_rec.data.splitting import PARTS, part_sizes, refuse_empty
from mtl_rec.schema.rows import says_how_sampled
from mtl_rec.schema.sampling import sampling_weights

_SEED = 0


@dataclass(frozen=True)
class Chunk:
    """Rows as the data has them one after the other.

    Attributes:
        rows: Canonical, lists cut to what the features take.
        parts: Positions in `PARTS`, or `LEFT_OUT`.
        days: Day of each row; None where the split is not by time.
        draws: For samples.
    """

    rows: pa.Table
    parts: np.ndarray
    days: np.ndarray | None
    draws: np.ndarray

    @property
    def is_sampled(self) -> np.ndarray:
        """Whether each row is a sampled negative."""
        if says_how_sampled(self.rows.column_names):
            return self.rows[IS_SAMPLED].to_numpy()
        return np.zeros(self.rows.num_rows, bool)

    @property
    def weights(self) -> np.ndarray:
        """How many rows of the data before sampling each stands for."""
        if not says_how_sampled(self.rows.column_names):
            return np.ones(self.rows.num_rows)
        return sampling_weights(self.rows)


def read_chunks(splits: Splits, days: Days | None) -> Iterator[Chunk]:
    """All rows once; labels are checked as in training.

    That no feature equals a label is not checked: the report is to show it.

    Raises:
        ArtifactError: A file is damaged.
        SchemaError: Rows contradict what is declared, or a part has no rows.
    """
    stream = splits.train
    checks = [LabelCheck(stream.tasks, part) for part in PARTS]
    sizes = np.zeros(len(PARTS) + 1, int)
    vectors = [feature.name for feature in stream.features if is_by_row(feature)]
    # Some sources have small batches, which would cost more than their rows.
    waiting: list[Chunk] = []
    for batch, parts, first_row in stream.batches(stream.columns()):
        if not batch.num_rows:
            continue
        draws = draws_for_rows(first_row, batch.num_rows, _SEED)
        sizes += part_sizes(parts)
        rows = trimmed(stream.typed(batch), stream.features).drop_columns(vectors)
        for part, check in enumerate(checks):
            check.add(rows.filter(pa.array(parts == part)))
        waiting.append(Chunk(rows, parts, days.of(batch) if days else None, draws))
        if sum(len(chunk.parts) for chunk in waiting) >= stream.data.chunk_rows:
            yield _joined(waiting)
            waiting = []
    if waiting:
        yield _joined(waiting)
    refuse_empty(sizes)
    for check in checks:
        check.finish()


def _joined(chunks: list[Chunk]) -> Chunk:
    days = [chunk.days for chunk in chunks if chunk.days is not None]
    return Chunk(
        pa.concat_tables([chunk.rows for chunk in chunks]).combine_chunks(),
        np.concatenate([chunk.parts for chunk in chunks]),
        np.concatenate(days) if days else None,
        np.concatenate([chunk.draws for chunk in chunks]),
    )
