"""Encoded exposures: the arrays that models are trained and evaluated on."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from mtl_rec.config.tasks import Task
from mtl_rec.errors import SchemaError
from mtl_rec.schema.funnel import FunnelOutput
from mtl_rec.schema.schema import PackedInput, Schema
from mtl_rec.schema.stored_arrays import is_stored, read_rows
from mtl_rec.schema.value_counts import FeatureCounts, summed

CHUNK_ROWS = 2**17
"""Rows of a stored split that are in memory at a time."""

_INPUTS, _LABELS, _WEIGHTS = "inputs.", "labels.", "sampling_weights"


@dataclass(frozen=True)
class EncodedExposures:
    """Packed inputs and labels of one split, in memory or stored in files.

    Attributes:
        schema: What the columns mean.
        inputs: By name of the model's input, `(rows, width)` int32 or float32. Optional
            ones may be left out, where all rows have padding.
        labels: By task, `(rows, 1)` float32; NaN where the label is not defined, as
            an order value is without an order.
        sampling_weights: `(rows, 1)`, how many rows each stands for in what the data
            was sampled from; None for data without sampled negatives.
        counts: Of missing and unknown values in a whole split or chunk that was
            encoded; None where they are not known.
    """

    schema: Schema
    inputs: Mapping[str, np.ndarray]
    labels: Mapping[str, np.ndarray]
    sampling_weights: np.ndarray | None = None
    counts: FeatureCounts | None = None

    def __len__(self) -> int:
        return len(next(iter(self.inputs.values())))

    def training_labels(self) -> dict[str, np.ndarray]:
        """Labels with NaN on rows that a task does not learn from.

        A task trained where its parent happened has no label elsewhere; a value that
        did not come to be counts as 0 where it is learned from all exposures.
        """
        labels = {}
        for task in self.schema.tasks:
            label = self.joint_label(task)
            if task.after is not None and task.is_conditional:
                happened = self.labels[task.after] > 0
                label = np.where(happened, self.labels[task.name], np.nan)
            labels[task.name] = label.astype(np.float32)
        return labels

    def joint_label(self, task: Task) -> np.ndarray:
        """What a task's label says of every exposure, `(rows, 1)`.

        A value that did not come to be counts as 0.
        """
        label = self.labels[task.name]
        if task.kind == "regression" and task.after:
            return np.where(self.labels[task.after] > 0, label, 0.0)
        return label

    def rows_of(self, output: FunnelOutput) -> np.ndarray:
        """Positions of the rows that an output speaks of, `(rows,)` in their order.

        Those where its condition happened and its label is known.
        """
        label = self.joint_label(self.schema.funnel.task(output.task))[:, 0]
        speaks = ~np.isnan(label)
        if output.given:
            speaks &= self.labels[output.given][:, 0] > 0
        return np.flatnonzero(speaks)

    @classmethod
    def from_arrays(
        cls, schema: Schema, arrays: Mapping[str, np.ndarray]
    ) -> "EncodedExposures":
        """What `arrays` took apart."""
        groups: dict[str, dict[str, np.ndarray]] = {_INPUTS: {}, _LABELS: {}}
        for name, array in arrays.items():
            for prefix, group in groups.items():
                if name.startswith(prefix):
                    group[name.removeprefix(prefix)] = array
        return cls(schema, groups[_INPUTS], groups[_LABELS], arrays.get(_WEIGHTS))

    def arrays(self) -> dict[str, np.ndarray]:
        """Inputs, labels and weights, each under a name of its own."""
        arrays = {_INPUTS + name: array for name, array in self.inputs.items()}
        arrays |= {_LABELS + name: array for name, array in self.labels.items()}
        if self.sampling_weights is not None:
            arrays[_WEIGHTS] = self.sampling_weights
        return arrays

    def inputs_of(self, names: Iterable[str]) -> dict[str, np.ndarray]:
        """Inputs by name; those that are left out are padding, and not to be written.

        Args:
            names: Some of the schema's.
        """
        packed = self.schema.inputs()
        return {
            name: self.inputs[name]
            if name in self.inputs or not packed[name].is_optional
            else _padding(len(self), packed[name])
            for name in names
        }

    @property
    def is_stored(self) -> bool:
        """Whether the rows are in files."""
        return any(is_stored(array) for array in self.arrays().values())

    @property
    def num_bytes(self) -> int:
        """Bytes of all arrays."""
        return sum(array.nbytes for array in self.arrays().values())

    def rows(self, start: int, stop: int) -> "EncodedExposures":
        """Adjacent rows, in memory."""
        arrays = {n: read_rows(a, start, stop) for n, a in self.arrays().items()}
        return self.from_arrays(self.schema, arrays)

    def chunks(self, num_rows: int = CHUNK_ROWS) -> Iterator["EncodedExposures"]:
        """All rows in their order, in memory a part at a time."""
        for start in range(0, len(self), num_rows):
            yield self.rows(start, min(start + num_rows, len(self)))

    def fingerprint(self) -> str:
        """A hash of every input, label and weight, equal for equal data."""
        digest = hashlib.blake2b(digest_size=16)
        weights = self.sampling_weights
        named = {} if weights is None else {"sampling_weights": weights}
        for group in (self.inputs, self.labels, named):
            for name, array in sorted(group.items()):
                digest.update(f"{name}:{array.dtype}:{array.shape}".encode())
                for start in range(0, len(array), CHUNK_ROWS):
                    stop = min(start + CHUNK_ROWS, len(array))
                    rows = read_rows(array, start, stop)
                    digest.update(np.ascontiguousarray(rows).data)
        return digest.hexdigest()


def joined(parts: Iterable[EncodedExposures]) -> EncodedExposures:
    """The rows of all parts, which have the same columns but for optional ones.

    Raises:
        SchemaError: There are no rows.
    """
    kept = [part for part in parts if len(part)]
    if not kept:
        raise SchemaError("The exposures must have rows. Received: none.")
    if len(kept) == 1:
        return kept[0]
    schema = kept[0].schema
    names = {name: None for part in kept for name in part.inputs}
    kept = [replace(part, inputs=part.inputs_of(names)) for part in kept]
    columns = [part.arrays() for part in kept]
    counts = summed(part.counts or {} for part in kept)
    del kept
    arrays = {}
    for name in list(columns[0]):
        # The parts of a name are let go once they are joined.
        arrays[name] = np.concatenate([column.pop(name) for column in columns])
    return replace(EncodedExposures.from_arrays(schema, arrays), counts=counts)


def read_in_training(
    schema: Schema, inputs: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Inputs without texts that stand in for vectors, which predictions alone read."""
    unread = {text.name for text in schema.fallback_texts}
    return {name: own for name, own in inputs.items() if name not in unread}


def _padding(num_rows: int, packed: PackedInput) -> np.ndarray:
    """Rows of padding that take no memory."""
    return np.broadcast_to(np.zeros(1, packed.dtype), (num_rows, packed.width))
