"""Answers that name the best of many things, best first."""

import re

import numpy as np
import pytest
import tensorflow as tf

from mtl_rec.errors import VerificationError
from mtl_rec.export.answers import check_answers
from mtl_rec.export.golden_rows import golden_rows, proofs_from
from mtl_rec.export.proofs import MOST_RUNNERS_UP, Listing, SignatureProof
from mtl_rec.export.requests import requests_to
from mtl_rec.export.rungs.rung_protocol import array_name

LOWEST = float(np.finfo(np.float32).min)
LISTED = np.array([["a", "b", "c", "d"], ["a", "b", "", ""]], object)
LISTED_SCORES = np.array([[9, 5, 5, 2], [0.3, 0.1, LOWEST, LOWEST]], np.float32)


def refused(reason):
    return pytest.raises(VerificationError, match=re.escape(reason))


def proof_of(runners_up=(["e"], [""])):
    """Of two rows with lists of four."""
    return SignatureProof(
        {"price": tf.TensorSpec([None], tf.float32)},
        {
            "names": tf.TensorSpec([None, 4], tf.string),
            "scores": tf.TensorSpec([None, 4], tf.float32),
        },
        {"price": np.zeros(2, np.float32)},
        {"names": LISTED, "scores": LISTED_SCORES},
        shares={"scores": 1e-5},
        listings={"names": Listing("scores", np.array(runners_up, object))},
    )


def listed(names=LISTED, scores=LISTED_SCORES, **how):
    """Answers to the proof."""
    proof = proof_of(**how)
    answers = {
        array_name("score", request.name, output): values
        for request in requests_to(proof)
        for output, values in request.expected.items()
    }
    answers["score/a batch of 2/names"] = np.array(names, object)
    answers["score/a batch of 2/scores"] = np.array(scores, np.float32)
    return check_answers("a rung", {"score": proof}, answers, tolerance=1e-6)


@pytest.mark.parametrize(
    "first",
    ["abcd", "acbd", "abce", [b"a", b"b", b"c", b"d"]],
    ids=["as expected", "a tie the other way", "nearly the last", "bytes"],
)
def test_a_list_whose_equals_change_places_is_accepted(first):
    assert listed(names=[[*first], [*"ab", "", ""]]) == 0.0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("bacd", "ab--"),
        ("abdc", "ab--"),
        ("eabc", "ab--"),
        ("abcf", "ab--"),
        ("abbd", "ab--"),
        ("abc-", "ab--"),
        ("abcd", "abc-"),
        ("abcd", "ba--"),
        ("abcd", "a-b-"),
    ],
)
def test_a_list_in_another_order_or_of_others_is_refused(first, second):
    names = [[letter.strip("-") for letter in row] for row in (first, second)]

    with refused("Output 'names' of 'score' is b'"):
        listed(names=names)


def test_anything_may_be_last_where_more_is_equal_than_could_be_kept():
    equal = [f"equal {number}" for number in range(MOST_RUNNERS_UP)]
    several = (equal, [""] * MOST_RUNNERS_UP)
    names = [[*"abc", "another"], [*"ab", "", ""]]

    assert listed(names=names, runners_up=several) == 0.0
    with refused("is b'another' at row 0, column 3"):
        listed(names=names, runners_up=(equal[1:], [""] * (MOST_RUNNERS_UP - 1)))


@pytest.mark.parametrize(("distance", "is_right"), [(8e-5, True), (2e-4, False)])
def test_a_sum_is_held_to_a_share_of_the_largest_of_its_row(distance, is_right):
    scores = LISTED_SCORES.copy()
    scores[0, 3] += distance

    if is_right:
        assert listed(scores=scores) == pytest.approx(distance / 9, rel=0.01)
        return
    with refused(
        "Output 'scores' of 'score' is 2.00020003 at row 0, column 3. Expected: 2, "
        "within 1e-05 of the largest in its row, for a batch of 2."
    ):
        listed(scores=scores)


def test_the_lowest_number_is_no_large_one_of_its_row():
    scores = LISTED_SCORES.copy()
    scores[1, 1] += 1e-5

    with refused("at row 1, column 1. Expected: 0.1"):
        listed(scores=scores)


def test_golden_rows_keep_what_may_change_places():
    kept = proofs_from(golden_rows({"score": proof_of()}))["score"]

    assert kept.shares == {"scores": 1e-5}
    assert kept.listings["names"].scores == "scores"
    assert kept.listings["names"].runners_up.tolist() == [[b"e"], [b""]]


def test_golden_rows_of_rankings_say_nothing_of_lists(many_proofs):
    assert {name for own in golden_rows(many_proofs).values() for name in own} == {
        "inputs",
        "outputs",
        "types",
        "orders",
        "ratios",
    }
