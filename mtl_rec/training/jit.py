"""Where compiling a step's dense part by XLA pays."""

import keras

from mtl_rec.models.layers.field_linear import on_gpu


def jit_compile_of(jit: bool | None) -> bool | str:
    """What `TrainableModel.compile` takes for the `jit` of a config."""
    return "auto" if jit is None else jit


def jit_pays(model: keras.Model) -> bool:
    """Not on a CPU with dropout, whose random numbers XLA draws slowly there.

    Measured on TensorFlow with Keras' layer, 8 experts of 16 units, batch 512, two
    cores: 125 microseconds of CPU per row under XLA, 30 without.
    """
    dropout = keras.layers.Dropout  # Not ours, whose masks are hashes.
    layers = model._flatten_layers(include_self=False)
    drops = any(isinstance(layer, dropout) and layer.rate > 0 for layer in layers)
    return not drops or on_gpu()
