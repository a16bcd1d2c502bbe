"""R7: with nothing that changes bits, what is served has the bits of Keras.

Nothing: no oneDNN, no XLA, no rewriting of the graph, one thread inside an operation,
batches of one size. Keras runs in one process and TensorFlow's C library in another.
"""

import numpy as np
import pytest
from serving_load.differences import differing_bits, exact_settings, served_rows


@pytest.mark.slow
@pytest.mark.parametrize("batch_size", [1000, 10_000])
def test_no_bit_differs_over_ten_thousand_rows(batch_size, subject, complete, raw):
    version, _ = complete
    expected = subject.exact_predictions(batch_size)

    served = served_rows(version, raw, batch_size, exact_settings())

    assert {len(values) for values in expected.values()} == {10_000}
    assert len(np.unique(expected["click"])) > 5_000
    assert differing_bits(served, expected) == 0


def test_one_bit_is_noticed():
    expected = {"click": np.array([0.5, 0.25], np.float32)}
    other = {"click": np.nextafter(expected["click"], np.float32(1))}

    assert differing_bits(expected, expected) == 0
    assert differing_bits(other, expected) == 2
