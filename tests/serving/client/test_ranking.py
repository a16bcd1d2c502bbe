"""One user, many candidates: as row by row, in one request or in several."""

import numpy as np
import pandas as pd
import pytest

from mtl_rec.serving.client import Client, RequestError

USER = {"user_id": "u1", "history": ["i1", "i2"]}


@pytest.fixture(scope="module")
def candidates():
    random = np.random.default_rng(2)
    return [
        {"item_id": f"i{random.integers(30)}", "price": float(random.integers(9))}
        for _ in range(101)
    ]


@pytest.fixture(scope="module")
def hours():
    return [{"hour": str(number % 24)} for number in range(101)]


def test_candidates_get_the_probabilities_of_their_rows(client, candidates, hours):
    candidates = [c | h for c, h in zip(candidates, hours, strict=True)]
    ranking = client.rank(USER, candidates)

    by_row = client.predict([USER | candidate for candidate in candidates])
    assert sorted(ranking.probabilities) == ["click", "purchase"]
    for name, values in by_row.items():
        np.testing.assert_allclose(ranking.probabilities[name], values, atol=1e-6)
    score = by_row["click"] + by_row["purchase"]
    np.testing.assert_allclose(ranking.score, score, atol=1e-6)


def test_what_is_the_same_for_all_candidates_is_given_once(client, candidates):
    once = client.rank(USER | {"hour": "7"}, candidates)
    repeated = client.rank(USER, [c | {"hour": "7"} for c in candidates])

    np.testing.assert_allclose(once.score, repeated.score, atol=1e-6)


@pytest.mark.parametrize("size", [1, 10, 100, 101])
def test_several_requests_rank_as_one_does(url, client, candidates, size):
    request = USER | {"hour": "7"}
    one = client.rank(request, candidates)
    with Client(url, "shop", timeout_seconds=60, rows_per_request=size) as other:
        several = other.rank(request, candidates)

    np.testing.assert_allclose(several.score, one.score, atol=1e-6)
    # Scores of other batch sizes differ in their last bit: equal ones may swap.
    np.testing.assert_allclose(
        one.score[several.order], one.score[one.order], atol=1e-6
    )


def test_the_best_score_comes_first_and_equal_ones_keep_their_places(
    client, candidates
):
    ranking = client.rank(USER | {"hour": "7"}, candidates)

    places = [(-ranking.score[i], i) for i in ranking.order]
    assert places == sorted(places)
    assert len(set(ranking.score.tolist())) < len(candidates)
    assert sorted(ranking.order) == list(range(len(candidates)))


def test_candidates_may_be_a_frame(client, candidates):
    request = USER | {"hour": "7"}
    frame = client.rank(request, pd.DataFrame(candidates))

    assert frame.score.tolist() == client.rank(request, candidates).score.tolist()


def test_only_the_probabilities_asked_for_come_back(client, candidates):
    ranking = client.rank(USER | {"hour": "7"}, candidates, ["purchase"])

    assert list(ranking.probabilities) == ["purchase"]
    assert len(ranking.order) == len(candidates)


def test_no_candidates_are_a_ranking_of_none(client):
    ranking = client.rank(USER, [])

    sizes = {name: own.shape for name, own in ranking.probabilities.items()}
    assert sizes == {"click": (0,), "purchase": (0,)}
    assert ranking.score.shape == ranking.order.shape == (0,)


def test_features_that_are_not_there_can_be_sent_as_missing(client):
    sparse = client.rank({"user_id": "u1"}, [{"item_id": "i1"}], fill_missing=True)
    full = client.rank(
        {"user_id": "u1", "history": [], "hour": None},
        [{"item_id": "i1", "price": None}],
    )

    assert sparse.score.tolist() == full.score.tolist()


@pytest.mark.parametrize(
    ("request_", "candidate", "feature", "text"),
    [
        ({"hour": "7"}, {"history": ["i1"]}, "history", "is of the user"),
        ({"hour": "7", "item_id": "i1"}, {}, "item_id", "Received: in both."),
        ({}, {}, "hour", r"missing: \['hour'\]"),
        ({"hour": "7", "age": 3}, {}, "age", "no feature 'age'"),
        ({"hour": ["7"]}, {}, "hour", "Received: \\['7'\\] \\(list\\) in `request`"),
    ],
)
def test_features_in_the_wrong_place_are_named(
    client, request_, candidate, feature, text
):
    user = {name: value for name, value in USER.items() if name not in candidate}
    candidates = [{"item_id": "i1", "price": 1.0} | candidate]

    with pytest.raises(RequestError, match=text) as error:
        client.rank(user | request_, candidates)

    assert error.value.feature == feature


def test_candidates_without_features_are_refused(client):
    with pytest.raises(RequestError, match="must have a feature of their own"):
        client.rank(USER | {"hour": "7"}, [{}, {}])


def test_a_request_that_is_no_dict_is_refused(client):
    with pytest.raises(RequestError, match="`request` must be a dict"):
        client.rank([USER], [{"item_id": "i1"}])
