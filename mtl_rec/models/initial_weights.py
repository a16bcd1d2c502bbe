"""Random weights to start from, the same on every backend."""

import random
from typing import Any, Literal

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="mtl_rec")
class InitialWeights(keras.initializers.Initializer):
    """Weights that NumPy draws.

    Keras' own initializers draw by the backend's generator, so that one seed gives
    other weights on every backend, and runs on two of them can't be compared.

    Args:
        distribution: `normal` with mean 0, or `uniform` around 0.
        scale: Standard deviation of the normal distribution, limit of the uniform one.
        seed: Equal seeds give equal weights. Without one, what
            `keras.utils.set_random_seed` set decides.
    """

    def __init__(
        self,
        distribution: Literal["normal", "uniform"],
        scale: float,
        seed: int | None = None,
    ) -> None:
        self.distribution = distribution
        self.scale = scale
        self.seed = seed
        # Drawn from where Keras takes the seeds that are not given.
        self._drawn = random.randint(1, 10**9) if seed is None else seed

    def __call__(self, shape, dtype=None):
        """Draws the weights; each call the same."""
        generator = np.random.default_rng(self._drawn)
        # In float32 at once: a table may be a large part of the memory.
        if self.distribution == "normal":
            values = generator.standard_normal(shape, np.float32)
        else:
            values = generator.random(shape, np.float32)
            values *= 2.0
            values -= 1.0
        values *= self.scale
        return ops.convert_to_tensor(values, dtype)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {
            "distribution": self.distribution,
            "scale": self.scale,
            "seed": self.seed,
        }


def glorot_limit(fan_in: int, fan_out: int) -> float:
    """Limit of the uniform distribution that keeps the variance through a layer.

    Reference: Glorot and Bengio, "Understanding the difficulty of training deep
    feedforward neural networks", AISTATS 2010.
    """
    return (6.0 / (fan_in + fan_out)) ** 0.5
