"""Vectors of texts, for ids whose vectors are not given."""

import random
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any, Literal

import keras
from keras import ops

from mtl_rec.bert_shape import BertShape
from mtl_rec.models.encoders.pretrained_text import PretrainedText
from mtl_rec.models.layers.given import given
from mtl_rec.models.layers.text_rows import known_vectors

TEXTS_AT_ONCE = 64
"""So many at most are in memory with all that a language model makes of them."""

_READS: ContextVar[Mapping[str, Callable[[Any, Any], Any]]]
_READS = ContextVar("reads_of_texts", default={})  # noqa: B039 - read only


def texts_read_by(
    reads: Mapping[str, Callable[[Any, Any], Any]],
) -> AbstractContextManager[None]:
    """While active, these functions stand for methods of layers.

    Args:
        reads: By name of the layer, what does as its `read_some`.
    """
    return given(_READS, reads)


@keras.saving.register_keras_serializable(package="mtl_rec")
class MissingVectors(keras.layers.Layer):
    """Puts the vector of its text where an id has none.

    A frozen language model reads the texts that are there, and no others: where none
    is, it does not run. In training it never does.

    Args:
        field: Whose texts.
        column: Of the vectors, the one whose ids texts are of.
        shape: Of the language model, as `PretrainedText` has it.
        pooling: As there.
        is_normalised: As there.

    Inputs:
        vectors: `(rows, columns, dim)`.
        texts: Ids of pieces, `(rows, length)` int32; rows of padding where the vector
            is there. A single row of padding stands for no texts at all.

    Output shape: `(rows, columns, dim)`.
    """

    def __init__(
        self,
        field: str,
        column: int,
        shape: BertShape | Mapping[str, Any],
        pooling: Literal["mean", "first"],
        is_normalised: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.field = field
        self.column = column
        self.reader = PretrainedText(
            shape, pooling, is_normalised, name="language_model"
        )
        # XLA compiles no loop over as many texts as there happen to be.
        self.supports_jit = keras.backend.backend() != "tensorflow"

    def build(self, vectors_shape, texts_shape):
        self.text_length = texts_shape[-1]
        # Its weights will be loaded: others start from what they start from without it.
        state = random.getstate()
        self.reader.build(texts_shape)
        random.setstate(state)

    def call(self, vectors, texts, training=False):
        if training:
            return vectors
        own = vectors[:, self.column]
        is_known, known = known_vectors(self.name)
        if not is_known:
            own = self._read(own, texts)
        elif known is not None:
            is_there = ops.not_equal(texts[:, :1], 0)
            own = ops.where(is_there, ops.cast(known, self.compute_dtype), own)
        else:
            return vectors
        before, after = vectors[:, : self.column], vectors[:, self.column + 1 :]
        return ops.concatenate([before, own[:, None], after], axis=1)

    def _read(self, vectors, texts):
        """The vectors, `(rows, dim)`, with those of texts in their rows."""
        is_there = ops.not_equal(texts[:, 0], 0)
        # JAX compiles for numbers of texts that are known before.
        on_jax = keras.backend.backend() == "jax"
        own = self.read_all if on_jax else self.read_some
        read = _READS.get().get(self.name, own)
        return ops.cond(
            ops.any(is_there), lambda: read(vectors, texts), lambda: vectors
        )

    def read_all(self, vectors, texts):
        """As `read_some`, but reads padding too."""
        is_there = ops.not_equal(texts[:, :1], 0)
        return ops.where(is_there, self.reader(texts), vectors)

    def read_some(self, vectors, texts):
        """Reads the texts that are there, and those as far as the longest goes.

        Args:
            vectors: `(rows, dim)` float32.
            texts: `(rows, length)` int32.

        Returns:
            The vectors with those of the texts in their rows.
        """
        (rows,) = ops.nonzero(ops.not_equal(texts[:, 0], 0))
        rows = ops.cast(rows, "int32")
        count = ops.shape(rows)[0]

        def read_next(start, vectors):
            some = rows[start : start + TEXTS_AT_ONCE]
            own = ops.take(texts, some, axis=0)
            lengths = ops.sum(ops.cast(ops.not_equal(own, 0), "int32"), axis=1)
            read = self.reader(own[:, : ops.max(lengths)])
            vectors = ops.scatter_update(vectors, some[:, None], read)
            return start + TEXTS_AT_ONCE, vectors

        _, vectors = ops.while_loop(
            lambda start, _: start < count, read_next, (0, vectors)
        )
        return vectors

    def compute_output_shape(self, vectors_shape, texts_shape):
        return vectors_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "field": self.field,
            "column": self.column,
            "shape": vars(self.reader.shape),
            "pooling": self.reader.pooling,
            "is_normalised": self.reader.is_normalised,
        }


def no_texts(layers: Iterable[keras.layers.Layer]) -> dict[str, Any]:
    """By input of texts for missing vectors, what says that there are none."""
    return {
        layer.field: ops.zeros((1, layer.text_length), "int32")
        for layer in layers
        if isinstance(layer, MissingVectors)
    }
