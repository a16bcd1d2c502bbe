"""How well each feature alone tells each label: what is too good may be the answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.features import Feature, Numeric
from mtl_rec.config.sampling import IS_SAMPLED
from mtl_rec.config.tasks import Task
from mtl_rec.data.draws import draws_for_rows
from mtl_rec.data.report.binning import Bins, num_bins
from mtl_rec.data.report.outputs import labels_of
from mtl_rec.data.report.ranking import auc_by_rate, auc_either_way
from mtl_rec.schema.funnel import Funnel
from mtl_rec.schema.rows import says_how_sampled

TOO_GOOD = 0.95
"""AUC of a single feature from which it is suspected to know the answer."""

FEWEST_OF_A_CLASS = 20
"""With fewer rows that have the event, or have it not, an AUC is left out: it could
reach `TOO_GOOD` by chance."""

By = Literal["value", "length", "last value", "missing"]

_SEED = 1


@dataclass(frozen=True)
class Ranking:
    """How well one feature ranks one label.

    Attributes:
        feature: Its name.
        by: What of it: the value, whether it is missing, of a list its length or end.
        output: The funnel's output whose label it is.
        auc: By rising or falling values, whichever is better; of categories, by the
            label rates of other rows.
        rows: It is of so many.
        positives: Rows of these with the event; of a value, above its median.
        of_sampled: Whether some of the rows are sampled negatives.
    """

    feature: str
    by: By
    output: str
    auc: float
    rows: int
    positives: int
    of_sampled: bool

    @property
    def is_too_good(self) -> bool:
        """Whether it may be the answer."""
        return self.auc >= TOO_GOOD


def screen(
    feature: Feature, rows: pa.Table, tasks: Sequence[Task]
) -> Iterator[Ranking]:
    """Ranks the labels of all outputs by one feature.

    Outputs given an earlier event are ranked among the rows with that event. Of values,
    it is ranked whether they are above their median.

    Args:
        feature: Which.
        rows: A sample of training rows, lists cut to what features take.
        tasks: The funnel.
    """
    views = list(_views(feature, rows[feature.name].combine_chunks()))
    folds = draws_for_rows(0, len(rows), _SEED) < 0.5
    for output in Funnel(tuple(tasks)).outputs():
        values, is_meant = labels_of(rows, output, tasks)
        labels = values[is_meant] > _middle(values[is_meant], output.task, tasks)
        positives = int(labels.sum())
        if min(positives, len(labels) - positives) < FEWEST_OF_A_CLASS:
            continue
        of_sampled = says_how_sampled(rows.column_names) and bool(
            rows[IS_SAMPLED].to_numpy()[is_meant].any()
        )
        for by, codes, has_order in views:
            codes = codes[is_meant]
            auc = (
                auc_either_way(codes, labels)
                if has_order
                else auc_by_rate(codes, labels, folds[is_meant])
            )
            if np.isfinite(auc):
                yield Ranking(
                    feature.name,
                    by,
                    output.name,
                    auc,
                    len(labels),
                    positives,
                    of_sampled,
                )


def best_views(rankings: Sequence[Ranking]) -> list[Ranking]:
    """Of each feature and output the best, the best of all first."""
    best: dict[tuple[str, str], Ranking] = {}
    for ranking in sorted(rankings, key=lambda ranking: -ranking.auc):
        best.setdefault((ranking.feature, ranking.output), ranking)
    return list(best.values())


def _views(feature: Feature, column: pa.Array) -> Iterator[tuple[By, np.ndarray, bool]]:
    """What of a feature may tell: codes of it, and whether their order counts."""
    if isinstance(feature, Numeric):
        values = column.to_numpy()
        is_missing = ~np.isfinite(values)
        ranks = np.unique(np.where(is_missing, -np.inf, values), return_inverse=True)[1]
        yield "value", ranks, True
        if is_missing.any():
            yield "value", np.where(is_missing, ranks.max() + 1, ranks), True
        # In neither order do middling values stand out.
        yield "value", Bins(values, values, num_bins(len(values))).of(values), False
    elif pa.types.is_list(column.type):
        lengths = column.value_lengths().to_numpy()
        is_missing = lengths == 0
        ends = column.offsets.to_numpy()[1:][~is_missing] - 1
        codes = np.zeros(len(column), np.int64)
        codes[~is_missing] = _codes(column.values.take(pa.array(ends))) + 1
        yield "length", lengths, True
        yield "last value", codes, False
    else:
        codes = _codes(column)
        is_missing = pc.equal(column, "").to_numpy(zero_copy_only=False)
        yield "value", codes, False
    if is_missing.any():
        yield "missing", is_missing.astype(np.int64), True


def _codes(values: pa.Array) -> np.ndarray:
    return values.dictionary_encode().indices.to_numpy().astype(np.int64)


def _middle(labels: np.ndarray, task: str, tasks: Sequence[Task]) -> float:
    is_event = Funnel(tuple(tasks)).task(task).kind == "binary"
    return 0.5 if is_event or not len(labels) else float(np.median(labels))
