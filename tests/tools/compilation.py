"""Whether XLA compiles the steps of tests that are not about compiling."""

import keras
import pytest

JIT = keras.backend.backend() == "jax"
"""Not on TensorFlow, where it takes seconds; on JAX nothing is fast without."""
EAGER = not JIT
"""The same for `run_eagerly` of models that take a step or two."""
SLOW_ON_TENSORFLOW = [] if JIT else [pytest.mark.slow]
"""Marks of what the slow tests try on TensorFlow, and those of models and training on
JAX, where `.ci/run` has no slow ones."""
