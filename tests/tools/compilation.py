"""Whether XLA compiles the steps of tests that are not about compiling."""

import keras

JIT = None if keras.backend.backend() == "jax" else False
"""Not on TensorFlow, where it takes seconds; on JAX nothing is fast without."""
EAGER = JIT is False
"""The same for `run_eagerly` of models that take a step or two."""
