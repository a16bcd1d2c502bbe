import re
from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from mtl_rec.errors import VerificationError
from mtl_rec.export.answers import check_answers
from mtl_rec.export.proofs import SignatureProof
from mtl_rec.export.requests import requests_to
from mtl_rec.export.rungs.rung_protocol import array_name


def right_answers(proof, signature="score"):
    """What a perfect model answers to every request, as a rung hands it over."""
    return {
        array_name(signature, request.name, output): values.copy()
        for request in requests_to(proof)
        for output, values in request.expected.items()
    }


@pytest.fixture
def answers(proof):
    return right_answers(proof)


def refused(reason):
    return pytest.raises(VerificationError, match=re.escape(reason))


def check(proof, answers):
    return check_answers("a rung", {"score": proof}, answers, tolerance=1e-6)


def test_equal_answers_have_no_difference(proof, answers):
    assert check(proof, answers) == 0.0


def test_the_largest_difference_of_all_is_returned(proof, answers):
    answers["score/a batch of 5/click"][1] += 5e-7
    answers["score/a batch of 3/purchase"][2] -= 8e-7

    assert check(proof, answers) == pytest.approx(8e-7, abs=1e-7)


def test_the_worst_answer_is_named_with_both_values(proof, answers):
    answers["score/a batch of 5/click"][1] += 2e-6
    answers["score/a batch of 5/click"][3] = 0.75

    with refused("Output 'click' of 'score' is 0.75 at row 3. Expected: 0.679178"):
        check(proof, answers)


def test_a_small_batch_is_named(proof, answers):
    answers["score/a batch of 1/purchase"][0] = 0.5

    with pytest.raises(VerificationError, match=r"is 0\.5 at row 0.*a batch of 1\.$"):
        check(proof, answers)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_an_answer_that_is_no_number_is_refused(value, proof, answers):
    answers["score/a batch of 5/click"][4] = value

    with refused(f"Output 'click' of 'score' is {value} at row 4. Expected: 0.5, w"):
        check(proof, answers)


def test_an_answer_expected_to_be_no_number_is_refused(proof, answers):
    nowhere = {name: np.full(5, np.nan, np.float32) for name in proof.expected}

    with refused("at row 0. Expected: nan, within 1e-06"):
        check(replace(proof, expected=nowhere), answers)


def test_a_missing_output_is_refused(proof, answers):
    del answers["score/a batch of 3/click"]

    with refused("rung 'a rung': Output 'click' of 'score' is missing, for a batch of"):
        check(proof, answers)


def test_an_answer_for_another_number_of_rows_is_refused(proof, answers):
    answers["score/a batch of 1/click"] = answers["score/a batch of 5/click"]

    with refused("must be float32 [1]. Received: float32 [5], for a batch of 1."):
        check(proof, answers)


def test_an_answer_of_another_type_is_refused(proof, answers):
    for name, values in answers.items():
        answers[name] = values.astype(np.float64)

    with refused("must be float32 [5]. Received: float64 [5], for a batch of 5."):
        check(proof, answers)


@pytest.fixture
def classes(proof) -> SignatureProof:
    """Scores of two tasks and their names."""
    return replace(
        proof,
        outputs={
            "scores": tf.TensorSpec([None, 2], tf.float32),
            "classes": tf.TensorSpec([None, 2], tf.string),
        },
        expected={
            "scores": np.stack(list(proof.expected.values()), axis=1),
            "classes": np.array([["click", b"purchase"]] * 5, object),
        },
    )


def test_text_and_its_bytes_are_equal(classes):
    answers = right_answers(classes)
    answers["score/a batch of 5/classes"][:] = [[b"click", b"purchase"]] * 5

    assert check(classes, answers) == 0.0


def test_another_text_is_refused(classes):
    answers = right_answers(classes)
    answers["score/a batch of 3/classes"][1, 0] = b"clic"

    with refused("is b'clic' at row 1, column 0. Expected: b'click', for a batch of 3"):
        check(classes, answers)


def test_a_number_of_a_matrix_is_named_by_its_place(classes):
    answers = right_answers(classes)
    answers["score/a batch of 5/scores"][3, 1] = 2

    with refused("Output 'scores' of 'score' is 2 at row 3, column 1. Expected: 0.46"):
        check(classes, answers)


SCORES = np.array([[0.2, 0.9, 0.5, 0.5], [0.1, 0.3, 0.2, 0.4]], np.float32)


def ranking(width, **laws):
    candidates = tf.TensorSpec([None, None], tf.float32)
    return SignatureProof(
        {"price": candidates},
        {"score": candidates, "order": tf.TensorSpec([None, None], tf.int32)},
        rows={"price": SCORES},
        expected={
            "score": SCORES,
            "order": np.argsort(-SCORES, kind="stable")[:, :width].astype(np.int32),
        },
        orders={"order": "score"},
        **laws,
    )


@pytest.mark.parametrize(("factor", "is_right"), [(1 + 9e-5, True), (1 + 2e-4, False)])
def test_a_product_is_held_to_its_ratio_however_small(factor, is_right):
    proof = ranking(4, ratios={"score": 1e-4})
    expected = {**proof.expected, "score": SCORES * np.float32(1e-6)}
    proof = replace(proof, expected=expected)
    answers = right_answers(proof)
    answers["score/a batch of 2/score"] = expected["score"] * np.float32(factor)

    if is_right:
        assert check(proof, answers) == 0.0
        return
    with refused("within 0.0001 of it"):
        check(proof, answers)


def answered(order):
    order = np.array(order, np.int32)
    proof = ranking(order.shape[1])
    answers = right_answers(proof)
    answers["score/a batch of 2/order"] = order
    return check(proof, answers)


@pytest.mark.parametrize(
    "order",
    [
        [[1, 2, 3, 0], [3, 1, 2, 0]],
        [[1, 3, 2, 0], [3, 1, 2, 0]],
        [[1, 3], [3, 1]],
        [[1], [3]],
    ],
    ids=["best first", "ties the other way", "the best two", "the best"],
)
def test_an_order_with_the_best_first_is_accepted(order):
    assert answered(order) == 0.0


@pytest.mark.parametrize(
    "order",
    [
        [[0, 2, 3, 1], [3, 1, 2, 0]],
        [[1, 2, 3, 0], [3, 2, 1, 0]],
        [[2, 3], [3, 1]],
        [[1, 0], [3, 1]],
    ],
    ids=["worst first", "two of the second row", "without the best", "not the second"],
)
def test_an_order_that_is_no_sorting_is_refused(order):
    with refused("Output 'order' of 'score' must sort 'score', best first. Received: "):
        answered(order)


@pytest.mark.parametrize(
    "order", [[[1, 1], [3, 1]], [[1, 4], [3, 1]], [[1, -2], [3, 1]]]
)
def test_positions_that_are_not_candidates_are_refused(order):
    with refused("must name positions below 4, each once. Received: "):
        answered(order)
