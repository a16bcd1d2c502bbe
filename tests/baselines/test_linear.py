"""The linear baseline against scikit-learn on a dense matrix, and odd rows."""

import dataclasses
from importlib import util

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss

from mtl_rec.baselines import fit_linear
from mtl_rec.baselines.one_hot import num_columns, one_hot
from mtl_rec.baselines.teaching_rows import TeachingRows
from mtl_rec.errors import ConfigError
from mtl_rec.schema.stored_arrays import is_stored

from .conftest import SIZES


def dense(exposures):
    """Row by row, in the order of the features."""
    rows = []
    for row in range(len(exposures)):
        one = {name: own[row] for name, own in exposures.inputs.items()}
        category, item = one["item_ids"]
        price, missing = one["item_numbers"]
        rows.append(
            [
                *single(one["user_ids"][0], "user_id"),
                *mean(one["history"], "item_id"),
                *single(item, "item_id"),
                *single(category, "category"),
                *(price, missing),
                *mean(one["title"], "title"),
            ]
        )
    return np.array(rows)


def single(id_, name):
    return np.eye(SIZES[name])[id_]


def mean(ids, name):
    there = [single(id_, name) for id_ in ids if id_ != 0]
    return np.mean(there, axis=0) if there else np.zeros(SIZES[name])


def with_labels(exposures, **labels):
    return dataclasses.replace(exposures, labels={**exposures.labels, **labels})


def test_rows_are_one_hot_means_of_lists_and_numbers(make_exposures):
    exposures = make_exposures(50)

    found = one_hot(exposures)

    assert found.dtype == np.float32
    assert found.shape[1] == num_columns(exposures.schema)
    np.testing.assert_allclose(found.toarray(), dense(exposures), rtol=1e-6)


def test_rows_are_the_same_in_parts(make_exposures, monkeypatch):
    exposures = make_exposures(50)
    whole = one_hot(exposures).toarray()
    monkeypatch.setattr(
        type(exposures),
        "chunks",
        lambda own: (own.rows(start, min(start + 7, 50)) for start in range(0, 50, 7)),
    )

    np.testing.assert_array_equal(one_hot(exposures).toarray(), whole)
    assert not is_stored(exposures.inputs["title"])


@pytest.mark.parametrize("is_sampled", [False, True])
def test_events_are_those_of_scikit_learn_where_the_condition_holds(
    make_exposures, is_sampled, monkeypatch
):
    variances = (0.01, 0.1, 10.0)
    monkeypatch.setattr("mtl_rec.baselines.regressions.VARIANCES", variances)
    weights = None
    if is_sampled:
        weights = np.random.default_rng(3).integers(1, 9, (500, 1)).astype(float)
    train = make_exposures(500, 0, weights=weights)
    validation, scored = make_exposures(200, 1), make_exposures(100, 2)
    rows = train.labels["click"][:, 0] == 1
    label = train.labels["purchase"][rows, 0]
    judged = validation.labels["click"][:, 0] == 1
    losses = {}
    for variance in variances:
        model = LogisticRegression(C=variance, tol=1e-8, max_iter=2000)
        counted = None if weights is None else weights[rows, 0]
        model.fit(dense(train)[rows], label, counted)
        losses[variance] = log_loss(
            validation.labels["purchase"][judged, 0],
            model.predict_proba(dense(validation)[judged])[:, 1],
        )

    found = fit_linear(train, validation, scored)

    chosen = found.chosen["purchase_given_click"]["variance"]
    assert losses[chosen] <= min(losses.values()) + 1e-4
    model = LogisticRegression(C=chosen, tol=1e-8, max_iter=2000)
    model.fit(dense(train)[rows], label, counted)
    np.testing.assert_allclose(
        found.predictions["purchase_given_click"],
        model.predict_proba(dense(scored))[:, 1],
        atol=4e-3,
    )


