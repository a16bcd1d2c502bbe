"""A query tower and a candidate tower: functional models that never meet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import keras
import numpy as np
from keras import ops

from mtl_rec.config.feature_section import Side
from mtl_rec.config.interactions import Concat
from mtl_rec.config.retrieval import Content, MatrixFactorization, Towers, TwoTower
from mtl_rec.models.fields import EmbeddedFields
from mtl_rec.models.given_vectors import fill_tables
from mtl_rec.models.inputs import embed_fields, packed_inputs
from mtl_rec.models.language_models import fill_language_models
from mtl_rec.models.layers.hashed_dropout import HashedDropout
from mtl_rec.schema.fields import IdField, IdListField
from mtl_rec.schema.schema import Schema

QUERY, CANDIDATE, PRIOR = "query", "candidate", "item_prior"


@dataclass(frozen=True)
class TwoTowers:
    """Both towers.

    Attributes:
        query: Packed inputs of the user's side to `(batch, dim)`.
        candidate: Packed inputs of the item's side to `(batch, dim)`.
    """

    query: keras.Model
    candidate: keras.Model

    @property
    def inputs(self) -> dict[str, keras.KerasTensor]:
        """Of both, by name; either may have a batch of its own size."""
        return {**self.query.input, **self.candidate.input}

    @property
    def outputs(self) -> dict[str, keras.KerasTensor]:
        """The vectors, whose dot product is the score."""
        return {QUERY: self.query.output, CANDIDATE: self.candidate.output}


def build_towers(
    config: Towers, schema: Schema, embedding_dim: int, item_id: str | None = None
) -> TwoTowers:
    """The towers of a schema that has features of the user and of the item.

    The softmax learns `log P(item | user)`. Where items have ids, how often each was
    chosen at all is counted rather than learned: its logarithm is the last number of
    the item's vector, and meets a 1. What is learned then is how a user differs from
    the others, which is nothing for those of whom nothing is known.

    Args:
        config: The architecture.
        schema: Of a preprocessor that was fitted on what the architecture reads.
        embedding_dim: Width of embeddings whose feature does not state its own.
        item_id: The feature of the item's id, if one is read.

    Raises:
        ArtifactError: A file of given vectors, or a language model, can't be read.
        ConfigError: A language model does not fit, or the extra `text` is missing.
    """
    towers = []
    sides: dict[Side, str] = {"user": QUERY, "item": CANDIDATE}
    for side, name in sides.items():
        own = side_schema(schema, side)
        inputs = packed_inputs(own)
        fields = embed_fields(
            inputs, own, embedding_dim, name, interactions=Concat(kind="concat")
        )
        match config:
            case TwoTower() | Content():
                vector = _tower(fields, config, name)
            case MatrixFactorization():
                vector = fields.joined()
        if item_id is not None:
            vector = _with_prior(vector, inputs, own, side, item_id)
        tower = keras.Model(inputs, vector, name=f"{name}_tower")
        fill_tables(tower, own)
        fill_language_models(tower, own)
        towers.append(tower)
    return TwoTowers(*towers)


def side_schema(schema: Schema, side: Side) -> Schema:
    """The features of one side, with the vocabularies that they use."""
    own = replace(schema, features=tuple(f for f in schema.features if f.side == side))
    used = {
        field.vocabulary
        for field in own.fields
        if isinstance(field, IdField | IdListField)
    }
    vocabularies = {n: v for n, v in schema.vocabularies.items() if n in used}
    return replace(own, vocabularies=vocabularies)


def _tower(
    fields: EmbeddedFields, config: TwoTower | Content, name: str
) -> keras.KerasTensor:
    first, *deeper = [*config.units, config.dim]
    x = fields.linear(first, f"{name}_0")
    for depth, units in enumerate(deeper, start=1):
        x = HashedDropout(config.dropout)(ops.relu(x))
        x = keras.layers.Dense(units, name=f"{name}_{depth}")(x)
    return x


def _with_prior(
    vector: keras.KerasTensor,
    inputs: Mapping[str, keras.KerasTensor],
    schema: Schema,
    side: Side,
    item_id: str,
) -> keras.KerasTensor:
    if side == "user":
        return ops.concatenate([vector, ops.ones_like(vector[:, :1])], axis=1)
    fields = schema.fields_of(IdField, side)
    column = [field.name for field in fields].index(item_id)
    num_ids = schema.vocabularies[fields[column].vocabulary].num_ids
    table = keras.layers.Embedding(num_ids, 1, trainable=False, name=PRIOR)
    return ops.concatenate([vector, table(inputs["item_ids"][:, column])], axis=1)


def set_prior(towers: TwoTowers, weights_of_ids: np.ndarray) -> None:
    """Tells the candidate tower how often items were chosen.

    Args:
        towers: Of a model whose items have ids.
        weights_of_ids: `(ids,)`, the weight of all events of each id. One event is
            added to each, so that items without any are not ruled out.
    """
    counts = weights_of_ids + 1.0
    logs = np.log(counts / counts.sum())
    towers.candidate.get_layer(PRIOR).set_weights([logs[:, None].astype(np.float32)])
