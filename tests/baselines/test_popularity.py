"""Shrunk means of items: by hand, and on odd rows."""

import dataclasses

import numpy as np
import pytest

from mtl_rec.baselines import fit_popularity
from mtl_rec.baselines.popularity import STRENGTHS
from mtl_rec.metrics import binary

from .conftest import FEATURES


def rates(exposures, column, mean, strength, labels, weights):
    """Of each id, loop by loop; `mean` of every id's rows."""
    ids = exposures.inputs["item_ids"][:, column]
    return {
        own: ((weights * labels)[ids == own].sum() + strength * mean[ids == own].mean())
        / (weights[ids == own].sum() + strength)
        for own in set(ids.tolist())
    }


@pytest.mark.parametrize("is_sampled", [False, True])
def test_items_are_shrunk_to_categories_and_those_to_the_mean(
    make_exposures, is_sampled
):
    weights = np.ones((3000, 1))
    if is_sampled:
        weights = np.random.default_rng(5).integers(1, 9, (3000, 1)).astype(float)
    train = make_exposures(3000, 0, weights=weights if is_sampled else None)
    validation, scored = make_exposures(1000, 1), make_exposures(500, 2)
    weights, click = weights[:, 0], train.labels["click"][:, 0]
    mean = np.full(3000, np.average(click, weights=weights))

    found = fit_popularity(train, validation, scored)

    chosen = found.chosen["click"]
    assert set(chosen) in ({"item_id"}, {"category", "item_id"})
    if "category" in chosen:
        above = rates(train, 0, mean, chosen["category"], click, weights)
        mean = np.array([above[i] for i in train.inputs["item_ids"][:, 0]])
    own = rates(train, 1, mean, chosen["item_id"], click, weights)
    expected = [own[item] for item in scored.inputs["item_ids"][:, 1]]
    np.testing.assert_allclose(found.predictions["click"], expected, rtol=1e-5)


def test_a_conditional_output_counts_rows_with_its_condition(make_exposures):
    train, validation, scored = (make_exposures(3000, seed) for seed in range(3))
    clicked = train.labels["click"][:, 0] == 1
    without_features = {"features": FEATURES[:2]}
    splits = [
        dataclasses.replace(
            split, schema=dataclasses.replace(split.schema, **without_features)
        )
        for split in (train, validation, scored)
    ]

    found = fit_popularity(*splits)

    # No item: one rate for all rows.
    rate = train.labels["purchase"][clicked].mean()
    np.testing.assert_allclose(found.predictions["purchase_given_click"], rate, 1e-5)
    assert found.chosen["purchase_given_click"] == {}


def test_an_item_that_never_was_there_has_its_category_s_rate(make_exposures):
    train, validation, scored = (make_exposures(4000, seed) for seed in range(3))
    items = train.inputs["item_ids"]
    items[items[:, 1] == 7, 1] = 3  # Both are of one category.
    is_new = scored.inputs["item_ids"][:, 1] == 7

    found = fit_popularity(train, validation, scored)

    assert len(set(found.predictions["click"][is_new])) == 1


def test_strengths_are_the_best_on_the_validation_rows(make_exposures, monkeypatch):
    splits = [make_exposures(2000, seed) for seed in range(3)]
    label = splits[1].labels["click"][:, 0]

    def loss():
        found = fit_popularity(splits[0], splits[1], splits[1])
        return binary.log_loss(label, found.predictions["click"])

    best = loss()

    for strength in STRENGTHS:
        monkeypatch.setattr("mtl_rec.baselines.popularity.STRENGTHS", (strength,))
        assert loss() >= best - 1e-7


@pytest.mark.parametrize("is_there", [0.0, 1.0])
def test_one_class_alone_is_predicted_nearly_surely(make_exposures, is_there):
    train, validation, scored = (make_exposures(99, seed) for seed in range(3))
    click = np.full((99, 1), is_there, "float32")
    train = dataclasses.replace(train, labels={**train.labels, "click": click})

    found = fit_popularity(train, validation, scored)

    expected = (is_there * 99 + 0.5) / 100
    np.testing.assert_allclose(found.predictions["click"], expected)


def test_values_are_means_of_items(make_exposures):
    splits = [make_exposures(800, seed) for seed in range(3)]

    found = fit_popularity(*splits)

    values = splits[0].labels["order_value"]
    predicted = found.predictions["order_value_given_purchase"]
    assert np.nanmin(values) < predicted.min()
    assert predicted.max() < np.nanmax(values)
    assert found.predictions["order_value"].max() < predicted.max()


def test_without_validation_rows_items_are_shrunk_all_the_same(make_exposures):
    train, scored = make_exposures(300), make_exposures(100, 2)
    validation = make_exposures(50, 1)
    nothing = np.zeros((50, 1), "float32")
    validation = dataclasses.replace(
        validation, labels={**validation.labels, "click": nothing, "purchase": nothing}
    )

    found = fit_popularity(train, validation, scored)

    assert found.chosen["purchase_given_click"] == {"item_id": 100.0}
    assert len(set(found.predictions["purchase_given_click"])) > 1


def test_another_feature_may_tell_items_apart(make_exposures):
    splits = [make_exposures(500, seed) for seed in range(3)]

    found = fit_popularity(*splits, item="category")

    both = [list(chosen) for chosen in found.chosen.values() if len(chosen) == 2]
    assert all(names == ["item_id", "category"] for names in both)
