"""One table for all fields of one width, read row by row."""

import contextvars
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import keras
from keras import ops

from mtl_rec.models.initial_weights import InitialWeights
from mtl_rec.models.layers.given import given
from mtl_rec.table_rows import rows_of

_GIVEN: contextvars.ContextVar[Mapping["FusedEmbedding", Any]]
_GIVEN = contextvars.ContextVar("embeddings_given", default={})  # noqa: B039 - read only


def embeddings_given(
    embeddings: Mapping["FusedEmbedding", Any],
) -> AbstractContextManager[None]:
    """While active, these layers return these tensors and leave their tables alone.

    Each is `(number of ids, embedding_dim)`, in the order of `rows`. The step gathers
    rows itself, so that it can differentiate with respect to them and compile the rest
    of the model without the table.
    """
    return given(_GIVEN, embeddings)


_PERTURBED: contextvars.ContextVar[Mapping["FusedEmbedding", Sequence[Any]] | None]
_PERTURBED = contextvars.ContextVar("embeddings_perturbed", default=None)


def embeddings_perturbed(
    perturbations: Mapping["FusedEmbedding", Sequence[Any]] | None,
) -> AbstractContextManager[None]:
    """While active, these layers add these tensors to what they return.

    `FieldLinear` then multiplies what it is given rather than the table.

    Args:
        perturbations: By layer, one for each tensor of embeddings in its shape; None
            where no layer has any.
    """
    return given(_PERTURBED, perturbations)


def is_perturbing() -> bool:
    """Whether embeddings are not those of the table."""
    return _PERTURBED.get() is not None


@keras.saving.register_keras_serializable(package="mtl_rec")
class FusedEmbedding(keras.layers.Layer):
    """Looks ids up in one table that many fields share, `table[ids + offsets]`.

    Every field has a block of rows; one gather serves them all. The table stays
    float32 under mixed precision: the rows are cast after they are read.

    Args:
        num_rows: Rows of the table.
        embedding_dim: Width of a row.
        offsets: For every column of ids, the row its id 0 stands for.
        returns_table: Whether the table itself is the last output, for `FieldLinear`.
            It is then always trained as a whole, and should be small.
        row_blocks: By vocabulary, its first row and how many it has. Not used here: it
            tells whoever looks at a table what its rows mean.

    Inputs: ids, `(batch, columns)` int32, or a list of such tensors, whose batches may
        differ; `offsets` then has the columns of all, one after the other.

    Output shape: `(batch, columns, embedding_dim)` for each; the table's is
        `(num_rows, embedding_dim)`.
    """

    def __init__(
        self,
        num_rows: int,
        embedding_dim: int,
        offsets: list[int],
        returns_table: bool = False,
        row_blocks: Mapping[str, Sequence[int]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.num_rows = num_rows
        self.embedding_dim = embedding_dim
        self.offsets = list(offsets)
        self.returns_table = returns_table
        self.row_blocks = {n: list(block) for n, block in (row_blocks or {}).items()}

    def build(self, ids_shape):
        num_columns = sum(shape[-1] for shape in _listed_shapes(ids_shape))
        if num_columns != len(self.offsets):
            raise ValueError(
                f"`ids` must have one column for each of the {len(self.offsets)} "
                f"`offsets`. Received: ids.shape={ids_shape}."
            )
        # A mixed-precision policy would otherwise cast the whole table every step.
        self.table = self.add_weight(
            name="table",
            shape=(self.num_rows, self.embedding_dim),
            # Rows that are not trained are given, once the table is there.
            initializer=InitialWeights("normal", 0.01) if self.trainable else "zeros",
            dtype="float32",
            autocast=False,
        )
        # Tells optimizers that a step touches few of its rows.
        self.table.is_table = True

    def rows(self, ids):
        """Row numbers of all ids, in their order, `(number of ids,)` int32."""
        return _joined([ops.reshape(rows, (-1,)) for rows in self._rows(_listed(ids))])

    def call(self, ids):
        parts = _listed(ids)
        given = _GIVEN.get().get(self)
        if given is None:
            embedded = [rows_of(self.table, rows) for rows in self._rows(parts)]
        else:
            embedded = self._arranged(given, parts)
        perturbations = (_PERTURBED.get() or {}).get(self)
        if perturbations is not None:
            pairs = zip(embedded, perturbations, strict=True)
            embedded = [ops.add(part, own) for part, own in pairs]
        outputs = [ops.cast(part, self.compute_dtype) for part in embedded]
        if self.returns_table:
            table = ops.convert_to_tensor(self.table)
            outputs.append(ops.cast(table, self.compute_dtype))
        return outputs if isinstance(ids, list) or self.returns_table else outputs[0]

    def _rows(self, parts):
        """Row numbers in the shape of each tensor of ids."""
        rows, start = [], 0
        for ids in parts:
            stop = start + ids.shape[-1]
            offsets = ops.convert_to_tensor(self.offsets[start:stop], "int32")
            rows.append(ops.add(ids, offsets))
            start = stop
        return rows

    def _arranged(self, flat, parts):
        """Embeddings of all ids in their order, in the shape of each tensor of ids."""
        if len(parts) == 1:
            columns = parts[0].shape[-1]
            return [ops.reshape(flat, (-1, columns, self.embedding_dim))]
        arranged, start = [], 0
        for ids in parts:
            stop = start + ops.size(ids)
            shape = (-1, ids.shape[-1], self.embedding_dim)
            arranged.append(ops.reshape(flat[start:stop], shape))
            start = stop
        return arranged

    def compute_output_shape(self, ids_shape):
        shapes = _listed_shapes(ids_shape)
        outputs = [(*shape, self.embedding_dim) for shape in shapes]
        if self.returns_table:
            outputs.append((self.num_rows, self.embedding_dim))
        is_list = shapes is ids_shape
        return outputs if is_list or self.returns_table else outputs[0]

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "num_rows": self.num_rows,
            "embedding_dim": self.embedding_dim,
            "offsets": self.offsets,
            "returns_table": self.returns_table,
            "row_blocks": {name: list(own) for name, own in self.row_blocks.items()},
        }


def _listed(ids) -> list[Any]:
    return list(ids) if isinstance(ids, list | tuple) else [ids]


def _listed_shapes(shapes) -> list[Any]:
    return shapes if isinstance(shapes[0], list | tuple) else [shapes]


def _joined(parts: list[Any]) -> Any:
    return ops.concatenate(parts, axis=0) if len(parts) > 1 else parts[0]
