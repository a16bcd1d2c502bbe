import keras
import pytest

# XLA takes seconds for a model; without it JAX takes longer still.
JIT = None if keras.backend.backend() == "jax" else False


@pytest.fixture
def make_regularized(make_model):
    """A fresh trainable model without XLA where that is faster."""

    def make(**settings):
        return make_model(jit=JIT, **settings)

    return make
