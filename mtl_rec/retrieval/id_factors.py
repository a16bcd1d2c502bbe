"""A factorization of ids, which two towers get beside what they make of all fields."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import keras
from keras import ops

from mtl_rec.config.retrieval import MatrixFactorization, TwoTower
from mtl_rec.models.fields import joined
from mtl_rec.retrieval.id_features import NO_IDS, IdFeatures
from mtl_rec.retrieval.id_fields import PRIOR_ID, id_field, ids_of_values
from mtl_rec.retrieval.tower_design import TowerDesign, used_vocabularies
from mtl_rec.retrieval.towers import build_towers
from mtl_rec.retrieval.two_towers import CANDIDATE, QUERY, TwoTowers, take_weights
from mtl_rec.schema.schema import Schema


def ids_alone(design: TowerDesign) -> TowerDesign | None:
    """What a factorization beside towers is built from.

    Args:
        design: Of the towers.

    Returns:
        None where they have none: other architectures, or a side without ids.
    """
    config, ids = design.config, design.ids
    if not isinstance(config, TwoTower) or ids.user is None or ids.item is None:
        return None
    names = (ids.user, ids.item)
    features = tuple(f for f in design.schema.features if f.name in names)
    schema = replace(design.schema, features=features)
    vocabularies = {
        name: replace(own, embedding_dim=config.dim)
        for name, own in used_vocabularies(schema).items()
    }
    factorization = MatrixFactorization(kind="matrix_factorization", dim=config.dim)
    schema = replace(schema, vocabularies=vocabularies)
    return TowerDesign(factorization, schema, design.embedding_dim, ids)


def user_ids_alone(
    inputs: Mapping[str, Any], schema: Schema, ids: IdFeatures
) -> dict[str, Any]:
    """Inputs of a query tower of `ids_alone`, from those of one that reads all fields.

    Args:
        inputs: `(batch, width)` each.
        schema: What they are packed by.
        ids: Features of the ids of user and item.
    """
    assert ids.user is not None
    return {"user_ids": ids_of_values(schema, ids.user, inputs)}


def item_ids_alone(
    inputs: Mapping[str, Any], schema: Schema, ids: IdFeatures
) -> dict[str, Any]:
    """The same of a candidate tower."""
    assert ids.item is not None
    own = ids_of_values(schema, ids.item, inputs)
    return {"item_ids": own, PRIOR_ID: inputs[PRIOR_ID]}


def with_factors(
    towers: TwoTowers, factors: TwoTowers, design: TowerDesign, share: float
) -> TwoTowers:
    """Both as one pair of towers, whose score has a share of the sum of both.

    Ids that are trained alone say more of users who are known than ids beside all other
    fields: layers have learned by heart what can be learned of a few events before the
    vectors of ids have left 0. Towers say more of everything that is new. The prior,
    the last number of all vectors, counts once.

    Args:
        towers: Of all fields, trained.
        factors: Of `ids_alone`, trained.
        design: Of the towers.
        share: How much of the sum counts for users whose id is known. For others,
            whom both know less of, it counts as it is.

    Returns:
        Models whose inputs are those of `towers`.
    """
    schema, ids = design.schema, design.ids
    of_ids = _without_prior(factors, design)
    inputs = _inputs_like(towers.query)
    user_ids = user_ids_alone(inputs, schema, ids)
    share_of_user = ops.where(is_known_user(user_ids, design), share, 1.0)
    all_fields = towers.query(inputs)
    learned = joined([all_fields[:, :-1], of_ids.query(user_ids)])
    query = joined([share_of_user * learned, all_fields[:, -1:]])
    of_user = keras.Model(inputs, query, name=f"{QUERY}_with_ids")

    inputs = _inputs_like(towers.candidate)
    item_ids = item_ids_alone(inputs, schema, ids)
    alone = of_ids.candidate({n: item_ids[n] for n in of_ids.candidate.input})
    all_fields = towers.candidate(inputs)
    candidate = joined([all_fields[:, :-1], alone, all_fields[:, -1:]])
    of_item = keras.Model(inputs, candidate, name=f"{CANDIDATE}_with_ids")
    return TwoTowers(of_user, of_item)


def is_known_user(user_ids: Mapping[str, Any], design: TowerDesign) -> Any:
    """Whose id was learned, `(batch, 1)`.

    Args:
        user_ids: From `user_ids_alone`.
        design: Of the towers.
    """
    assert design.ids.user is not None
    field = id_field(design.schema, design.ids.user)
    vocabulary = design.schema.vocabularies[field.vocabulary]
    return user_ids["user_ids"] > vocabulary.num_out_of_vocabulary


def _inputs_like(tower: keras.Model) -> dict[str, keras.KerasTensor]:
    return {
        name: keras.Input(own.shape[1:], dtype=own.dtype, name=name)
        for name, own in tower.input.items()
    }


def _without_prior(factors: TwoTowers, design: TowerDesign) -> TwoTowers:
    """Copies of a factorization's towers, under names that the others do not have."""
    alone = ids_alone(design)
    assert alone is not None
    copies = build_towers(replace(alone, ids=NO_IDS))
    take_weights(copies.query, factors.query)
    take_weights(copies.candidate, factors.candidate)
    return TwoTowers(
        *(
            keras.Model(own.input, own.output, name=f"{name}_of_ids")
            for name, own in ((QUERY, copies.query), (CANDIDATE, copies.candidate))
        )
    )
