"""A factorization of ids beside two towers."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from mtl_rec.retrieval.id_factors import (
    ids_alone,
    item_ids_alone,
    user_ids_alone,
    with_factors,
)
from mtl_rec.retrieval.id_features import IdFeatures
from mtl_rec.retrieval.id_fields import ids_of_values
from mtl_rec.retrieval.tower_inputs import TowerInputs
from mtl_rec.retrieval.towers import PRIOR, build_towers
from mtl_rec.retrieval.two_towers import TwoTowers, vectors

NUM_ITEMS, SHARE = 6, 0.7


def randomised(towers, seed):
    """Every weight is drawn anew, so that none is 0 or like another."""
    random = np.random.default_rng(seed)
    for weight in (*towers.query.weights, *towers.candidate.weights):
        if keras.backend.is_float_dtype(weight.dtype):
            weight.assign(random.normal(scale=0.3, size=weight.shape))
    return towers


@pytest.fixture(scope="module")
def design(prepared, design_of):
    return design_of(prepared)


@pytest.fixture(scope="module")
def inputs(prepared):
    """Of all users of the validation part, and one whom nobody knows; some items."""
    item_id = prepared.id_features.item
    read = TowerInputs.of(prepared.preprocessor, prepared.interactions, item_id)
    users = {name: own.copy() for name, own in read.asking.items()}
    schema, ids = prepared.preprocessor.schema, prepared.id_features
    ids_of_values(schema, ids.user, users)[0] = 1
    return users, {name: own[:NUM_ITEMS] for name, own in read.catalogue.items()}


@pytest.fixture(scope="module")
def pairs(design):
    """Towers of all fields, those of ids alone, and both as one."""
    towers = randomised(build_towers(design), 0)
    factors = randomised(build_towers(ids_alone(design)), 1)
    return towers, factors, with_factors(towers, factors, design, SHARE)


def scores(towers, users, items):
    return vectors(towers.query, users) @ vectors(towers.candidate, items).T


def test_scores_are_a_share_of_both_and_the_prior_counts_once(
    prepared, pairs, inputs, design
):
    towers, factors, both = pairs
    users, items = inputs
    schema, ids = design.schema, design.ids
    of_ids = (
        user_ids_alone(users, schema, ids),
        item_ids_alone(items, schema, ids),
    )
    user_ids = ids_of_values(schema, ids.user, users)
    is_known = user_ids > schema.vocabularies[ids.user].num_out_of_vocabulary
    assert 0 < is_known.sum() < len(is_known)
    prior = np.outer(
        vectors(towers.query, users)[:, -1], vectors(towers.candidate, items)[:, -1]
    )
    prior_of_ids = np.outer(
        vectors(factors.query, of_ids[0])[:, -1],
        vectors(factors.candidate, of_ids[1])[:, -1],
    )

    found = scores(both, users, items)

    share = np.where(is_known, SHARE, 1.0)
    of_all_fields = scores(towers, users, items) - prior
    alone = scores(factors, *of_ids) - prior_of_ids
    np.testing.assert_allclose(
        found, share * (of_all_fields + alone) + prior, rtol=1e-4, atol=1e-4
    )


def test_both_read_what_the_towers_read(pairs):
    towers, _, both = pairs

    for name in ("query", "candidate"):
        own, whole = getattr(towers, name).input, getattr(both, name).input
        assert {n: (x.shape, x.dtype) for n, x in own.items()} == {
            n: (x.shape, x.dtype) for n, x in whole.items()
        }


def test_the_prior_is_held_once(pairs):
    _, _, both = pairs

    priors = [own for own in both.candidate.weights if PRIOR in own.path]

    assert len(priors) == 1
    assert not any(PRIOR in own.path for own in both.query.weights)


def test_both_are_saved_and_loaded_as_one(pairs, inputs, tmp_path):
    _, _, both = pairs
    loaded = []
    for name in ("query", "candidate"):
        getattr(both, name).save(tmp_path / f"{name}.keras")
        loaded.append(keras.models.load_model(tmp_path / f"{name}.keras"))

    np.testing.assert_array_equal(
        scores(TwoTowers(*loaded), *inputs), scores(both, *inputs)
    )


def test_inputs_of_ids_are_those_of_a_factorization(prepared, prepare):
    alone = prepare("matrix_factorization")
    of_alone = TowerInputs.of(
        alone.preprocessor, alone.interactions, alone.id_features.item
    )
    whole = TowerInputs.of(
        prepared.preprocessor, prepared.interactions, prepared.id_features.item
    )

    found = whole.of_ids_alone(prepared.preprocessor.schema, prepared.id_features)

    for one, other in (
        (found.train.users, of_alone.train.users),
        (found.train.items, of_alone.train.items),
        (found.validation.items, of_alone.validation.items),
        (found.asking, of_alone.asking),
        (found.catalogue, of_alone.catalogue),
    ):
        assert one.keys() == other.keys()
        for name, values in one.items():
            np.testing.assert_array_equal(values, other[name])


@pytest.mark.parametrize("kind", ["content", "matrix_factorization"])
def test_other_towers_have_none(kind, prepare, design_of):
    assert ids_alone(design_of(prepare(kind))) is None


@pytest.mark.parametrize("ids", [(None, "item_id"), ("user_id", None)])
def test_without_ids_of_both_there_is_none(ids, design):
    assert ids_alone(design) is not None
    assert ids_alone(replace(design, ids=IdFeatures(*ids))) is None
