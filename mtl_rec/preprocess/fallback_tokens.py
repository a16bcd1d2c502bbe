"""Texts that are cut only where they are to be read."""

from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from mtl_rec.config.features import Text
from mtl_rec.schema.fields import PADDING_ID, IdField
from mtl_rec.schema.schema import Schema

_BYTES_OF_PIECE = 64
"""Ten times what one has on average: texts are cut by their pieces, not by this."""


def text_limits(schema: Schema, text: Text) -> tuple[int, int]:
    """Bytes that are read of a text for a language model, and pieces.

    Those of a text that stands in for vectors are as many as the encoder reads that
    made these.
    """
    length = schema.text_lengths.get(text.name)
    if length is None:
        return text.max_bytes, text.max_tokens
    return _BYTES_OF_PIECE * length, length


def lacks_vector(schema: Schema, text: str, packed: Mapping[str, Any]) -> Any:
    """Whether the id of each row has no vector, `(batch,)` booleans.

    Args:
        schema: Has the fields.
        text: Of `fallback_texts`, that stands in for the vector.
        packed: Inputs of its side, arrays or tensors.
    """
    own = next(own for own in schema.fallback_texts if own.name == text)
    names = [field.name for field in schema.fields_of(IdField, own.side)]
    ids = packed[f"{own.side}_ids"][:, names.index(own.vector)]
    return ids <= schema.vocabularies[own.vector].num_out_of_vocabulary


def tokens_where(
    is_read: tf.Tensor,
    texts: tf.Tensor,
    length: int,
    tokens_of: Callable[[tf.Tensor], tf.Tensor],
) -> tf.Tensor:
    """Ids of the pieces of some texts, and padding for the others.

    Where none is read, nothing is cut.

    Args:
        is_read: Whether each is read, `(batch,)` booleans.
        texts: `(batch,)` strings.
        length: Pieces of a text, padding included.
        tokens_of: `(n,)` strings to `(n, length)` int32.

    Returns:
        `(batch, length)` int32.
    """
    rows = tf.where(is_read)
    shape = tf.stack([tf.shape(texts)[0], length])

    def cut() -> tf.Tensor:
        tokens = tokens_of(tf.gather(texts, rows[:, 0]))
        return tf.scatter_nd(rows, tokens, tf.cast(shape, rows.dtype))

    tokens = tf.cond(tf.shape(rows)[0] > 0, cut, lambda: tf.fill(shape, PADDING_ID))
    return tf.ensure_shape(tokens, [None, length])
