"""Predictions for a split that need not fit into memory."""

import keras
import numpy as np

from mtl_rec.schema.encoded import EncodedExposures


def predict_chunks(
    model: keras.Model, exposures: EncodedExposures, batch_size: int
) -> dict[str, np.ndarray]:
    """What `model.predict` gives, with the inputs of a chunk in memory at a time.

    Args:
        model: With named inputs, all of which the exposures have, and named outputs.
        exposures: Encoded rows; labels are not needed.
        batch_size: Rows per prediction.
    """
    names = [tensor.name for tensor in keras.tree.flatten(model.input)]
    parts: dict[str, list[np.ndarray]] = {}
    for chunk in exposures.chunks():
        inputs = {name: chunk.inputs[name] for name in names}
        outputs = model.predict(inputs, batch_size=batch_size, verbose=0)
        for name, output in outputs.items():
            parts.setdefault(name, []).append(output)
    return {name: np.concatenate(own) for name, own in parts.items()}
