"""R24, R25: no rows get no answers; empty lists are lists without a past."""

import numpy as np
import pytest

from mtl_rec.evaluation import predict
from mtl_rec.schema import EncodedExposures
from mtl_rec.schema.fields import PADDING_ID

LISTS = ["history", "tags"]


def test_no_rows_get_no_answers(everywhere, known):
    for signature, outputs in everywhere(known.head(0)).items():
        for task, values in outputs.items():
            assert values.shape == (0,), (signature, task)
            assert values.dtype == np.float32


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("padding", [[""], [""] * 3, [""] * 9])
def test_a_list_of_padding_is_an_empty_one(
    everywhere, assert_same, known, name, padding
):
    empty = known.assign(**{name: [[] for _ in range(len(known))]})
    padded = known.assign(**{name: [padding for _ in range(len(known))]})

    assert_same(everywhere(padded), everywhere(empty))


def test_a_batch_of_nothing_is_the_declared_default(
    everywhere, assert_same, known, model, preprocessor
):
    """Every list and text has no element: its mean is the zero vector."""
    encoded = preprocessor.encode(known, with_labels=False)
    inputs = {name: values.copy() for name, values in encoded.inputs.items()}
    for name in (*LISTS, "title"):
        assert (inputs[name] != PADDING_ID).any()
        inputs[name][:] = PADDING_ID
    expected = predict(model, EncodedExposures(preprocessor.schema, inputs, {}))

    nothing = [[] for _ in range(len(known))]
    answers = everywhere(known.assign(history=nothing, tags=nothing, title=" ?! "))

    assert_same(answers, dict.fromkeys(answers, expected), tolerance=1e-6)
