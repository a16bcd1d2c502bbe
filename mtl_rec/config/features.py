"""Features: named raw columns, by `kind`."""

from collections.abc import Iterable
from typing import Annotated, Literal, TypeGuard

from pydantic import Field, model_validator

from mtl_rec.config.base import Count, NonEmpty
from mtl_rec.config.encoders import (
    BagEncoder,
    MeanEncoder,
    SequenceEncoder,
    TextEncoder,
)
from mtl_rec.config.feature_section import FeatureSection, Name
from mtl_rec.config.number_features import Numeric, Vector
from mtl_rec.config.pretrained import Pretrained
from mtl_rec.config.tokens import Tokens, Words
from mtl_rec.config.vector_fallbacks import EncodedText


class EmbeddedFeature(FeatureSection):
    """A feature whose values become ids of rows in an embedding table."""

    shares: Name | None = None
    """Another feature whose vocabulary and embedding this one uses."""
    embedding_dim: Count | None = None
    """Width of the embedding; `model.embedding_dim` where it is not given."""

    @model_validator(mode="after")
    def _owner_decides(self):
        fields = type(self).model_fields
        own = sorted(
            option
            for option in VOCABULARY_OPTIONS & set(fields)
            if not fields[option].is_required()
            and getattr(self, option) != fields[option].default
        )
        if self.shares is not None and own:
            raise ValueError(
                f"a feature that `shares` takes these from '{self.shares}': "
                f"{', '.join(own)}. Remove them here"
            )
        return self


LEARNING_OPTIONS = ("min_count", "max_size", "oov_buckets")
VOCABULARY_OPTIONS = {*LEARNING_OPTIONS, "embedding_dim", "tokens", "num_buckets"}


class LearnedVocabulary(EmbeddedFeature):
    """An embedded feature whose known values are learned from the training split."""

    min_count: Count = 1
    """Times a value must occur in the training split to be known."""
    max_size: Count | None = None
    """Known values at most; the most frequent ones stay."""
    oov_buckets: Count = 1
    """Ids that all unknown values are hashed into."""


class Categorical(LearnedVocabulary):
    """One value out of many: an id, a brand, a country."""

    kind: Literal["categorical"]


class Hashed(EmbeddedFeature):
    """One value out of very many, hashed: no vocabulary is learned."""

    kind: Literal["hashed"]
    num_buckets: Count
    """Ids the values are hashed into."""


class MultiCategorical(LearnedVocabulary):
    """Several values without order: tags, colours. Mean pooled."""

    kind: Literal["multi_categorical"]
    max_values: Count
    """Values used per row; the first ones stay."""
    separator: NonEmpty = "|"
    """What separates the values where the data holds one string (CSV)."""


class IdSequence(LearnedVocabulary):
    """Ids in order of time, the newest last: the user's history."""

    kind: Literal["sequence"]
    max_length: Count
    """Ids used per row; the newest ones stay."""
    separator: NonEmpty = "|"
    """What separates the ids where the data holds one string (CSV)."""
    encoder: SequenceEncoder = MeanEncoder()
    """How the embedded ids become one vector."""
    along: tuple[Name, ...] = ()
    """Other sequences that say more of the same steps, such as their categories: they
    are encoded with this one, and not by themselves."""


class Text(LearnedVocabulary):
    """Free text in any language, in lower case, cut into `tokens`."""

    kind: Literal["text"]
    tokens: Tokens = Words()
    """What is embedded of a text: words, characters, or both."""
    num_buckets: Count | None = None
    """Ids that tokens are hashed into, instead of a learned vocabulary."""
    max_tokens: Count = 32
    """Tokens used per row; the first ones stay."""
    max_bytes: Count = 1024
    """UTF-8 bytes read per row, so that a huge text costs no more than a long one."""
    encoder: TextEncoder = BagEncoder()
    """How the embedded tokens become one vector."""

    @property
    def language_model(self) -> Pretrained | None:
        """The encoder, if it brings its own tokens."""
        return self.encoder if isinstance(self.encoder, Pretrained) else None

    @model_validator(mode="after")
    def _learned_or_hashed(self):
        fields = type(self).model_fields
        learning = [
            o for o in LEARNING_OPTIONS if getattr(self, o) != fields[o].default
        ]
        if self.num_buckets is not None and learning:
            raise ValueError(
                "`num_buckets` hashes all tokens: none is learned, and none unknown. "
                f"Remove it, or {', '.join(learning)}"
            )
        return self


def is_hashed(feature: "Feature") -> bool:
    """Whether every value is hashed, so that no vocabulary is learned.

    Args:
        feature: One that has a vocabulary of its own.
    """
    return isinstance(feature, Hashed | Text) and feature.num_buckets is not None


def language_model_of(feature: "Feature") -> Pretrained | None:
    """The language model that a text is encoded by, if one is."""
    return feature.language_model if isinstance(feature, Text) else None


def is_learned(feature: "Feature") -> TypeGuard[LearnedVocabulary]:
    """Whether a vocabulary of its own is learned from the training split."""
    is_owner = isinstance(feature, LearnedVocabulary) and not feature.shares
    has_values = is_owner and language_model_of(feature) is None
    return has_values and not is_hashed(feature)


def holds_list(feature: "Feature") -> bool:
    """Whether a raw value has several parts."""
    return isinstance(feature, MultiCategorical | IdSequence) or is_by_row(feature)


def is_by_row(feature: "Feature") -> TypeGuard[Vector]:
    """Whether it is a vector that rows have, not one that is known of ids."""
    return isinstance(feature, Vector) and feature.path is None


def vectors_by_text(features: Iterable["Feature"]) -> dict[str, Vector]:
    """By text that is encoded where the vector of an id is missing, whose it is."""
    return {
        feature.fallback.text: feature
        for feature in features
        if isinstance(feature, Vector) and isinstance(feature.fallback, EncodedText)
    }


Feature = Annotated[
    Categorical | Hashed | Numeric | MultiCategorical | Text | IdSequence | Vector,
    Field(discriminator="kind"),
]
