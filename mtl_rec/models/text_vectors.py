"""Predictions in which a language model reads every text once, a few at a time."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from mtl_rec.models.encoders.missing_vectors import MissingVectors, no_texts
from mtl_rec.models.layers.text_rows import TextRows, vectors_of_rows
from mtl_rec.pretrained.text_encoder import LENGTH_STEP
from mtl_rec.schema.fields import PADDING_ID

TEXTS_AT_ONCE = 128
"""What a language model has in memory of a text is much more than its vector."""


class TextVectors:
    """A model taken apart: what reads texts, and all that follows.

    Args:
        model: With named inputs.

    Attributes:
        rest: Takes vectors of texts too, and then does not read them; the model itself
            where no language model is in it.
    """

    def __init__(self, model: keras.Model) -> None:
        self._readers, self._fallbacks = {}, {}
        for rows in model.layers:
            if isinstance(rows, TextRows):
                (vectors,) = rows._inbound_nodes[0].input_tensors
                reader = vectors._keras_history.operation
                self._readers[rows.name] = rows.field, _Reader(reader)
            elif isinstance(rows, MissingVectors):
                self._fallbacks[rows.name] = rows.field, _Reader(rows.reader)
        names = [*self._readers, *self._fallbacks]
        self.rest = _GivenVectors(model, names) if names else model

    def __call__(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The inputs of `rest`, from those of the model but for optional ones."""
        vectors = {
            name: _read(reader, inputs[field])
            for name, (field, reader) in self._readers.items()
        }
        for name, (field, reader) in self._fallbacks.items():
            if field in inputs:
                vectors[name] = _read_some(reader, inputs[field])
        return {**inputs, **vectors}


class _Reader(keras.Model):
    """A language model by itself."""

    def __init__(self, reader: keras.layers.Layer) -> None:
        super().__init__(name="reader")
        self.reader = reader
        self.compile(jit_compile=_XLA)

    def call(self, ids: Any) -> Any:
        return self.reader(ids)


class _GivenVectors(keras.Model):
    """A model that gets vectors of texts by the name of their `TextRows`."""

    def __init__(self, model: keras.Model, names: list[str]) -> None:
        super().__init__(name="rest")
        self.whole, self.names = model, names
        self.compile(jit_compile=_XLA)

    def call(self, inputs: Any) -> Any:
        others = {n: own for n, own in inputs.items() if n not in self.names}
        others = {**no_texts(self.whole.layers), **others}
        with vectors_of_rows({name: inputs.get(name) for name in self.names}):
            return self.whole(others, training=False)


# XLA on a CPU is no faster at large products, and takes long to compile them.
_XLA = keras.backend.backend() == "jax"


def _read(reader: keras.Model, ids: np.ndarray) -> np.ndarray:
    """Vectors of all rows, of which equal ones are read once."""
    texts, rows = np.unique(ids, axis=0, return_inverse=True)
    # One size for all: another one would be compiled again.
    missing = -len(texts) % TEXTS_AT_ONCE
    padded = np.pad(texts, ((0, missing), (0, 0)), mode="edge")
    vectors = reader.predict(padded, batch_size=TEXTS_AT_ONCE, verbose=0)
    return vectors[rows.reshape(-1)]


def _read_some(reader: keras.Model, ids: np.ndarray) -> np.ndarray:
    """Vectors of the rows that have a text, and zeros for the others."""
    has_text = ids[:, 0] != PADDING_ID
    vectors = np.zeros((len(ids), reader.reader.shape.hidden_dim), np.float32)
    if has_text.any():
        texts = ids[has_text]
        longest = np.count_nonzero(texts, axis=1).max()
        # Few widths, as each is compiled.
        width = -(-longest // LENGTH_STEP) * LENGTH_STEP
        vectors[has_text] = _read(reader, texts[:, :width])
    return vectors
