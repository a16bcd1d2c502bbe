"""Clipping shortens what is too long and leaves all else as it is."""

import numpy as np
import pytest
from keras import ops

from mtl_rec.optimizers import LazyAdam
from mtl_rec.optimizers.clipping import clipped

SHORT, LONG = [0.3, 0.4], [3.0, 4.0]
"""Of norm a half and five."""


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ({}, [SHORT, LONG]),
        ({"clipnorm": 1.0}, [SHORT, [0.6, 0.8]]),
        ({"clipvalue": 0.35}, [[0.3, 0.35], [0.35, 0.35]]),
        # Both together are of norm 5.02, so that 6 clips neither.
        ({"global_clipnorm": 6.0}, [SHORT, LONG]),
        ({"global_clipnorm": 0.25 * 25.25**0.5}, [[0.075, 0.1], [0.75, 1.0]]),
    ],
)
def test_only_what_is_beyond_the_limit_is_shortened(setting, expected):
    gradients = [ops.convert_to_tensor(gradient) for gradient in (SHORT, LONG)]

    found = clipped(LazyAdam(**setting), gradients)

    for gradient, own in zip(found, expected, strict=True):
        np.testing.assert_allclose(ops.convert_to_numpy(gradient), own, rtol=1e-6)
