"""From one row a text to one row of a batch, or vectors that are known already."""

import contextvars
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import keras
from keras import ops

from mtl_rec.models.layers.given import given

_TEXTS: contextvars.ContextVar[Mapping[str, Any] | None]
_TEXTS = contextvars.ContextVar("text_of_row", default=None)
_VECTORS: contextvars.ContextVar[Mapping[str, Any] | None]
_VECTORS = contextvars.ContextVar("vectors_of_rows", default=None)


def text_of_row(field: str) -> str:
    """The input of a batch that says which of its texts a row has, `(rows, 1)` int32.

    With it the field's own input has a row for each text, not for each row.

    Args:
        field: That a language model encodes.
    """
    # No field has such a name.
    return f"{field}.text_of_row"


def texts_of_rows(texts: Mapping[str, Any]) -> AbstractContextManager[None]:
    """While active, `TextRows` repeats the rows of texts.

    Args:
        texts: By field, for every row which of its texts is its own; fields that have
            a text for each row are left out.
    """
    return given(_TEXTS, texts)


def vectors_of_rows(vectors: Mapping[str, Any | None]) -> AbstractContextManager[None]:
    """While active, some layers have these vectors of texts, and read none.

    Args:
        vectors: By name of the layer, `(rows, dim)`: a `TextRows`, whose outputs they
            are, whatever its inputs are, or a `MissingVectors`, which takes them where
            texts are, and None where none is.
    """
    return given(_VECTORS, vectors)


def known_vectors(layer: str) -> tuple[bool, Any]:
    """Whether `vectors_of_rows` speaks of a layer, and what it says."""
    vectors = _VECTORS.get() or {}
    return layer in vectors, vectors.get(layer)


@keras.saving.register_keras_serializable(package="mtl_rec")
class TextRows(keras.layers.Layer):
    """Repeats what was computed once for a text for each row that has it.

    Outside `texts_of_rows` every row has a text of its own already.

    Args:
        field: Whose texts.

    Inputs: `(texts, dim)`.

    Output shape: `(rows, dim)`.
    """

    def __init__(self, field: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.field = field

    def call(self, of_texts):
        is_known, known = known_vectors(self.name)
        if is_known:
            return ops.cast(known, self.compute_dtype)
        texts = (_TEXTS.get() or {}).get(self.field)
        if texts is None:
            return of_texts
        return ops.take(of_texts, ops.reshape(texts, (-1,)), axis=0)

    def compute_output_shape(self, of_texts_shape):
        return of_texts_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "field": self.field}
