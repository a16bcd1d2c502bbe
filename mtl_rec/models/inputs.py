"""From packed inputs to one vector a row: the same for every architecture."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate

import keras
from keras import ops

from mtl_rec.config.features import SIDES
from mtl_rec.models.layers.fused_embedding import FusedEmbedding
from mtl_rec.models.layers.masked_mean import MaskedMean
from mtl_rec.schema.fields import IdField, IdListField, Vocabulary
from mtl_rec.schema.schema import Schema


def packed_inputs(schema: Schema) -> dict[str, keras.KerasTensor]:
    """One `keras.Input` for each packed tensor of the schema."""
    return {
        name: keras.Input((packed.width,), dtype=packed.dtype, name=name)
        for name, packed in schema.inputs().items()
    }


def embed_fields(
    inputs: Mapping[str, keras.KerasTensor], schema: Schema, embedding_dim: int
) -> keras.KerasTensor:
    """Embeds ids, encodes lists, and joins them with the numbers.

    Args:
        inputs: From `packed_inputs`.
        schema: What the columns mean.
        embedding_dim: Width of embeddings whose feature does not state its own.

    Returns:
        `(batch, width)`.
    """
    by_width: dict[int, list[Vocabulary]] = defaultdict(list)
    for vocabulary in schema.vocabularies.values():
        by_width[vocabulary.embedding_dim or embedding_dim].append(vocabulary)
    parts = []
    for width, vocabularies in by_width.items():
        parts += _embed_ids(inputs, schema, width, vocabularies)
    numbers = [f"{side}_numbers" for side in SIDES]
    return _joined(parts + [inputs[name] for name in numbers if name in inputs])


def _embed_ids(
    inputs: Mapping[str, keras.KerasTensor],
    schema: Schema,
    width: int,
    vocabularies: Sequence[Vocabulary],
) -> list[keras.KerasTensor]:
    """The fields of these vocabularies through one table: one gather for all."""
    ends = list(accumulate(vocabulary.num_ids for vocabulary in vocabularies))
    first_row = {
        vocabulary.name: end - vocabulary.num_ids
        for vocabulary, end in zip(vocabularies, ends, strict=True)
    }
    ids, offsets = [], []
    for side in SIDES:
        fields = schema.fields_of(IdField, side)
        columns = [i for i, f in enumerate(fields) if f.vocabulary in first_row]
        if columns:
            ids.append(_columns(inputs[f"{side}_ids"], columns))
        offsets += [first_row[fields[column].vocabulary] for column in columns]
    num_single = len(offsets)
    lists = [
        f
        for side in SIDES
        for f in schema.fields_of(IdListField, side)
        if f.vocabulary in first_row
    ]
    for field in lists:
        ids.append(inputs[field.name])
        offsets += [first_row[field.vocabulary]] * field.length
    table = FusedEmbedding(ends[-1], width, offsets, name=f"embedding_{width}")
    embedded = table(_joined(ids))  # (batch, single ids then lists, width)
    parts = []
    if num_single:
        parts.append(ops.reshape(embedded[:, :num_single], (-1, num_single * width)))
    start = num_single
    for field in lists:
        own = embedded[:, start : start + field.length]
        parts.append(_encode_list(field, own, inputs[field.name]))
        start += field.length
    return parts


def _encode_list(field: IdListField, embedded, ids) -> keras.KerasTensor:
    match field.encoder.kind:
        case "mean" | "bag":
            return MaskedMean(name=f"{field.name}_mean")(embedded, ids)


def _columns(packed, columns: Sequence[int]) -> keras.KerasTensor:
    if list(columns) == list(range(packed.shape[1])):
        return packed
    return ops.take(packed, list(columns), axis=1)


def _joined(parts: Sequence[keras.KerasTensor]) -> keras.KerasTensor:
    return ops.concatenate(parts, axis=1) if len(parts) > 1 else parts[0]
