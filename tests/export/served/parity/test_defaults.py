"""R8: as servers are set up, every way to ask gives what Keras predicts, in its order.

Within 1e-6: with oneDNN or without, in batches of any size, by rows or by examples,
over gRPC or REST.
"""

import numpy as np
import pytest
from serving_load.differences import (
    answers_in_batches,
    largest_difference,
    one_dnn,
    row_requests,
    wrongly_ordered,
)

from mtl_rec.export.answers import check_answers
from mtl_rec.export.c_library import ask_c_library
from mtl_rec.export.requests import arrays_of
from mtl_rec.serving.server_rung import local_server_rung

TOLERANCE = 1e-6
SIGNATURES = {"serving_default", "rank", "tf_example", "classify"} | {
    f"regress_{task}" for task in ("click", "purchase", "order_value")
}
ROWS_BY_BATCH = {1: 100, 13: 1000, 512: 10_000}


@pytest.fixture(scope="module", params=[True, False], ids=["oneDNN", "no oneDNN"])
def answers(request, complete, raw):
    """To all proofs, and to rows in batches, by one process of the C library."""
    version, proofs = complete
    asked = arrays_of(proofs)
    for size, rows in ROWS_BY_BATCH.items():
        asked |= row_requests({n: values[:rows] for n, values in raw.items()}, size)
    return ask_c_library("rows", version, asked, settings=one_dnn(request.param))


def test_every_signature_answers_as_keras_predicts(complete, answers):
    _, proofs = complete
    assert set(proofs) >= SIGNATURES

    assert check_answers("C library", proofs, answers, TOLERANCE) <= TOLERANCE


@pytest.mark.parametrize("size", ROWS_BY_BATCH)
def test_no_size_of_batch_changes_a_probability_or_the_order(size, answers, offline):
    rows = ROWS_BY_BATCH[size]
    expected = {name: values[:rows] for name, values in offline.items()}

    served = answers_in_batches(answers, size)

    assert largest_difference(served, expected) <= TOLERANCE
    for name, values in expected.items():
        tie = 2 * TOLERANCE * max(1.0, float(np.abs(values).max()))
        assert wrongly_ordered(served[name], values, tie) == 0


def test_grpc_and_rest_answer_as_keras_predicts(complete):
    version, proofs = complete

    for answers in local_server_rung().climb(version, proofs):
        assert check_answers("server", proofs, answers, TOLERANCE) <= TOLERANCE


def test_another_order_is_noticed():
    expected = np.array([0.1, 0.2, 0.3], np.float32)

    assert wrongly_ordered(expected + np.float32(1e-7), expected) == 0
    assert wrongly_ordered(np.array([0.1, 0.31, 0.3]), expected) == 1
