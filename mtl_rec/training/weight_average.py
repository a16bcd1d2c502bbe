"""A moving average of the weights, validated and kept in the place of the last ones."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np

from mtl_rec.errors import ArtifactError
from mtl_rec.training.batches import Batches

LEAST_UPDATES = 16
"""Of the average in an epoch of so many items, and never twice as many: each reads all
weights, which may be gigabytes."""

_PREFIX = "average/"
_ITEMS = f"{_PREFIX}items"


class WeightAverage(keras.callbacks.Callback):
    """Has the average in the place of the weights while an epoch ends.

    At a constant learning rate the weights wander about what they have found, most of
    all those of rare ids, and their average is nearer to it. Training goes on from the
    weights themselves, which `put_back` puts back.

    After update `n` of the average, weights of `k` updates before count `d ** k`, where
    `d` halves in the half-life, divided by the sum of all, as in Adam.

    References: Polyak and Juditsky, "Acceleration of Stochastic Approximation by
    Averaging", SIAM Journal on Control and Optimization 1992; Izmailov et al.,
    "Averaging Weights Leads to Wider Optima and Better Generalization", UAI 2018.

    Args:
        half_life_epochs: After which weights count half.
        batches: What is trained on.
    """

    def __init__(self, half_life_epochs: float, batches: Batches) -> None:
        super().__init__()
        self._every = max(1, batches.num_items // LEAST_UPDATES)
        updates = half_life_epochs * batches.num_items / self._every
        self._decay = 0.5 ** (1 / updates)
        self._items = 0
        self._average: list[np.ndarray] = []
        self._latest: list[np.ndarray] = []

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Called by Keras after every item."""
        self._items += 1
        if self._items % self._every:
            return
        share = (1 - self._decay) / (1 - self._decay ** (self._items // self._every))
        weights = _values(self.model)
        if not self._average:
            self._average = weights
            return
        for average, weight in zip(self._average, weights, strict=True):
            weight -= average
            weight *= np.float32(share)
            average += weight

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras."""
        self._latest = _values(self.model)
        _assign(self.model, self._average)

    def put_back(self) -> None:
        """The weights that training goes on from."""
        _assign(self.model, self._latest)
        self._latest = []

    def arrays(self) -> Iterator[tuple[str, np.ndarray]]:
        """All that it goes on from, by name."""
        yield _ITEMS, np.array(self._items)
        for number, average in enumerate(self._average):
            yield f"{_PREFIX}{number:04d}", average

    def restore(self, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Goes on from what `arrays` gave.

        Args:
            arrays: That, among others.

        Returns:
            The others.

        Raises:
            ArtifactError: It is not there.
        """
        if _ITEMS not in arrays:
            raise ArtifactError(
                "A checkpoint of a training with `average_half_life_epochs` must have "
                "an average. Received: one without. Start afresh, with `--fresh` or in "
                "another folder."
            )
        self._items = int(arrays[_ITEMS])
        own = [name for name in sorted(arrays) if name.startswith(_PREFIX)]
        self._average = [arrays[name] for name in own if name != _ITEMS]
        return {name: array for name, array in arrays.items() if name not in own}


def averaged(
    average: WeightAverage | None, callbacks: Sequence[keras.callbacks.Callback]
) -> list[keras.callbacks.Callback]:
    """Callbacks that see the average at the end of an epoch, if there is one."""
    if average is None:
        return [*callbacks]
    put_back = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: average.put_back()
    )
    return [average, *callbacks, put_back]


def _values(model: keras.Model) -> list[np.ndarray]:
    return [np.array(variable) for variable in model.trainable_variables]


def _assign(model: keras.Model, values: list[np.ndarray]) -> None:
    for variable, value in zip(model.trainable_variables, values, strict=True):
        variable.assign(value)
