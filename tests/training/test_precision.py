"""`training.precision` changes what a step computes in, and nothing else."""

import keras
import numpy as np
import pytest

from mtl_rec.models import load_model
from mtl_rec.models.layers import TaskHeads
from mtl_rec.training import Batches
from mtl_rec.training.precision import computed_in


def trained(make_model, exposures, precision, **settings):
    model = make_model(precision=precision, dropout=0.1, **settings)
    batches = Batches(exposures, 64, steps_per_call=3)
    history = model.fit(batches, epochs=3, shuffle=False, verbose=0)
    return model, np.array(history.history["loss"])


def test_bfloat16_steps_learn_what_float32_steps_learn(make_model, exposures):
    exact, exact_losses = trained(make_model, exposures, "float32")
    mixed, mixed_losses = trained(make_model, exposures, "mixed_bfloat16")

    assert (mixed_losses != exact_losses).all()
    np.testing.assert_allclose(mixed_losses, exact_losses, rtol=0.01)
    for one, other in zip(exact.get_weights(), mixed.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=0.02)


def test_all_that_is_kept_is_float32(make_model, exposures):
    model, _ = trained(make_model, exposures, "mixed_bfloat16")

    kept = [*model.weights, *model.optimizer.variables]
    types = {keras.backend.standardize_dtype(variable.dtype) for variable in kept}
    assert types <= {"float32", "int32", "uint32", "int64"}
    assert {layer.dtype_policy.name for layer in model.layers} == {"float32"}


def test_what_is_saved_predicts_the_same_bits_and_goes_on_as_it_was(
    make_model, exposures, tmp_path
):
    model, _ = trained(make_model, exposures, "mixed_bfloat16")
    model.save(tmp_path / "model.keras")

    loaded = load_model(tmp_path / "model.keras")

    inputs = dict(exposures.inputs)
    ours, theirs = (m.predict(inputs, verbose=0) for m in (model, loaded))
    for name, predicted in ours.items():
        assert predicted.dtype == np.float32
        np.testing.assert_array_equal(predicted, theirs[name])
    assert loaded.precision == "mixed_bfloat16"


def test_logits_have_all_digits(make_model):
    heads = TaskHeads(dtype="mixed_bfloat16")
    heads.build((None, 1, 3))
    heads.kernel.assign([[1.0, 1.0, 2.0**-12]])

    logits = heads(keras.ops.ones((1, 1, 3), "bfloat16"))

    assert float(logits[0, 0]) == 2 + 2.0**-12


def test_layers_are_as_they_were_even_if_a_trace_fails(make_model):
    layers = make_model().layers

    def trace_and_fail():
        with computed_in(layers, "mixed_bfloat16"):
            assert {layer.compute_dtype for layer in layers} == {"bfloat16"}
            raise RuntimeError

    with pytest.raises(RuntimeError):
        trace_and_fail()

    assert {layer.compute_dtype for layer in layers} == {"float32"}


def test_another_precision_is_refused(make_model):
    model = make_model()

    with pytest.raises(ValueError, match="float16 needs loss scaling"):
        model.compile(model.optimizer, model.loss, precision="mixed_float16")
