"""What every kind of retrieval model comes down to: a score of each item."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import tensorflow as tf

from mtl_rec.preprocess import Preprocessor
from mtl_rec.retrieval.catalogue import Catalogue

Tensors = Mapping[str, tf.Tensor]
Score = Callable[[Tensors], tf.Tensor]


@dataclass(frozen=True)
class RetrievalModel:
    """Raw features of a user to a score of every item of a catalogue.

    Attributes:
        preprocessor: Encodes raw features; those of side `user` are what a request has.
        score: Packed inputs of the user's side, `(batch, width)` each, to `(batch,
            items)` float32: the higher, the sooner an item is retrieved. TensorFlow
            operations alone, on `variables` and constants.
        variables: What an export must track.
        catalogue: The items, in the order of the scores.
        encode_items: Packed inputs of the item's side to `(batch, dim)` vectors, and
            `encode_users` those of the user's side, where the score is their dot
            product; None of models without vectors.
    """

    preprocessor: Preprocessor
    score: Score
    variables: tuple[tf.Variable, ...]
    catalogue: Catalogue
    encode_items: Callable[[Tensors], tf.Tensor] | None = None
    encode_users: Callable[[Tensors], tf.Tensor] | None = None
