"""A query tower and a candidate tower: functional models that never meet.

They are trained as one model, whose tables both read: what a history is of and what an
item is are then the same embeddings, and that someone goes on with the category they
looked at before need not be learned from nothing.
"""

from dataclasses import replace

import keras
import numpy as np
from keras import ops

from mtl_rec.config.feature_section import Side
from mtl_rec.config.interactions import Concat
from mtl_rec.config.retrieval import Content, MatrixFactorization, TwoTower
from mtl_rec.models.field_order import field_order
from mtl_rec.models.fields import EmbeddedFields, joined
from mtl_rec.models.given_vectors import fill_tables
from mtl_rec.models.inputs import embed_fields, packed_inputs
from mtl_rec.models.language_models import fill_language_models
from mtl_rec.models.layers.hashed_dropout import HashedDropout
from mtl_rec.retrieval.id_fields import PRIOR_ID, id_field
from mtl_rec.retrieval.tower_design import (
    TowerDesign,
    side_schema,
    used_vocabularies,
)
from mtl_rec.retrieval.two_towers import CANDIDATE, QUERY, TwoTowers
from mtl_rec.schema.schema import Schema

PRIOR = "item_prior"

PAIR_SCALE = 10.0
"""What embeddings are multiplied by in dot products of a list and a field. They start
so near 0 that a product of two would be nothing, and learn nothing."""

_NAMES: dict[Side, str] = {"user": QUERY, "item": CANDIDATE}
_FIELDS_ALONE = Concat(kind="concat")


def build_joint(design: TowerDesign) -> keras.Model:
    """Both towers as one model to train; user and item may have batches of any size.

    The softmax learns `log P(item | user)`. Where items have ids, how often each was
    chosen at all is counted rather than learned: its logarithm is the last number of
    the item's vector, and meets a 1. What is learned then is how a user differs from
    the others, which is nothing for those of whom nothing is known.

    Where a list of the user has the vocabulary of an item's field, the dot product of
    both is part of the score, beside that of what the layers make of all fields: of
    the list's vector times the root of its length, which is between mean and sum. So
    is the dot product of the ids of user and item, which layers hardly learn.

    Returns:
        Inputs of both towers to `query` and `candidate`, `(batch, dim)` each.

    Raises:
        ArtifactError: A file of given vectors, or a language model, can't be read.
        ConfigError: A language model does not fit, or the extra `text` is missing.

    References: Kabbur, Ning and Karypis, "FISM: Factored Item Similarity Models for
    Top-N Recommender Systems", KDD 2013, equation 4, on the dot products; Rendle,
    Krichene, Zhang and Anderson, "Neural Collaborative Filtering vs. Matrix
    Factorization Revisited", RecSys 2020, on those of ids.
    """
    schema = replace(design.schema, vocabularies=used_vocabularies(design.schema))
    inputs = packed_inputs(schema)
    fields = embed_fields(
        inputs, schema, design.embedding_dim, interactions=_FIELDS_ALONE
    )
    outputs = {}
    for side, name in _NAMES.items():
        own = EmbeddedFields(
            tuple(s for s in fields.sides if s.is_by_request == (side == "user"))
        )
        outputs[name] = _vector(design, side, own, inputs)
    return _filled(keras.Model(inputs, outputs, name="towers"), schema)


def build_towers(design: TowerDesign) -> TwoTowers:
    """The towers, apart; their weights are those of `build_joint` once they take them.

    Raises:
        ArtifactError: A file of given vectors, or a language model, can't be read.
        ConfigError: A language model does not fit, or the extra `text` is missing.
    """
    towers = []
    for side, name in _NAMES.items():
        schema = side_schema(design.schema, side)
        inputs = packed_inputs(schema)
        fields = embed_fields(
            inputs, schema, design.embedding_dim, interactions=_FIELDS_ALONE
        )
        vector = _vector(design, side, fields, inputs)
        tower = keras.Model(inputs, vector, name=f"{name}_tower")
        towers.append(_filled(tower, schema))
    return TwoTowers(*towers)


def set_prior(joint: keras.Model, weights_of_ids: np.ndarray) -> None:
    """Tells the candidate tower how often items were chosen.

    Args:
        joint: From `build_joint`, of a design with ids of items.
        weights_of_ids: `(ids,)`, the weight of the events of an item of each id. One
            event is added to each, so that items without any are not ruled out.
    """
    counts = weights_of_ids + 1.0
    logs = np.log(counts / counts.sum())
    joint.get_layer(PRIOR).set_weights([logs[:, None].astype(np.float32)])


def _filled(model: keras.Model, schema: Schema) -> keras.Model:
    fill_tables(model, schema)
    fill_language_models(model, schema)
    return model


def _vector(
    design: TowerDesign,
    side: Side,
    fields: EmbeddedFields,
    inputs: dict[str, keras.KerasTensor],
) -> keras.KerasTensor:
    """The vector of one side; adds the input that the prior needs."""
    match design.config:
        case TwoTower() | Content():
            parts = [_layers(fields, design.config, _NAMES[side])]
        case MatrixFactorization():
            parts = [fields.joined()]
    places = _places(design, side)
    whole = fields.joined() if places else None
    for of_user, of_item in design.pairs():
        assert whole is not None
        own = PAIR_SCALE * whole[:, places[of_user if side == "user" else of_item]]
        if side == "user" and of_user in inputs:
            # Lists are inputs of their own.
            own *= _root_of_length(inputs[of_user])
        parts.append(own)
    if design.ids.item is not None:
        parts.append(_prior(design, side, inputs, parts[0]))
    return joined(parts)


def _root_of_length(ids: keras.KerasTensor) -> keras.KerasTensor:
    """Of lists of ids, `(batch, length)` with 0 for none, to `(batch, 1)`."""
    lengths = ops.sum(ops.cast(ids > 0, "float32"), axis=1, keepdims=True)
    return ops.sqrt(lengths)


def _layers(
    fields: EmbeddedFields, config: TwoTower | Content, name: str
) -> keras.KerasTensor:
    first, *deeper = [*config.units, config.dim]
    x = fields.linear(first, f"{name}_0")
    for depth, units in enumerate(deeper, start=1):
        x = HashedDropout(config.dropout)(ops.relu(x))
        x = keras.layers.Dense(units, name=f"{name}_{depth}")(x)
    return x


def _places(design: TowerDesign, side: Side) -> dict[str, slice]:
    """Where the fields of a side are in `EmbeddedFields.joined`."""
    orders = field_order(
        side_schema(design.schema, side), design.embedding_dim, _FIELDS_ALONE
    )
    places, start = {}, 0
    for placed in (placed for order in orders for placed in order.joined()):
        places[placed.field.name] = slice(start, start + placed.width)
        start += placed.width
    return places


def _prior(
    design: TowerDesign,
    side: Side,
    inputs: dict[str, keras.KerasTensor],
    vector: keras.KerasTensor,
) -> keras.KerasTensor:
    if side == "user":
        return ops.ones_like(vector[:, :1])
    assert design.ids.item is not None
    inputs[PRIOR_ID] = keras.Input((1,), dtype="int32", name=PRIOR_ID)
    vocabulary = id_field(design.schema, design.ids.item).vocabulary
    num_ids = design.schema.vocabularies[vocabulary].num_ids
    table = keras.layers.Embedding(num_ids, 1, trainable=False, name=PRIOR)
    return table(inputs[PRIOR_ID][:, 0])
