"""From declared features to fields."""

from collections.abc import Sequence
from typing import Any

from mtl_rec.config.candidates import candidate_of
from mtl_rec.config.encoders import MeanEncoder
from mtl_rec.config.features import Feature, IdSequence, is_by_row, vectors_by_text
from mtl_rec.schema.fields import (
    Field,
    IdField,
    IdListField,
    NumberField,
    VectorField,
)


def vocabulary_name(feature: Any) -> str:
    """The feature that owns the vocabulary this one uses."""
    return getattr(feature, "shares", None) or feature.name


def fields_of_feature(feature: Feature, features: Sequence[Feature]) -> list[Field]:
    """The fields that a feature becomes.

    Args:
        feature: Which; a text that stands in for vectors becomes none.
        features: All that are declared.
    """
    name, side = feature.name, feature.side
    if name in vectors_by_text(features):
        return []
    vocabulary = vocabulary_name(feature)
    match feature.kind:
        case "categorical" | "hashed":
            return [IdField(name, side, vocabulary)]
        case "vector":
            if is_by_row(feature):
                return [VectorField(name, side, feature.row_dim, feature.embedding_dim)]
            return [IdField(name, side, vocabulary)]
        case "numeric":
            if feature.transform == "quantiles":
                return [IdField(name, side, vocabulary)]
            flags = [NumberField(f"{name}_is_missing", side)]
            return [NumberField(name, side), *(flags if feature.missing_flag else [])]
        case "multi_categorical":
            length, encoder = feature.max_values, MeanEncoder()
        case "sequence":
            return [_sequence_field(feature, features)]
        case "text":
            length, encoder = feature.max_tokens, feature.encoder
    return [IdListField(name, side, vocabulary, length, encoder)]


def _sequence_field(feature: IdSequence, features: Sequence[Feature]) -> IdListField:
    sequences = [f for f in features if isinstance(f, IdSequence)]
    is_led = any(feature.name in other.along for other in sequences)
    candidate = candidate_of(feature, features)
    return IdListField(
        feature.name,
        feature.side,
        vocabulary_name(feature),
        feature.max_length,
        None if is_led else feature.encoder,
        feature.along,
        candidate.name if candidate else None,
    )
