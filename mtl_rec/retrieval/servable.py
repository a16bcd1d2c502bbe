"""The served graph: raw features of users in, the best items of a catalogue out."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from mtl_rec.config.feature_section import Side
from mtl_rec.config.served_names import (
    EXCLUDED,
    EXCLUDING,
    ITEM_IDS,
    ITEM_VECTORS,
    ROWS,
    SCORES,
    USER_VECTORS,
    VECTOR,
)
from mtl_rec.export.signed_module import SignedModule, Specs
from mtl_rec.preprocess.graph import EncodingGraph
from mtl_rec.retrieval.best_items import BestItems
from mtl_rec.retrieval.item_places import ItemPlaces
from mtl_rec.retrieval.lists import NO_SCORE
from mtl_rec.retrieval.model import RetrievalModel, Tensors


class RetrievalServable(SignedModule):
    """Preprocessing, scores and search as TensorFlow functions, one a signature.

    Args:
        model: Trained.
        top_k: Items in an answer; all of the catalogue, if it has fewer.

    Attributes:
        specs: By signature, name, shape and type of every input.
        width: Items in an answer.
    """

    def __init__(self, model: RetrievalModel, top_k: int) -> None:
        super().__init__(name="retrieval")
        encode = model.preprocessor.graph
        self._schema = model.preprocessor.schema
        self._encode_user = encode.of_sides("user")
        self._encode_item = encode.of_sides("item")
        self._encoders = (model.encode_users, model.encode_items)
        self._best = BestItems(model.score, len(model.catalogue), top_k)
        self.width = self._best.width
        self.table = encode.lookup.table
        self.pieces = encode.token_tables()
        self.weights = list(model.variables)
        self.items = ItemPlaces(model.catalogue.item_ids)
        self.sign(self._calls(), self._schema)

    def ask(self, signature: str, inputs: Tensors) -> dict[str, tf.Tensor]:
        """What a signature answers, before it is written."""
        return self._function(signature)(inputs)

    def packed(self, side: Side) -> list[str]:
        """The inputs that a side's raw features are packed into."""
        encode = self._encode_user if side == "user" else self._encode_item
        specs = [encode.raw_signature()]
        graph = tf.function(encode, input_signature=specs, autograph=False)
        return list(graph.get_concrete_function().structured_outputs)

    def _calls(self) -> dict[str, tuple[Callable[[Tensors], Any], Specs]]:
        """By signature, what it runs and its inputs."""
        users = self._encode_user.raw_signature()
        excluded = tf.TensorSpec([None, None], tf.string, name=EXCLUDED)
        calls: dict[str, tuple[Callable[[Tensors], Any], Specs]] = {
            ROWS: (self._retrieve, users),
            EXCLUDING: (self._retrieve_others, {**users, EXCLUDED: excluded}),
        }
        encode_users, encode_items = self._encoders
        if encode_users is not None:
            calls[USER_VECTORS] = _vectors_of(self._encode_user, encode_users)
        if encode_items is not None:
            calls[ITEM_VECTORS] = _vectors_of(self._encode_item, encode_items)
        return calls

    def _retrieve(self, raw: Tensors) -> dict[str, tf.Tensor]:
        return self._named(*self._best(self._encode_user(raw)))

    def _retrieve_others(self, raw: Tensors) -> dict[str, tf.Tensor]:
        users = {name: values for name, values in raw.items() if name != EXCLUDED}
        excluded = self.items.places(raw[EXCLUDED])
        return self._named(*self._best(self._encode_user(users), excluded))

    def _named(self, scores: tf.Tensor, places: tf.Tensor) -> dict[str, tf.Tensor]:
        ids = tf.where(scores > NO_SCORE, self.items.ids(places), "")
        return {ITEM_IDS: ids, SCORES: scores}


def _vectors_of(
    encode: EncodingGraph, model: Callable[[Tensors], tf.Tensor]
) -> tuple[Callable[[Tensors], dict[str, tf.Tensor]], Specs]:
    """What answers a side's raw features with vectors, and its inputs."""
    return lambda raw: {VECTOR: model(encode(raw))}, encode.raw_signature()
