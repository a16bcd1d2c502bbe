"""The encoding as TensorFlow operations, as few as there can be."""

import copy
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import tensorflow as tf

from mtl_rec.config.feature_section import SIDES, Side
from mtl_rec.config.features import (
    Categorical,
    Feature,
    Hashed,
    IdSequence,
    MultiCategorical,
    Numeric,
    Text,
    Vector,
    is_by_row,
    language_model_of,
    vectors_by_text,
)
from mtl_rec.preprocess.fallback_tokens import lacks_vector, text_limits, tokens_where
from mtl_rec.preprocess.language_model_tokens import LanguageModelTokens
from mtl_rec.preprocess.lists import list_length
from mtl_rec.preprocess.lookup import FusedLookup, StringColumns
from mtl_rec.preprocess.numbers import bucket_ids, standardise
from mtl_rec.preprocess.packs import packs_of
from mtl_rec.preprocess.pieces import pieces_of
from mtl_rec.preprocess.raw_columns import NamedColumns, RawColumns
from mtl_rec.preprocess.text import tokenise
from mtl_rec.schema.feature_fields import vocabulary_name
from mtl_rec.schema.fields import IdField, IdListField, NumberField
from mtl_rec.schema.number_statistics import NumberStatistics
from mtl_rec.schema.preprocessor_files import token_kinds, tokens_path
from mtl_rec.schema.schema import Schema


