"""Two towers that are trained as one model and served apart."""

import keras
import numpy as np
import pyarrow as pa
import pytest

from mtl_rec.retrieval.encoding import encode_side
from mtl_rec.retrieval.id_fields import (
    PRIOR_ID,
    ids_of_values,
    num_ids_of,
    with_prior_ids,
)
from mtl_rec.retrieval.towers import PAIR_SCALE, build_joint, build_towers, set_prior
from mtl_rec.retrieval.two_towers import CANDIDATE, QUERY

KINDS = ("two_tower", "content", "matrix_factorization")


def inputs_of(prepared, num_users=7, rows=None):
    """Packed inputs of some queries, and of items."""
    data, preprocessor = prepared.interactions, prepared.preprocessor
    users = data.query_rows["test"].slice(0, num_users)
    items = data.catalogue.rows.slice(0, 5) if rows is None else rows
    packed = encode_side(preprocessor, items, "item")
    item_id = prepared.id_features.item
    return (
        encode_side(preprocessor, users, "user"),
        with_prior_ids(packed, preprocessor.schema, item_id),
    )


def randomised(joint):
    """Every weight is drawn anew, so that none is 0 or like another."""
    random = np.random.default_rng(0)
    for weight in joint.weights:
        if keras.backend.is_float_dtype(weight.dtype):
            weight.assign(random.normal(scale=0.3, size=weight.shape))
    return joint


def called(model, inputs):
    outputs = model({name: inputs[name] for name in model.input})
    return keras.tree.map_structure(keras.ops.convert_to_numpy, outputs)


@pytest.fixture(scope="module", params=KINDS)
def built(request, prepare, design_of):
    """Of each kind: what was prepared, the joint model, and both towers."""
    prepared = prepare(request.param)
    design = design_of(prepared)
    joint, towers = randomised(build_joint(design)), build_towers(design)
    towers.take(joint)
    return prepared, joint, towers


def test_towers_apart_answer_what_they_answer_together(built):
    prepared, joint, towers = built
    users, items = inputs_of(prepared)

    together = called(joint, {**users, **items})

    assert len(together[QUERY]) == 7
    assert len(together[CANDIDATE]) == 5
    assert len(np.unique(together[QUERY].round(5), axis=0)) > 1
    np.testing.assert_array_equal(called(towers.query, users), together[QUERY])
    np.testing.assert_array_equal(called(towers.candidate, items), together[CANDIDATE])


def test_towers_know_their_own_side_alone(built):
    prepared, _, towers = built
    users, items = inputs_of(prepared)

    assert set(towers.query.input) <= set(users)
    assert set(towers.candidate.input) <= set(items)


def with_other_ids(rows):
    ids = rows["item_id"].to_pylist()
    place = rows.schema.get_field_index("item_id")
    return rows.set_column(place, "item_id", pa.array([*ids[1:], ids[0]]))


def test_content_alone_does_not_know_which_item_it_is(built):
    prepared, _, towers = built
    rows = prepared.interactions.catalogue.rows.slice(0, 5)

    own, other = (
        called(towers.candidate, inputs_of(prepared, rows=given)[1])
        for given in (rows, with_other_ids(rows))
    )

    is_content = prepared.config.retrieval.architecture.kind == "content"
    assert (own == other).all() == is_content


def test_content_knows_of_its_users_what_they_had(prepare, design_of):
    prepared = prepare("content")
    design = design_of(prepared)

    assert "history" in build_towers(design).query.input
    # Its vocabulary is the history's own: no field of the item has it.
    assert design.pairs() == [("past_brands", "brand")]


def test_a_factorization_reads_ids_alone(prepare, design_of):
    towers = build_towers(design_of(prepare("matrix_factorization")))

    assert set(towers.query.input) == {"user_ids"}
    assert set(towers.candidate.input) == {"item_ids", PRIOR_ID}


def test_a_score_has_the_logarithm_of_the_items_share(prepared, design_of):
    design = design_of(prepared)
    joint = build_joint(design)
    users, items = inputs_of(prepared)
    weights = np.arange(num_ids_of(design.schema, "item_id")).astype(float)

    set_prior(joint, weights)

    vectors = called(joint, {**users, **items})
    shares = (weights + 1) / (weights + 1).sum()
    np.testing.assert_array_equal(vectors[QUERY][:, -1], 1)
    wanted = np.log(shares[items[PRIOR_ID][:, 0]])
    np.testing.assert_allclose(vectors[CANDIDATE][:, -1], wanted, rtol=1e-6)


def test_a_score_has_the_products_of_histories_and_ids(prepared, design_of):
    design = design_of(prepared)
    joint = randomised(build_joint(design))
    last = joint.get_layer(f"{QUERY}_1")
    # Nothing is left of what the layers make of all features.
    last.set_weights([np.zeros_like(weight) for weight in last.get_weights()])
    set_prior(joint, np.zeros(num_ids_of(design.schema, "item_id")))
    users, items = inputs_of(prepared, num_users=20)

    vectors = called(joint, {**users, **items})

    scores = vectors[QUERY][:, :-1] @ vectors[CANDIDATE][:, :-1].T
    columns = dict(zip(("brand", "item_id"), items["item_ids"].T, strict=True))
    wanted = np.zeros_like(scores)
    for history, owner in (("history", "item_id"), ("past_brands", "brand")):
        embeddings = rows_of(joint, owner)
        ids = users[history]
        lengths = np.maximum((ids > 0).sum(axis=1, keepdims=True), 1)
        summed = (embeddings[ids] * (ids > 0)[:, :, None]).sum(axis=1)
        means = summed / lengths
        root = np.sqrt(lengths)
        wanted += PAIR_SCALE**2 * root * means @ embeddings[columns[owner]].T
    user_ids = ids_of_values(design.schema, "user_id", users)[:, 0]
    of_users = rows_of(joint, "user_id")[user_ids]
    of_items = rows_of(joint, "item_id")[columns["item_id"]]
    wanted += PAIR_SCALE**2 * of_users @ of_items.T
    np.testing.assert_allclose(scores, wanted, atol=1e-3, rtol=1e-4)
    assert np.abs(wanted).max() > 1


def rows_of(joint, vocabulary):
    for layer in joint.layers:
        blocks = getattr(layer, "row_blocks", None) or {}
        if vocabulary in blocks:
            first, count = blocks[vocabulary]
            table = keras.ops.convert_to_numpy(layer.table)
            return table[first : first + count]
    raise AssertionError(f"no table has {vocabulary}")
