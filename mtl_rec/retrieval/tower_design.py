"""What towers are built from, told without a graph."""

from dataclasses import dataclass, replace

from mtl_rec.config.feature_section import Side
from mtl_rec.config.retrieval import MatrixFactorization, Towers
from mtl_rec.retrieval.id_features import NO_IDS, IdFeatures
from mtl_rec.retrieval.id_fields import id_field
from mtl_rec.schema.fields import IdField, IdListField, Vocabulary
from mtl_rec.schema.schema import Schema


@dataclass(frozen=True)
class TowerDesign:
    """What towers are built from.

    Attributes:
        config: The architecture.
        schema: Of a preprocessor that was fitted on what the architecture reads.
        embedding_dim: Width of embeddings whose feature does not state its own.
        ids: Features of ids that are read.
    """

    config: Towers
    schema: Schema
    embedding_dim: int
    ids: IdFeatures = NO_IDS

    def pairs(self) -> list[tuple[str, str]]:
        """Fields of user and item whose dot products are part of the score.

        Lists of the user with fields of their vocabulary, and the ids of both.
        """
        if isinstance(self.config, MatrixFactorization):
            return []
        items = self.schema.fields_of(IdField, "item")
        pairs = [
            (own.name, field.name)
            for field in items
            for own in self.schema.fields_of(IdListField, "user")
            if own.encoder is not None and own.vocabulary == field.vocabulary
        ]
        user, item = self.ids.user, self.ids.item
        if user is None or item is None:
            return pairs
        is_alike = self._width_of(user) == self._width_of(item)
        return [*pairs, (user, item)] if is_alike else pairs

    def _width_of(self, name: str) -> int:
        vocabulary = id_field(self.schema, name).vocabulary
        own = self.schema.vocabularies[vocabulary].embedding_dim
        return own or self.embedding_dim


def side_schema(schema: Schema, side: Side) -> Schema:
    """The features of one side, with the vocabularies that they use."""
    own = replace(schema, features=tuple(f for f in schema.features if f.side == side))
    return replace(own, vocabularies=used_vocabularies(own))


def used_vocabularies(schema: Schema) -> dict[str, Vocabulary]:
    """The vocabularies that some field has, or a text that stands in, by name."""
    names = {
        field.vocabulary
        for field in schema.fields
        if isinstance(field, IdField | IdListField)
    }
    names |= {text.vocabulary for text in schema.fallback_texts}
    return {n: v for n, v in schema.vocabularies.items() if n in names}
