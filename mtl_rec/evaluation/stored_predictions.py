"""Predictions of a split as a file, so that runs can be compared row by row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mtl_rec.config.tasks import Task
from mtl_rec.errors import ArtifactError
from mtl_rec.evaluation.keys import EvaluationKeys
from mtl_rec.schema import EncodedExposures, Schema
from mtl_rec.whole_files import written_whole

_USER, _PREDICTION, _LABEL = "user", "prediction.", "label."
_WEIGHT = "sampling_weight"


@dataclass(frozen=True)
class StoredPredictions:
    """What a run predicted of its test split.

    Attributes:
        predictions: By output, `(rows,)` float32.
        exposures: Labels and weights of the rows, without inputs.
        keys: Their users.
    """

    predictions: Mapping[str, np.ndarray]
    exposures: EncodedExposures
    keys: EvaluationKeys

    def has_rows_of(self, other: "StoredPredictions") -> bool:
        """Whether rows, users and labels are the same, whatever the features are."""
        return all(
            np.array_equal(own, others, equal_nan=True)
            for own, others in zip(self._rows(), other._rows(), strict=True)
        )

    def _rows(self) -> Iterator[np.ndarray]:
        labels, nothing = self.exposures.labels, np.zeros(0)
        yield nothing if self.keys.users is None else self.keys.users
        weights = self.exposures.sampling_weights
        yield nothing if weights is None else weights
        yield np.concatenate([labels[name] for name in sorted(labels)])


def write_predictions(
    path: Path,
    predictions: Mapping[str, np.ndarray],
    exposures: EncodedExposures,
    keys: EvaluationKeys,
) -> None:
    """Writes Parquet that is there whole or not at all.

    Args:
        path: File to write or replace, in a folder that exists.
        predictions: By output, `(rows,)`.
        exposures: The rows, of which labels and weights are kept.
        keys: Of the rows, of which the users are kept.
    """
    columns: dict[str, np.ndarray] = {}
    if keys.users is not None:
        columns[_USER] = keys.users.astype(np.int32)
    for name, values in predictions.items():
        columns[_PREDICTION + name] = values.astype(np.float32)
    for name, values in exposures.labels.items():
        columns[_LABEL + name] = np.asarray(values[:, 0])
    if exposures.sampling_weights is not None:
        columns[_WEIGHT] = np.asarray(exposures.sampling_weights[:, 0])
    with written_whole(path) as unfinished:
        pq.write_table(pa.table(columns), unfinished, compression="zstd")


def read_predictions(path: Path, tasks: Sequence[Task]) -> StoredPredictions:
    """What `write_predictions` wrote.

    Args:
        path: The file.
        tasks: The funnel of the run.

    Raises:
        ArtifactError: The file is missing or damaged.
    """
    try:
        table = pq.read_table(path)
        columns = {name: table[name].to_numpy() for name in table.column_names}
        labels = {t.name: columns[_LABEL + t.name][:, np.newaxis] for t in tasks}
    except (OSError, pa.ArrowException, KeyError) as error:
        raise ArtifactError(
            f"The predictions at '{path}' can't be read: {error}."
        ) from error
    schema = Schema(features=(), tasks=tuple(tasks), vocabularies={}, label_scales={})
    weights = columns.get(_WEIGHT)
    if weights is not None:
        weights = weights[:, np.newaxis]
    predictions = {
        name.removeprefix(_PREDICTION): values
        for name, values in columns.items()
        if name.startswith(_PREDICTION)
    }
    exposures = EncodedExposures(schema, {}, labels, weights)
    return StoredPredictions(predictions, exposures, EvaluationKeys(columns.get(_USER)))