class EncodingGraph:
    """Raw features to the model's packed inputs.

    Attributes:
        schema: What the packed columns mean.
        sides: Whose features are encoded.
        lookup: Holds the one table, which an export must track.
        pieces: By vocabulary, what cuts its texts into pieces, tracked likewise.
        language_models: By vocabulary, what gives its texts the ids of the pieces of a
            language model, tracked likewise.
        strings: Features that are looked up, in the order of their columns.
        language_texts: Texts whose language model has ids of its own.
        fallback_texts: Those of them that are read only where an id has no vector.
        bucketed: Numbers that become ids.
        standardised: The other numbers.
        vectors: Features of which rows have vectors.
    """

    def __init__(
        self,
        schema: Schema,
        numbers: Mapping[str, NumberStatistics],
        vocabulary_path: Path,
    ) -> None:
        self.schema = schema
        self._numbers = numbers
        self._choose(SIDES)
        own = {vocabulary_name(feature) for feature in self.strings}
        vocabularies = [v for name, v in schema.vocabularies.items() if name in own]
        self.lookup = FusedLookup(vocabulary_path, vocabularies)
        self.pieces = {
            name: pieces
            for name, tokens in token_kinds(schema.features).items()
            if (pieces := pieces_of(tokens, tokens_path(vocabulary_path, name)))
        }
        self.language_models = {
            name: LanguageModelTokens(model.tokens, tokens_path(vocabulary_path, name))
            for name, own in schema.vocabularies.items()
            if (model := own.language_model)
        }

    def of_sides(self, *sides: Side) -> "EncodingGraph":
        """The part of the encoding that some sides need, with the same table."""
        part = copy.copy(self)
        part._choose(sides)
        return part

    def token_tables(self) -> list[Any]:
        """The tables of pieces, which an export must track too."""
        own = [pieces.table for pieces in self.pieces.values() if pieces.table]
        return own + [model.table for model in self.language_models.values()]

    def _choose(self, sides: Sequence[Side]) -> None:
        self.sides = tuple(sides)
        # By alphabet, as packs and packed rows have them, lest columns be moved.
        features = sorted(
            (f for f in self.schema.features if f.side in sides), key=lambda f: f.name
        )
        self._single = [
            f
            for f in features
            if isinstance(f, Categorical | Hashed | Vector) and not is_by_row(f)
        ]
        self._lists = [
            f for f in features if isinstance(f, MultiCategorical | IdSequence)
        ]
        texts = [f for f in features if isinstance(f, Text)]
        self._texts = [f for f in texts if language_model_of(f) is None]
        vectors = vectors_by_text(features)
        language_texts = [f for f in texts if language_model_of(f)]
        self.fallback_texts = [f for f in language_texts if f.name in vectors]
        self.language_texts = [f for f in language_texts if f.name not in vectors]
        self.strings = [*self._single, *self._lists, *self._texts]
        self.vectors = [f for f in features if is_by_row(f)]
        numeric = [f for f in features if isinstance(f, Numeric)]
        self.bucketed = [f for f in numeric if f.transform == "quantiles"]
        self.standardised = [f for f in numeric if f.transform != "quantiles"]

    def raw_signature(self) -> dict[str, tf.TensorSpec]:
        """Name, shape and type of every raw feature of its sides."""
        features = [f for f in self.schema.features if f.side in self.sides]
        return NamedColumns.specs(features)

    def __call__(self, raw: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Encodes a batch of raw features, as `raw_signature` describes them.

        Shapes are checked when the graph runs: TensorFlow Serving does not enforce
        them, and a history of another length would be encoded silently.

        Returns:
            The model's inputs by name, `(batch, width)`.
        """
        return self.encode(NamedColumns(raw))

    def encode(self, raw: RawColumns) -> dict[str, tf.Tensor]:
        """Encodes a batch, wherever its features are."""
        strings = [raw.stacked(self._single)] if self._single else []
        for feature in self._lists:
            shape = [None, list_length(feature)]
            strings.append(tf.ensure_shape(raw.column(feature), shape))
        strings += [self._tokens(f, raw.column(f)) for f in self._texts]
        ids = []
        if strings:
            columns = [self._columns(feature) for feature in self.strings]
            ids.append(self.lookup.ids(tf.concat(strings, axis=1), columns))
        if self.bucketed:
            ids.append(self.bucket_ids(raw.stacked(self.bucketed)))
        packed = {}
        if ids:
            packed = self._pack_ids(tf.concat(ids, axis=1))
        if self.standardised:
            packed |= self.pack_numbers(raw.stacked(self.standardised))
        for feature in self.vectors:
            packed[feature.name] = self.filled_vectors(feature, raw.column(feature))
        for feature in self.language_texts:
            packed[feature.name] = self.string_ids(feature, raw.column(feature))
        for feature in self.fallback_texts:
            packed[feature.name] = tokens_where(
                lacks_vector(self.schema, feature.name, packed),
                raw.column(feature),
                self.schema.text_lengths[feature.name],
                partial(self.string_ids, feature),
            )
        return packed

    def filled_vectors(self, feature: Vector, vectors: tf.Tensor) -> tf.Tensor:
        """Vectors of rows, `(batch, dim)` float32, and for missing ones their mean.

        One is missing if its length is not finite: NaN or infinity is in it.
        """
        vectors = tf.ensure_shape(vectors, [None, feature.row_dim])
        squares = tf.reduce_sum(tf.square(vectors), axis=1, keepdims=True)
        mean = tf.constant(self.schema.vector_means[feature.name], tf.float32)
        return tf.where(tf.math.is_finite(squares), vectors, mean)

    def string_ids(self, feature: Feature, values: tf.Tensor) -> tf.Tensor:
        """Ids of one string feature, `(n,)` values to `(n, width)` int32.

        For lists, `values` are single elements and the width is 1.
        """
        if isinstance(feature, Text) and feature.language_model:
            tokens = self.language_models[vocabulary_name(feature)]
            return tokens(values, *text_limits(self.schema, feature))
        columns = self._columns(feature)
        if isinstance(feature, Text):
            return self.lookup.ids(self._tokens(feature, values), [columns])
        columns = StringColumns(columns.vocabulary, 1, columns.is_padded)
        return self.lookup.ids(values[:, tf.newaxis], [columns])

    def bucket_ids(self, values: tf.Tensor) -> tf.Tensor:
        """Ids of the bucketed features, `(batch, features)` float32 to int32."""
        return bucket_ids(values, self.bucketed, self._numbers)

    def pack_numbers(self, values: tf.Tensor) -> dict[str, tf.Tensor]:
        """`(batch, standardised features)` float32 to the packs of numbers."""
        features = self.standardised
        scaled, is_there = standardise(values, features, self._numbers)
        names = [feature.name for feature in features]
        index = {name: column for column, name in enumerate(names)}
        if any(feature.missing_flag for feature in features):
            count = len(names)
            index |= {f"{n}_is_missing": count + column for n, column in index.items()}
            missing = 1.0 - tf.cast(is_there, tf.float32)
            scaled = tf.concat([scaled, missing], axis=1)
        packs = {
            f"{side}_numbers": [
                index[field.name] for field in self.schema.fields_of(NumberField, side)
            ]
            for side in self.sides
        }
        return packs_of(scaled, packs)

    def _pack_ids(self, ids: tf.Tensor) -> dict[str, tf.Tensor]:
        """All ids, feature after feature, to the packs of ids."""
        columns: dict[str, list[int]] = {}
        start = 0
        for feature in [*self.strings, *self.bucketed]:
            width = 1 if isinstance(feature, Numeric) else self._columns(feature).width
            columns[feature.name] = list(range(start, start + width))
            start += width
        packs = {}
        for side in self.sides:
            single = self.schema.fields_of(IdField, side)
            packs[f"{side}_ids"] = [columns[field.name][0] for field in single]
            for field in self.schema.fields_of(IdListField, side):
                if field.name in columns:
                    packs[field.name] = columns[field.name]
        return packs_of(ids, packs)

    def _tokens(self, feature: Text, texts: tf.Tensor) -> tf.Tensor:
        owner = self.schema.owner_of(vocabulary_name(feature))
        if not isinstance(owner, Text):
            raise TypeError(f"`shares` of a text must name a text. Received: {owner}.")
        limits = feature.max_bytes, feature.max_tokens
        return tokenise(texts, *limits, owner.tokens, self.pieces.get(owner.name))

    def _columns(self, feature: Feature) -> StringColumns:
        vocabulary = self.schema.vocabularies[vocabulary_name(feature)]
        match feature:
            case Text():
                return StringColumns(vocabulary, feature.max_tokens, True)
            case MultiCategorical() | IdSequence():
                return StringColumns(vocabulary, list_length(feature), True)
            case _:
                return StringColumns(vocabulary, 1, False)
