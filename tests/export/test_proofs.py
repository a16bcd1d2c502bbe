import re
from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from mtl_rec.export.proofs import Listing, SignatureProof
from mtl_rec.export.requests import arrays_of, candidates_of, first_rows, requests_to

ANY = [None, None]


def spec(shape, dtype=tf.float32):
    return tf.TensorSpec(shape, dtype)


@pytest.fixture
def ranking() -> SignatureProof:
    """Four users with seven candidates each; the hour is that of all candidates."""
    score = np.random.default_rng(0).random((4, 7), np.float32)
    return SignatureProof(
        {"user": spec([None], tf.string), "price": spec(ANY), "hour": spec(ANY)},
        {"score": spec(ANY), "order": spec(ANY, tf.int32)},
        rows={
            "user": np.array([b"a", b"b", b"c", b"d"], object),
            "price": score * 2,
            "hour": np.ones((4, 1), np.float32),
        },
        expected={"score": score, "order": np.argsort(-score)[:, :3].astype(np.int32)},
        orders={"order": "score"},
    )


def test_requests_are_all_rows_the_first_and_the_first_three(proof):
    requests = {r.name: r.inputs["price"].tolist() for r in requests_to(proof)}

    assert requests == {
        "a batch of 5": proof.rows["price"].tolist(),
        "a batch of 1": proof.rows["price"][:1].tolist(),
        "a batch of 3": proof.rows["price"][:3].tolist(),
    }


def test_a_ranking_is_also_asked_of_one_candidate(ranking):
    request = list(requests_to(ranking))[-1]

    assert request.name == "a batch of 1 with 1 candidate"
    arrays = {**request.inputs, **request.expected}
    assert {name: values.shape for name, values in arrays.items()} == {
        "user": (1,),
        "price": (1, 1),
        "hour": (1, 1),
        "score": (1, 1),
        "order": (1, 1),
    }


def test_fewer_candidates_leave_the_best_of_them(ranking):
    request = first_rows(ranking, "two of four", 2, 2)

    assert request.inputs["price"].shape == request.expected["score"].shape == (2, 2)
    assert request.inputs["hour"].shape == (2, 1)
    assert request.expected["order"].tolist() == [[0, 1], [1, 0]]


def test_only_signatures_that_take_any_number_of_candidates_have_some(proof, ranking):
    wide = {"classes": spec(ANY, tf.string)}
    classes = np.full((5, 2), "click", object)

    assert candidates_of(ranking) == 7
    assert candidates_of(proof) == 0
    assert (
        candidates_of(replace(proof, outputs=wide, expected={"classes": classes})) == 0
    )


def test_a_list_of_any_length_in_the_inputs_alone_is_no_candidates(ranking):
    excluded = replace(
        ranking,
        outputs={"score": spec([None, 7])},
        expected={"score": ranking.expected["score"]},
        orders={},
    )

    assert candidates_of(excluded) == 0
    assert [request.name for request in requests_to(excluded)] == [
        "a batch of 4",
        "a batch of 1",
        "a batch of 3",
    ]


def test_rows_take_the_declared_type():
    ages = {"age": spec([None], tf.int32)}
    rows = {"age": np.array([30, 40], np.int64)}
    outputs = {"click": spec([None])}
    proof = SignatureProof(ages, outputs, rows, {"click": np.zeros(2, np.float32)})

    assert arrays_of({"score": proof})["score/a batch of 2/age"].dtype == np.int32


ONE_OUTPUT = {"click": spec([None])}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"rows": {"item": np.zeros(5)}},
            "`rows` must have the names ['item', 'price'], one or more. Received: ['it",
        ),
        (
            {
                "rows": {"item": np.array(["a"]), "price": np.zeros(1)},
                "outputs": ONE_OUTPUT,
                "expected": {"click": np.zeros(1, np.float32)},
            },
            "`rows` must hold 2 rows or more. Received: 1.",
        ),
        (
            {"outputs": {}, "expected": {}},
            "`expected` must have the names [], one or more. Received: [].",
        ),
        (
            {"outputs": ONE_OUTPUT, "expected": {"click": np.zeros(5)}},
            "`expected['click']` must be float32 [-1] for 5 rows (-1 is any size). "
            "Received: float64 [5].",
        ),
        (
            {"outputs": ONE_OUTPUT, "expected": {"click": np.zeros((5, 1), "float32")}},
            "`expected['click']` must be float32 [-1] for 5 rows (-1 is any size). "
            "Received: float32 [5, 1].",
        ),
        (
            {"outputs": ONE_OUTPUT, "expected": {"click": np.zeros(4, np.float32)}},
            "for 5 rows (-1 is any size). Received: float32 [4].",
        ),
        (
            {
                "outputs": {"click": spec([None], tf.float64)},
                "expected": {"click": np.zeros(5)},
            },
            "`outputs['click']` must be one of ['float32', 'int32', 'string']. "
            "Received: float64.",
        ),
        (
            {
                "outputs": {"click": spec([5])},
                "expected": {"click": np.zeros(5, np.float32)},
            },
            "must be declared with a first dimension of any size, the batch. Received:",
        ),
        (
            {"orders": {"order": "click"}},
            "`orders` must name outputs of ['click', 'purchase']. Received: order=cl",
        ),
        (
            {"listings": {"click": Listing("purchase", np.empty((5, 0), object))}},
            "with scores of `shares`, []. Received: click=purchase.",
        ),
    ],
    ids=[
        "inputs",
        "one row",
        "no output",
        "float64",
        "a column",
        "fewer rows",
        "a type REST lacks",
        "a fixed batch",
        "an order of nothing",
        "a list by scores that are not exact",
    ],
)
def test_a_proof_that_does_not_fit_its_rows_is_refused(changed, message, proof):
    with pytest.raises(ValueError, match=re.escape(message)):
        replace(proof, **changed)
