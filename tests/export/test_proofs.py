import re

import numpy as np
import pytest
import tensorflow as tf

from mtl_rec.errors import VerificationError
from mtl_rec.export.proofs import SignatureProof, check_answers, rows_of
from mtl_rec.export.rungs.rung_protocol import answer


@pytest.fixture
def answers(proof):
    """What a perfect model answers to every batch, as a rung hands it over."""
    rows = {f"score/{name}": values for name, values in proof.expected.items()}
    answers = answer(rows, "score", proof.expected, lambda batch: batch)
    return {key: values.copy() for key, values in answers.items()}


def refused(reason):
    return pytest.raises(VerificationError, match=re.escape(reason))


def check(proof, answers):
    return check_answers("a rung", {"score": proof}, answers, tolerance=1e-6)


def test_equal_answers_have_no_difference(proof, answers):
    assert check(proof, answers) == 0.0


def test_the_largest_difference_of_all_is_returned(proof, answers):
    answers["score/click/5"][1] += 5e-7
    answers["score/purchase/3"][2] -= 8e-7

    assert check(proof, answers) == pytest.approx(8e-7, abs=1e-7)


def test_the_worst_answer_is_named_with_both_values(proof, answers):
    answers["score/click/5"][1] += 2e-6
    answers["score/click/5"][3] = 0.75

    with refused("Output 'click' of 'score' is 0.75 at row 3 of 5. Expected: 0.679178"):
        check(proof, answers)


def test_a_small_batch_is_named(proof, answers):
    answers["score/purchase/1"][0] = 0.5

    with refused("Output 'purchase' of 'score' is 0.5 at row 0 of 1. Expected: 0.38"):
        check(proof, answers)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_an_answer_that_is_no_number_is_refused(value, proof, answers):
    answers["score/click/5"][4] = value

    with refused(
        f"Output 'click' of 'score' is {value} at row 4 of 5. Expected: 0.5, w"
    ):
        check(proof, answers)


def test_an_answer_expected_to_be_no_number_is_refused(proof, answers):
    nowhere = {name: np.full(5, np.nan, np.float32) for name in proof.expected}
    hopeless = SignatureProof(proof.inputs, proof.rows, nowhere)

    with refused("at row 0 of 5. Expected: nan, within 1e-06."):
        check(hopeless, answers)


def test_a_missing_output_is_refused(proof, answers):
    del answers["score/click/3"]

    with refused("rung 'a rung': Output 'click' of 'score' is missing."):
        check(proof, answers)


def test_an_answer_for_another_number_of_rows_is_refused(proof, answers):
    answers["score/click/1"] = answers["score/click/5"]

    with refused("must have shape (1,) for a batch of 1. Received: (5,)."):
        check(proof, answers)


def test_rows_take_the_declared_type():
    ages = {"age": tf.TensorSpec([None], tf.int32)}
    rows = {"age": np.array([30, 40], np.int64)}
    proof = SignatureProof(ages, rows, {"click": np.zeros(2, np.float32)})

    assert rows_of({"score": proof})["score/age"].dtype == np.int32


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"rows": {"item": np.zeros(5)}}, "`rows` must have the inputs ['item', 'pri"),
        (
            {"rows": {"item": np.array(["a"]), "price": np.zeros(1)}},
            "`rows` must hold 2 rows or more. Received: 1.",
        ),
        ({"expected": {}}, "`expected` must have an output. Received: none."),
        (
            {"expected": {"click": np.zeros(5)}},
            "`expected['click']` must be float32 (5,). Received: float64 (5,).",
        ),
        (
            {"expected": {"click": np.zeros((5, 1), np.float32)}},
            "`expected['click']` must be float32 (5,). Received: float32 (5, 1).",
        ),
    ],
    ids=["inputs", "one row", "no output", "float64", "a column"],
)
def test_a_proof_that_does_not_fit_its_rows_is_refused(changed, message, proof):
    parts = {"inputs": proof.inputs, "rows": proof.rows, "expected": proof.expected}

    with pytest.raises(ValueError, match=re.escape(message)):
        SignatureProof(**{**parts, **changed})
