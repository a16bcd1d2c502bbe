"""The served graph: raw named features in, one float32 a row and output out."""

from collections.abc import Mapping
from pathlib import Path

import keras
import tensorflow as tf

from mtl_rec.models.probabilities import probability_model
from mtl_rec.preprocess.preprocessor import Preprocessor

SIGNATURE = "serving_default"

SCHEMA_FILE = "assets.extra/schema.json"
"""Features and funnel, beside what TensorFlow Serving reads."""


class Servable(tf.Module):
    """Preprocessing and model as one TensorFlow function.

    Only the weights and the look-up table are tracked. Keras' own export tracks the
    model as well, and then writes every weight twice (keras#23553).

    Attributes:
        specs: Name, shape and type of every raw feature.
        score: Raw features to outputs by name, `(batch,)` float32.
    """

    def __init__(self, preprocessor: Preprocessor, model: keras.Model) -> None:
        super().__init__(name="servable")
        encode = preprocessor.graph
        scored = probability_model(model)
        self.specs = encode.raw_signature()
        self.table = encode.lookup.table
        self.weights = [weight.value for weight in scored.weights]
        self._schema_json = preprocessor.schema.to_json()

        def score(raw: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
            outputs = scored(encode(raw), training=False)
            return {
                name: tf.cast(tf.reshape(values, [-1]), tf.float32)
                for name, values in outputs.items()
            }

        self.score = tf.function(score, input_signature=[self.specs], autograph=False)

    def write(self, folder: Path) -> None:
        """Writes a SavedModel with the signature `serving_default`, and the schema."""
        tf.saved_model.save(
            self,
            str(folder),
            signatures={SIGNATURE: self.score.get_concrete_function()},
        )
        schema_path = folder / SCHEMA_FILE
        schema_path.parent.mkdir()
        schema_path.write_text(self._schema_json, encoding="utf-8")
