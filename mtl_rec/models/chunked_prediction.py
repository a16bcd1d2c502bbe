"""Predictions for a split that need not fit into memory."""

import keras
import numpy as np

from mtl_rec.models.text_vectors import TextVectors
from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.schema.encoded_checks import require_valid_inputs


def predict_chunks(
    model: keras.Model, exposures: EncodedExposures, batch_size: int
) -> dict[str, np.ndarray]:
    """What `model.predict` gives, with the inputs of a chunk in memory at a time.

    Texts for a language model are read once each, however many rows have them.

    Args:
        model: With named inputs, all of which the exposures have, and named outputs.
        exposures: Encoded rows; labels are not needed.
        batch_size: Rows per prediction.

    Raises:
        SchemaError: Inputs are not what their schema says.
    """
    names = [tensor.name for tensor in keras.tree.flatten(model.input)]
    parts = {
        name: [np.empty((0, *tensor.shape[1:]), np.float32)]
        for name, tensor in model.output.items()
    }
    first_row, text_vectors = 0, TextVectors(model)
    for chunk in exposures.chunks():
        require_valid_inputs(chunk, names, first_row)
        first_row += len(chunk)
        inputs = {n: chunk.inputs[n] for n in names if n in chunk.inputs}
        outputs = text_vectors.rest.predict(
            text_vectors(inputs), batch_size=batch_size, verbose=0
        )
        for name, output in outputs.items():
            parts[name].append(output)
    return {name: np.concatenate(own) for name, own in parts.items()}
