"""Predictions in which a language model reads every text once, a few at a time."""

from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np

from mtl_rec.models.encoders.pretrained_text import PretrainedText

TEXTS_AT_ONCE = 128
"""What a language model has in memory of a text is much more than its vector."""


class TextVectors:
    """A model taken apart: what reads texts, and all that follows.

    Args:
        model: With named inputs and outputs.

    Attributes:
        rest: Takes the vectors of texts instead of their ids; the model itself where
            no language model is in it.
    """

    def __init__(self, model: keras.Model) -> None:
        taken = {tensor.name: tensor for tensor in keras.tree.flatten(model.input)}
        self._readers: dict[str, tuple[str, keras.Model]] = {}
        for ids, vectors in _texts(model):
            self._readers[vectors.name] = ids.name, _without_xla(ids, vectors)
            taken[vectors.name] = vectors
        self._read_here = {ids for ids, _ in self._readers.values()}
        self.rest = model
        if self._readers:
            kept = {n: own for n, own in taken.items() if n not in self._read_here}
            self.rest = _without_xla(kept, model.output)

    def __call__(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The inputs of `rest`, from those of the model."""
        given = {n: own for n, own in inputs.items() if n not in self._read_here}
        for name, (ids, reader) in self._readers.items():
            given[name] = _read(reader, inputs[ids])
        return given


def _texts(
    model: keras.Model,
) -> Iterator[tuple[keras.KerasTensor, keras.KerasTensor]]:
    """The inputs that language models read, and what they make of them."""
    inputs = {id(tensor) for tensor in keras.tree.flatten(model.input)}
    for layer in model.layers:
        if isinstance(layer, PretrainedText):
            for node in layer._inbound_nodes:
                (ids,), (vectors,) = node.input_tensors, node.output_tensors
                if id(ids) in inputs:
                    yield ids, vectors


def _without_xla(inputs: Any, outputs: Any) -> keras.Model:
    """XLA on a CPU is no faster at large products, and takes long to compile them."""
    model = keras.Model(inputs, outputs)
    model.compile(jit_compile=keras.backend.backend() == "jax")
    return model


def _read(reader: keras.Model, ids: np.ndarray) -> np.ndarray:
    """Vectors of all rows, of which equal ones are read once."""
    texts, rows = np.unique(ids, axis=0, return_inverse=True)
    # One size for all: another one would be compiled again.
    missing = -len(texts) % TEXTS_AT_ONCE
    padded = np.pad(texts, ((0, missing), (0, 0)), mode="edge")
    vectors = reader.predict(padded, batch_size=TEXTS_AT_ONCE, verbose=0)
    return vectors[rows.reshape(-1)]
