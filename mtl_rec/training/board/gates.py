"""How tasks mix their experts."""

import keras
import numpy as np

from mtl_rec.models.layers.mixture_of_experts import MixtureOfExperts
from mtl_rec.schema.encoded import EncodedExposures


class GateReader:
    """Reads the gates of every `MixtureOfExperts` layer; without one it reads nothing.

    Args:
        model: Functional.
        exposures: Rows to take the mean over, few enough to be one batch.
    """

    def __init__(self, model: keras.Model, exposures: EncodedExposures) -> None:
        logits = {
            layer.name: layer.input[0]
            for layer in model.layers
            if isinstance(layer, MixtureOfExperts)
        }
        given = keras.tree.flatten(model.input)
        self._logits = keras.Model(model.input, logits) if logits else None
        self._inputs = exposures.inputs_of(tensor.name for tensor in given)
        self._tasks = [task.name for task in exposures.schema.tasks]

    def measure(self) -> dict[str, float]:
        """By tag, each expert's mean weight and the gates' mean entropy.

        The entropy is in units of its largest value: 1 where all experts weigh the
        same, 0 where one has all the weight.
        """
        if self._logits is None:
            return {}
        # `predict` would take ten times as long to set up its input.
        outputs = self._logits.predict_on_batch(self._inputs)
        values: dict[str, float] = {}
        for layer, logits in outputs.items():
            prefix = f"{layer}_" if len(outputs) > 1 else ""
            weights = _softmax(logits.astype(np.float64))
            for name, own in zip(self._tasks, np.moveaxis(weights, 1, 0), strict=True):
                values[f"gate_entropy/{prefix}{name}"] = _entropy(own)
                for expert, weight in enumerate(own.mean(axis=0).tolist()):
                    values[f"gate_weight/{prefix}{name}_expert_{expert}"] = weight
        return values


def _softmax(logits: np.ndarray) -> np.ndarray:
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def _entropy(weights: np.ndarray) -> float:
    logs = np.log(np.maximum(weights, np.finfo(np.float64).tiny))
    entropy = -(weights * logs).sum(axis=1).mean()
    return float(entropy / np.log(weights.shape[1]))
