"""Every number that a compiled model holds, by name."""

from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np

from mtl_rec.errors import ArtifactError, TrainingError

_METRICS = "metrics"


def state_arrays(model: keras.Model) -> Iterator[tuple[str, np.ndarray]]:
    """Weights, state of random numbers, optimizer and metrics, by name.

    Raises:
        TrainingError: A weight is not a number.
    """
    for name, variable in _variables(model).items():
        array = np.asarray(keras.ops.convert_to_numpy(variable))
        if not name.startswith(_METRICS) and not _is_finite(array):
            raise TrainingError(
                f"All weights must be numbers. Received: NaN or infinity in '{name}'. "
                "The weights have diverged: lower `training.optimizer.learning_rate`."
            )
        yield name, array


def restore_arrays(model: keras.Model, arrays: Mapping[str, np.ndarray]) -> None:
    """Puts back what `state_arrays` gave.

    Args:
        model: Built and compiled in the same way.
        arrays: By name.

    Raises:
        ArtifactError: The arrays are another model's.
    """
    variables = _variables(model)
    wanted = {name: tuple(variable.shape) for name, variable in variables.items()}
    given = {name: array.shape for name, array in arrays.items()}
    if wanted != given:
        differing = sorted(set(wanted.items()) ^ set(given.items()))
        raise ArtifactError(
            "A checkpoint must be of the model that goes on training. Received: one "
            f"that differs in {differing[:4]}. Start afresh, with `--fresh` or in "
            "another folder."
        )
    for name, variable in variables.items():
        variable.assign(arrays[name])


def restore_metrics(model: keras.Model, arrays: Mapping[str, np.ndarray]) -> None:
    """Puts back the running metrics alone, which Keras resets as an epoch begins."""
    for name, variable in _variables(model).items():
        if name.startswith(_METRICS):
            variable.assign(arrays[name])


def _variables(model: keras.Model) -> dict[str, Any]:
    groups = {
        "trainable": model.trainable_variables,
        "other": model.non_trainable_variables,
        "optimizer": model.optimizer.variables,
        _METRICS: model.metrics_variables,
    }
    return {
        f"{group}/{number:04d}/{variable.name}": variable
        for group, variables in groups.items()
        for number, variable in enumerate(variables)
    }


def _is_finite(array: np.ndarray) -> bool:
    # A sum is not finite if an entry is not, and needs no array of its own.
    return array.dtype.kind != "f" or bool(np.isfinite(array.sum(dtype=np.float64)))
