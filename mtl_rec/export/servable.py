"""The served graph: raw named features in, one float32 a row and output out."""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import tensorflow as tf

from mtl_rec.config.export import Ranking
from mtl_rec.config.served_names import (
    CLASSIFY,
    EXAMPLES,
    PACKED,
    RANK,
    ROWS,
    regress_signature,
)
from mtl_rec.export.ranking import RankingGraph
from mtl_rec.export.signed_module import SignedModule, Specs
from mtl_rec.export.text_readers import predictions_of
from mtl_rec.models.probabilities import probability_model
from mtl_rec.preprocess.examples import parse_examples
from mtl_rec.preprocess.preprocessor import Preprocessor
from mtl_rec.preprocess.raw_columns import PackedColumns

Tensors = Mapping[str, tf.Tensor]


class Servable(SignedModule):
    """Preprocessing and model as TensorFlow functions, one for each signature.

    Only the weights, the look-up table and what cuts texts are tracked. Keras' own
    export tracks the model as well, and then writes every weight twice (keras#23553).

    Args:
        preprocessor: That encoded what the model was trained on.
        model: From `build_model` or `make_trainable`, trained.
        ranking: How `rank` fuses the outputs into a score.

    Attributes:
        specs: By signature, name, shape and type of every input.
        ranking: As given.
    """

    def __init__(
        self,
        preprocessor: Preprocessor,
        model: keras.Model,
        ranking: Ranking | None = None,
    ) -> None:
        super().__init__(name="servable")
        self._encode = preprocessor.graph
        self._schema = preprocessor.schema
        self.ranking = ranking or Ranking()
        scored = probability_model(model)
        # Anything else that holds the model would be tracked.
        self._predict = predictions_of(scored)
        self.table = self._encode.lookup.table
        self.pieces = self._encode.token_tables()
        self.weights = [weight.value for weight in scored.weights]
        self.sign(self._calls(), self._schema)

    def _calls(self) -> dict[str, tuple[Callable[[Tensors], Any], Specs]]:
        """By signature, what it runs and its inputs."""
        rank = RankingGraph(self._encode, self._predict, self.ranking)
        packed = PackedColumns.specs(self._schema.features)
        calls = {
            ROWS: (self._score_rows, self._encode.raw_signature()),
            PACKED: (self._score_packed, packed),
            RANK: (rank, rank.specs),
            EXAMPLES: (self._score_parsed, _serialized("examples")),
            CLASSIFY: (self._classify, _serialized("inputs")),
        }
        for task in self._schema.tasks:
            regress = self._regression_of(task.name)
            calls[regress_signature(task.name)] = (regress, _serialized("inputs"))
        if not rank.has_candidates:
            del calls[RANK]
        return calls

    def _score_rows(self, raw: Tensors) -> dict[str, tf.Tensor]:
        return _served(self._predict(self._encode(raw)))

    def _score_packed(self, raw: Tensors) -> dict[str, tf.Tensor]:
        columns = PackedColumns(self._schema.features, raw)
        return _served(self._predict(self._encode.encode(columns)))

    def _score_parsed(self, raw: Tensors) -> dict[str, tf.Tensor]:
        rows = parse_examples(raw["examples"], self._schema.features)
        # Called as functions, signatures of others are in the graph once.
        return self._function(ROWS)(rows)

    def _classify(self, raw: Tensors) -> dict[str, tf.Tensor]:
        outputs = self._function(EXAMPLES)({"examples": raw["inputs"]})
        names = [task.name for task in self._schema.tasks]
        scores = tf.stack([outputs[name] for name in names], axis=1)
        return {
            "scores": scores,
            "classes": tf.broadcast_to(tf.constant(names), tf.shape(scores)),
        }

    def _regression_of(self, task: str) -> Callable[[Tensors], dict[str, tf.Tensor]]:
        return lambda raw: {
            "outputs": self._function(EXAMPLES)({"examples": raw["inputs"]})[task]
        }


def _served(outputs: Tensors) -> dict[str, tf.Tensor]:
    return {
        name: tf.cast(tf.reshape(values, [-1]), tf.float32)
        for name, values in outputs.items()
    }


def _serialized(name: str) -> dict[str, tf.TensorSpec]:
    return {name: tf.TensorSpec([None], tf.string, name=name)}
