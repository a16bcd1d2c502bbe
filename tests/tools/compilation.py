"""Whether XLA compiles the steps of tests that are not about compiling."""

import keras

JIT = keras.backend.backend() == "jax"
"""Not on TensorFlow, where it takes seconds; on JAX nothing is fast without."""
EAGER = not JIT
"""The same for `run_eagerly` of models that take a step or two."""
