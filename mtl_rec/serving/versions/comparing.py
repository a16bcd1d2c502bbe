"""The metrics of two versions on the same labelled rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from mtl_rec.errors import SchemaError
from mtl_rec.evaluation.evaluator import evaluate_predictions
from mtl_rec.evaluation.report import Metrics
from mtl_rec.export.scoring import Scorer
from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.schema.rows import canonical, says_how_sampled
from mtl_rec.schema.sampling import sampling_weights
from mtl_rec.schema.schema import Schema


@dataclass(frozen=True)
class ScoredRows:
    """What one version predicted, beside what happened.

    Attributes:
        predictions: By output, `(rows,)`.
        exposures: The labels, without inputs.
    """

    predictions: Mapping[str, np.ndarray]
    exposures: EncodedExposures

    @property
    def metrics(self) -> Metrics:
        """As `evaluate_predictions` has them; the predictions must be finite."""
        return evaluate_predictions(self.predictions, self.exposures)

    def not_finite(self) -> dict[str, int]:
        """By output, the number of rows that are NaN or infinite; none where 0."""
        counts = {
            name: int(np.count_nonzero(~np.isfinite(values)))
            for name, values in self.predictions.items()
        }
        return {name: count for name, count in counts.items() if count}


def score_rows(
    scorers: Sequence[Scorer], chunks: Iterable[pa.Table]
) -> list[ScoredRows]:
    """Scores every row with every version, reading the rows once.

    Args:
        scorers: The new version first. The others are compared on the tasks that they
            share with it.
        chunks: Labelled rows, with the data's own or the features' names.

    Raises:
        SchemaError: There are no rows, or they contradict a version's schema.
    """
    collectors = [_Collector(scorer, _shared(scorers, scorer)) for scorer in scorers]
    for chunk in chunks:
        for collector in collectors:
            collector.add(chunk)
    return [collector.scored() for collector in collectors]


def _shared(scorers: Sequence[Scorer], scorer: Scorer) -> Schema:
    """The schema with the tasks of the first version alone, and those they follow."""
    schema, names = scorer.schema, set(scorers[0].schema.funnel.names)
    tasks = tuple(
        t for t in schema.tasks if names.issuperset(schema.funnel.path(t.name))
    )
    return replace(schema, tasks=tasks)


@dataclass(frozen=True)
class _Collector:
    """Predictions, labels and weights of one version, chunk by chunk."""

    scorer: Scorer
    schema: Schema
    arrays: dict[str, list[np.ndarray]] = field(default_factory=dict)

    def add(self, chunk: pa.Table) -> None:
        rows = canonical(chunk, self.schema.features, self.schema.tasks)
        predictions = self.scorer.score(rows)
        for output in self.schema.funnel.outputs():
            self._append(f"predictions.{output.name}", predictions[output.name])
        for task in self.schema.tasks:
            label = rows[task.name].to_numpy()[:, np.newaxis]
            self._append(f"labels.{task.name}", label)
        if says_how_sampled(rows.column_names):
            self._append("sampling_weights", sampling_weights(rows)[:, np.newaxis])

    def _append(self, name: str, values: np.ndarray) -> None:
        self.arrays.setdefault(name, []).append(values)

    def scored(self) -> ScoredRows:
        if not any(map(len, next(iter(self.arrays.values()), []))):
            raise SchemaError("The rows to compare on must not be empty.")
        joined = {name: np.concatenate(parts) for name, parts in self.arrays.items()}
        exposures = EncodedExposures.from_arrays(self.schema, joined)
        prefix = "predictions."
        predictions = {
            name.removeprefix(prefix): values
            for name, values in joined.items()
            if name.startswith(prefix)
        }
        return ScoredRows(predictions, exposures)
