"""Texts that come up again in a batch, which a language model reads once."""

from collections.abc import Iterable, Mapping

import numpy as np

from mtl_rec.config.pretrained import Pretrained
from mtl_rec.models.layers.text_rows import text_of_row
from mtl_rec.schema.fields import IdListField
from mtl_rec.schema.schema import Schema
from mtl_rec.training.requests import Arrays, rounded_up

SAMPLE_BATCHES = 8
"""Batches by which it is judged how many texts one has."""


def text_inputs(schema: Schema) -> list[str]:
    """The inputs that language models read."""
    lists = (field for field in schema.fields if isinstance(field, IdListField))
    return [f.name for f in lists if isinstance(f.encoder, Pretrained)]


def usual_texts(batches: Iterable[Mapping[str, np.ndarray]], name: str) -> int:
    """Texts that a batch has at most, but for rare ones.

    Args:
        batches: Some of them, their inputs with a row for each text's place.
        name: Of the input.
    """
    most, rows = 0, 0
    for inputs in batches:
        rows = len(inputs[name])
        most = max(most, len(np.unique(_keys(inputs[name]))))
    return min(rows, rounded_up(most + 4 * most**0.5 + 2))


def with_distinct_texts(inputs: Arrays, capacities: Mapping[str, int]) -> Arrays:
    """Batches whose texts have a row each, and `text_of_row` of every row.

    Args:
        inputs: `(num_batches, rows, width)` each.
        capacities: By input, texts of a batch; where one has more, as many as rows.

    Returns:
        `(num_batches, texts, width)` of these inputs. Places that no text needs repeat
        the first.
    """
    packed = dict(inputs)
    for name, capacity in capacities.items():
        array = inputs[name]
        found = [
            np.unique(_keys(own), return_index=True, return_inverse=True)
            for own in array
        ]
        most = max(len(first) for _, first, _ in found)
        size = capacity if most <= capacity else array.shape[1]
        texts = np.empty((len(array), size, array.shape[2]), array.dtype)
        for batch, (_, first, _) in enumerate(found):
            texts[batch] = array[batch, first[0]]
            texts[batch, : len(first)] = array[batch, first]
        rows = np.stack([place for _, _, place in found])
        packed[name] = texts
        packed[text_of_row(name)] = rows.astype(np.int32)[..., np.newaxis]
    return packed


def _keys(texts: np.ndarray) -> np.ndarray:
    """Ids of texts, `(rows, width)`, as one value each, equal for equal texts."""
    whole = np.ascontiguousarray(texts)
    return whole.view(np.dtype((np.void, whole.dtype.itemsize * whole.shape[1])))[:, 0]