def test_of_many_rows_some_choose_the_strength_and_all_are_fitted(
    make_exposures, monkeypatch
):
    monkeypatch.setattr("mtl_rec.baselines.regressions.MOST_SEARCHED_ROWS", 120)
    train, validation, scored = (make_exposures(500, seed) for seed in range(3))

    found = fit_linear(train, validation, scored)

    chosen = found.chosen["click"]["variance"]
    model = LogisticRegression(C=chosen, tol=1e-8, max_iter=2000)
    model.fit(dense(train), train.labels["click"][:, 0])
    np.testing.assert_allclose(
        found.predictions["click"], model.predict_proba(dense(scored))[:, 1], atol=4e-3
    )


@pytest.mark.parametrize("num_positives", [1, 30, 400, 499])
def test_some_rows_have_both_labels_in_the_same_shares(num_positives):
    labels = np.zeros(500)
    labels[np.random.default_rng(0).permutation(500)[:num_positives]] = 1
    rows = TeachingRows(np.arange(500), labels, np.ones(500), True)

    some = rows.taken(rows.spread(100))

    assert len(some) == 100
    assert some.teaches
    assert some.labels.sum() == pytest.approx(num_positives / 5, abs=1)
    assert np.all(np.diff(some.places) > 0)
    np.testing.assert_array_equal(some.labels, labels[some.places])


def test_values_are_those_of_ridge_regression(make_exposures):
    train, validation, scored = (make_exposures(300, seed) for seed in range(3))
    bought = train.labels["purchase"][:, 0] == 1

    found = fit_linear(train, validation, scored)

    name = "order_value_given_purchase"
    model = Ridge(1 / found.chosen[name]["variance"])
    model.fit(dense(train)[bought], train.labels["order_value"][bought, 0])
    expected = model.predict(dense(scored))
    np.testing.assert_allclose(found.predictions[name], expected, rtol=2e-2)
    # What was made is found again.
    truth = 10 + 3 * scored.inputs["item_numbers"][:, 0]
    assert np.corrcoef(found.predictions[name], truth)[0, 1] > 0.95


def test_every_output_is_predicted_of_every_row(make_exposures):
    train, validation, scored = (make_exposures(200, seed) for seed in range(3))

    found = fit_linear(train, validation, scored)

    names = [output.name for output in train.schema.funnel.outputs()]
    assert list(found.predictions) == list(found.chosen) == names
    for values in found.predictions.values():
        assert values.shape == (200,)
        assert values.dtype == np.float32
        assert np.isfinite(values).all()


def test_where_one_class_is_missing_the_rate_is_predicted(make_exposures):
    train, validation, scored = (make_exposures(200, seed) for seed in range(3))
    nothing = np.zeros((200, 1), "float32")
    train = with_labels(train, purchase=nothing, order_value=nothing * np.nan)

    found = fit_linear(train, validation, scored)

    for output in ("purchase", "purchase_given_click"):
        rate = found.predictions[output][0]
        assert 0 < rate < 0.01
        np.testing.assert_array_equal(found.predictions[output], rate)
        assert found.chosen[output] == {"variance": None}
    np.testing.assert_array_equal(
        found.predictions["order_value_given_purchase"], np.zeros(200)
    )


def test_no_validation_rows_leave_a_middling_strength(make_exposures):
    train, scored = make_exposures(200), make_exposures(100, 2)
    validation = make_exposures(50, 1)
    nothing = np.zeros((50, 1), "float32")
    validation = with_labels(validation, click=nothing, purchase=nothing)

    found = fit_linear(train, validation, scored)

    assert found.chosen["purchase_given_click"] == {"variance": 0.1}


def test_without_scikit_learn_the_extra_is_named(make_exposures, monkeypatch):
    exposures = make_exposures(10)
    monkeypatch.setattr(
        "mtl_rec.baselines.linear.find_spec",
        lambda name: None if name == "sklearn" else util.find_spec(name),
    )

    with pytest.raises(ConfigError, match=r"pip install 'mtl-rec\[baselines\]'"):
        fit_linear(exposures, exposures, exposures)
