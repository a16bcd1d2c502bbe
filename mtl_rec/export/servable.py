"""The served graph: raw named features in, one float32 a row and output out."""

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from mtl_rec.config.export import Ranking
from mtl_rec.export.ranking import RankingGraph
from mtl_rec.models.probabilities import probability_model
from mtl_rec.preprocess.examples import parse_examples
from mtl_rec.preprocess.preprocessor import Preprocessor
from mtl_rec.preprocess.raw_columns import PackedColumns

ROWS, PACKED, RANK = "serving_default", "packed", "rank"
EXAMPLES, CLASSIFY = "tf_example", "classify"
"""Signatures; a task has `regress_<task>` besides."""

SCHEMA_FILE = "assets.extra/schema.json"
"""Features and funnel, beside what TensorFlow Serving reads."""

Tensors = Mapping[str, tf.Tensor]


def regress_signature(task: str) -> str:
    """The signature that answers `Regress` requests with one task."""
    return f"regress_{task}"


class Servable(tf.Module):
    """Preprocessing and model as TensorFlow functions, one for each signature.

    Only the weights and the look-up table are tracked. Keras' own export tracks the
    model as well, and then writes every weight twice (keras#23553).

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
        self._predict = partial(scored, training=False)
        self._rank = RankingGraph(self._encode, self._predict, self.ranking)
        self.table = self._encode.lookup.table
        self.weights = [weight.value for weight in scored.weights]
        self.specs = self._all_specs()
        # Functions that other signatures call are in the graph once.
        self.score = self._function(self._score_rows, self.specs[ROWS])
        self.score_examples = self._function(self._score_parsed, self.specs[EXAMPLES])

    def write(self, folder: Path) -> None:
        """Writes a SavedModel with every signature, and the schema."""
        tf.saved_model.save(self, str(folder), signatures=self._signatures)
        schema_path = folder / SCHEMA_FILE
        schema_path.parent.mkdir()
        schema_path.write_text(self._schema.to_json(), encoding="utf-8")

    def _all_specs(self) -> dict[str, dict[str, tf.TensorSpec]]:
        specs = {
            ROWS: self._encode.raw_signature(),
            PACKED: PackedColumns.specs(self._schema.features),
        }
        if self._rank.has_candidates:
            specs[RANK] = self._rank.specs
        specs[EXAMPLES] = _serialized("examples")
        by_task = [regress_signature(task.name) for task in self._schema.tasks]
        return specs | dict.fromkeys([CLASSIFY, *by_task], _serialized("inputs"))

    @cached_property
    def _signatures(self) -> dict[str, Any]:
        functions = {
            PACKED: self._function(self._score_packed, self.specs[PACKED]),
            RANK: self._function(self._rank, self._rank.specs),
            CLASSIFY: self._function(self._classify, _serialized("inputs")),
        }
        for task in self._schema.tasks:
            regress = self._regression_of(task.name)
            functions[regress_signature(task.name)] = self._function(
                regress, _serialized("inputs")
            )
        functions |= {ROWS: self.score, EXAMPLES: self.score_examples}
        return {name: functions[name].get_concrete_function() for name in self.specs}

    @staticmethod
    def _function(call: Callable, specs: dict[str, tf.TensorSpec]) -> Any:
        return tf.function(call, input_signature=[specs], autograph=False)

    def _score_rows(self, raw: Tensors) -> dict[str, tf.Tensor]:
        return _served(self._predict(self._encode(raw)))

    def _score_packed(self, raw: Tensors) -> dict[str, tf.Tensor]:
        columns = PackedColumns(self._schema.features, raw)
        return _served(self._predict(self._encode.encode(columns)))

    def _score_parsed(self, raw: Tensors) -> dict[str, tf.Tensor]:
        return self.score(parse_examples(raw["examples"], self._schema.features))

    def _classify(self, raw: Tensors) -> dict[str, tf.Tensor]:
        outputs = self.score_examples({"examples": raw["inputs"]})
        names = [task.name for task in self._schema.tasks]
        scores = tf.stack([outputs[name] for name in names], axis=1)
        return {
            "scores": scores,
            "classes": tf.broadcast_to(tf.constant(names), tf.shape(scores)),
        }

    def _regression_of(self, task: str) -> Callable[[Tensors], dict[str, tf.Tensor]]:
        return lambda raw: {
            "outputs": self.score_examples({"examples": raw["inputs"]})[task]
        }


def _served(outputs: Tensors) -> dict[str, tf.Tensor]:
    return {
        name: tf.cast(tf.reshape(values, [-1]), tf.float32)
        for name, values in outputs.items()
    }


def _serialized(name: str) -> dict[str, tf.TensorSpec]:
    return {name: tf.TensorSpec([None], tf.string, name=name)}
