"""Given vectors, and those of texts where ids have none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import keras

from mtl_rec.models.encoders.missing_vectors import MissingVectors
from mtl_rec.models.table_reads import TableReads
from mtl_rec.schema.fields import FallbackText
from mtl_rec.schema.language_models import LanguageModel
from mtl_rec.schema.schema import Schema


def fallbacks(schema: Schema) -> Iterator[tuple[FallbackText, LanguageModel]]:
    """Every text that stands in for vectors, with its language model."""
    for text in schema.fallback_texts:
        about = schema.vocabularies[text.vocabulary].language_model
        if about is not None:
            yield text, about


def fallback_name(vector: str) -> str:
    """The layer, one for all networks, that puts vectors of texts in their places."""
    return f"{vector}_fallback"


def with_fallback(
    reads: Sequence[TableReads],
    vector: str,
    inputs: Mapping[str, keras.KerasTensor],
    schema: Schema,
) -> Sequence[TableReads]:
    """What was read of given vectors, with those of texts where ids have none.

    Args:
        reads: Of their table.
        vector: The feature whose vectors they are.
        inputs: From `packed_inputs`.
        schema: Says which text stands in for them, if one does.
    """
    for text, about in fallbacks(schema):
        if text.vector == vector:
            return [_filled(own, text, about, inputs) for own in reads]
    return reads


def _filled(
    reads: TableReads,
    text: FallbackText,
    about: LanguageModel,
    inputs: Mapping[str, keras.KerasTensor],
) -> TableReads:
    names = [field.name for field in reads.columns.singles]
    if text.vector not in names:
        return reads
    layer = MissingVectors(
        text.name,
        names.index(text.vector),
        about.bert,
        about.pooling,
        about.is_normalised,
        name=fallback_name(text.vector),
    )
    return replace(reads, read=layer(reads.read, inputs[text.name]))
