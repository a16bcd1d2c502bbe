"""Rows of embedding tables by the vocabulary they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass

import keras
import numpy as np

from mtl_rec.models.layers.fused_embedding import FusedEmbedding
from mtl_rec.schema.fields import Vocabulary
from mtl_rec.table_rows import rows_of

MOST_ROWS = 100_000
"""Rows of a vocabulary that are read for its norms, evenly spaced over all."""


@dataclass(frozen=True)
class VocabularyRows:
    """Where the rows of one vocabulary lie.

    Attributes:
        vocabulary: Whose rows these are.
        layer: Holds the table.
        first_row: Of id 0, padding.
    """

    vocabulary: Vocabulary
    layer: FusedEmbedding
    first_row: int

    @property
    def label(self) -> str:
        """The vocabulary; behind the network's name where several have tables of it."""
        network, dot, _ = self.layer.name.rpartition(".")
        return f"{network}{dot}{self.vocabulary.name}"

    @property
    def unknown(self) -> range:
        """Rows that stand for values which are not known."""
        first = self.first_row + 1
        return range(first, first + self.vocabulary.num_out_of_vocabulary)

    @property
    def known(self) -> range:
        """Rows of known values, the most frequent first."""
        first = self.unknown.stop
        return range(first, first + self.vocabulary.num_values)


def vocabulary_rows(
    model: keras.Model, vocabularies: Mapping[str, Vocabulary]
) -> list[VocabularyRows]:
    """The rows of every vocabulary that the model has a table for."""
    return [
        VocabularyRows(vocabularies[name], layer, first)
        for layer in model.layers
        if isinstance(layer, FusedEmbedding)
        for name, (first, _) in layer.row_blocks.items()
        if name in vocabularies
    ]


def row_norms(places: list[VocabularyRows]) -> dict[str, np.ndarray]:
    """Norms of rows, by `<vocabulary>_known` and `<vocabulary>_unknown`.

    Those of a hashed feature, of which nothing is known, are `<vocabulary>_buckets`.
    A table is read once.
    """
    norms: dict[str, np.ndarray] = {}
    for layer in {place.layer.name: place.layer for place in places}.values():
        chosen: dict[str, np.ndarray] = {}
        for place in places:
            if place.layer is layer:
                name, unknown = place.label, "unknown"
                if not place.vocabulary.num_values:
                    unknown = "buckets"
                chosen[f"{name}_known"] = _spaced(place.known)
                chosen[f"{name}_{unknown}"] = _spaced(place.unknown)
        read = read_rows(layer, np.concatenate(list(chosen.values())))
        ends = np.cumsum([len(rows) for rows in chosen.values()])
        own = np.split(np.linalg.norm(read, axis=1), ends[:-1])
        norms |= {n: v for n, v in zip(chosen, own, strict=True) if len(v)}
    return norms


def read_rows(layer: FusedEmbedding, rows: np.ndarray) -> np.ndarray:
    """Rows of a table, `(rows, embedding_dim)` float32."""
    read = rows_of(layer.table, keras.ops.convert_to_tensor(rows, "int32"))
    return keras.ops.convert_to_numpy(read)


def _spaced(rows: range) -> np.ndarray:
    if len(rows) <= MOST_ROWS:
        return np.arange(rows.start, rows.stop)
    return np.linspace(rows.start, rows.stop - 1, MOST_ROWS).astype(int)
