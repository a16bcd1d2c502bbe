"""`rank`: the same probabilities as row by row, one score, one order."""

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from mtl_rec.config.export import Ranking
from mtl_rec.config.features import Categorical, Numeric
from mtl_rec.config.model import Model, SharedBottom
from mtl_rec.config.tasks import Task
from mtl_rec.export.scores import fused_scores
from mtl_rec.export.servable import Servable
from mtl_rec.models import build_model
from mtl_rec.preprocess import Preprocessor

USERS = ("hour", "user_id", "history", "age")
EXPECTED_OUTPUTS = {"click", "purchase", "purchase_given_click", "score", "order"}


def request(raw, requests, candidates):
    """Users of the first rows, each with other rows' items, and the same row by row."""
    of_user = np.repeat(np.arange(requests), candidates)
    of_item = np.arange(requests * candidates)
    ranked, rows = {}, {}
    for name, values in raw.items():
        rows[name] = values[of_user if name in USERS else of_item]
        shape = (requests, candidates, *values.shape[1:])
        ranked[name] = (
            values[:requests] if name in USERS else values[of_item].reshape(shape)
        )
    return ranked, rows


@pytest.mark.parametrize(
    ("requests", "candidates"), [(1, 1), (1, 500), (1, 2000), (3, 7), (20, 30)]
)
def test_candidates_score_as_rows_do(answer, score, raw, requests, candidates):
    ranked, rows = request(raw, requests, candidates)

    answers, expected = answer("rank", ranked), score(rows)

    assert set(answers) == set(expected) | {"score", "order"} >= EXPECTED_OUTPUTS
    for name, values in expected.items():
        assert answers[name].shape == (requests, candidates)
        distance = np.abs(answers[name].ravel() - values)
        assert (distance <= 1e-6 * np.maximum(1, np.abs(values))).all(), name


def test_the_score_is_the_product_of_the_declared_factors(answer, raw):
    ranked, _ = request(raw, 2, 40)
    answers = answer("rank", ranked)

    price = ranked["price"].astype(np.float64)
    expected = answers["click"] ** 0.5 * (3 * answers["purchase_given_click"]) ** 2
    expected = expected * np.where(np.isfinite(price) & (price > 0), price, 0)
    np.testing.assert_allclose(answers["score"], expected, rtol=1e-5, atol=1e-12)


def test_the_order_is_of_the_best_and_best_first(answer, raw):
    ranked, _ = request(raw, 3, 40)

    answers = answer("rank", ranked)

    assert answers["order"].dtype == np.int32
    for scores, order in zip(answers["score"], answers["order"], strict=True):
        np.testing.assert_array_equal(order, np.argsort(-scores, kind="stable")[:5])


def test_fewer_candidates_than_the_best_are_all_ordered(answer, raw):
    ranked, _ = request(raw, 1, 3)

    assert sorted(answer("rank", ranked)["order"][0]) == [0, 1, 2]


@pytest.mark.parametrize("price", [np.nan, np.inf, -1.0, 0.0])
def test_a_factor_that_is_unusable_puts_a_candidate_last(answer, raw, price):
    ranked, _ = request(raw, 1, 4)
    ranked["price"] = np.array([[5.0, price, 7.0, 9.0]], np.float32)

    answers = answer("rank", ranked)

    assert answers["score"][0, 1] == 0
    assert answers["order"][0, -1] == 1
    assert np.isfinite(answers["score"]).all()


def test_one_value_holds_for_all_candidates(answer, raw):
    given_once, _ = request(raw, 2, 9)
    spelled_out = dict(given_once)
    for name in ("brand", "price", "tags"):
        given_once[name] = given_once[name][:, :1]
        spelled_out[name] = np.repeat(given_once[name], 9, axis=1)

    answers = answer("rank", given_once)

    assert given_once["tags"].shape == (2, 1, 2)
    for name, values in answer("rank", spelled_out).items():
        np.testing.assert_array_equal(answers[name], values)


def test_no_candidates_are_ranked_as_none(answer, raw):
    ranked, _ = request(raw, 1, 4)
    none = {n: v if n in USERS else v[:, :0] for n, v in ranked.items()}

    assert {values.shape for values in answer("rank", none).values()} == {(1, 0)}


@pytest.mark.parametrize(
    ("name", "shape"),
    [("item_id", (1, 3)), ("tags", (1, 4, 3)), ("history", (1, 4)), ("user_id", (2,))],
)
def test_another_number_of_values_is_refused(answer, raw, name, shape):
    ranked, _ = request(raw, 1, 4)
    ranked[name] = np.full(shape, ranked[name].flat[0])

    with pytest.raises((tf.errors.InvalidArgumentError, TypeError)):
        answer("rank", ranked)


def small_servable(sides, **settings):
    """A model of one feature for each side, and a price."""
    features = [
        Categorical(kind="categorical", name=f"{side}_id", side=side) for side in sides
    ]
    features.append(Numeric(kind="numeric", name="price", side=sides[0]))
    rows = pd.DataFrame(
        {
            **{f"{side}_id": ["a", "b", "c"] for side in sides},
            "price": [1.0, 2.0, 3.0],
            "click": [0, 1, 0],
        }
    )
    preprocessor = Preprocessor.fit(features, (Task(name="click"),), rows)
    bottom = SharedBottom(kind="shared_bottom", bottom_units=[4], tower_units=[2])
    model = build_model(Model(architecture=bottom), preprocessor.schema)
    return Servable(preprocessor, model, Ranking.model_validate(settings))


def test_without_candidates_there_is_no_ranking(tmp_path):
    servable = small_servable(["user"])
    servable.write(tmp_path / "1")

    assert "rank" not in servable.specs
    assert "rank" not in tf.saved_model.load(str(tmp_path / "1")).signatures


@pytest.mark.parametrize("sides", [["item"], ["context"], ["item", "context"]])
def test_without_a_user_candidates_are_ranked_all_the_same(sides, tmp_path):
    servable = small_servable(sides)
    servable.write(tmp_path / "1")
    rank = tf.saved_model.load(str(tmp_path / "1")).signatures["rank"]
    inputs = {f"{side}_id": tf.constant([["a", "b", "c", "?"]]) for side in sides}

    answers = rank(price=tf.constant([[1.0]]), **inputs)

    np.testing.assert_array_equal(answers["score"], answers["click"])
    assert sorted(answers["order"][0].numpy()) == [0, 1, 2, 3]


def test_a_number_of_the_user_may_multiply_the_score(tmp_path):
    servable = small_servable(["user", "item"], times="price")
    servable.write(tmp_path / "1")
    rank = tf.saved_model.load(str(tmp_path / "1")).signatures["rank"]

    answers = rank(
        user_id=tf.constant(["a", "b"]),
        price=tf.constant([2.0, 4.0]),
        item_id=tf.constant([["a", "b", "c"]] * 2),
    )

    factor = np.array([[2.0], [4.0]])
    np.testing.assert_allclose(answers["score"], answers["click"] * factor, rtol=1e-6)


def test_the_score_never_overflows_and_is_never_nan(model, preprocessor):
    huge = Ranking.model_validate(
        {"score": [{"output": "click", "weight": 1e30, "power": 40.0}]}
    )
    funnel = preprocessor.schema.funnel
    outputs = {"click": np.array([0.5, 0.0, np.nan, np.inf], np.float32)}

    scores = fused_scores(huge, funnel, outputs, {})

    assert scores.tolist() == [np.finfo(np.float32).max, 0, 0, 0]
