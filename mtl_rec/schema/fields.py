"""Fields: features after encoding, as the model sees them."""

from dataclasses import dataclass

from mtl_rec.config.encoders import Encoder, needs_candidate
from mtl_rec.config.feature_section import Side
from mtl_rec.config.pretrained import Pretrained
from mtl_rec.schema.language_models import LanguageModel

PADDING_ID = 0
"""Id that stands for nothing; unknown values come next, then the known ones."""


@dataclass(frozen=True)
class Vocabulary:
    """The ids that one or several features share.

    Attributes:
        name: The feature that owns it.
        num_out_of_vocabulary: Ids that unknown values are hashed into.
        num_values: Known values.
        embedding_dim: Width of the embedding; None leaves it to the model.
        vector_dim: Width of the vectors that are given of its ids, and projected to the
            embedding; None where rows are trained.
        vectors: Fingerprint of these.
        language_model: Whose pieces the ids are, and which encodes them; None where
            they are embedded.
    """

    name: str
    num_out_of_vocabulary: int
    num_values: int
    embedding_dim: int | None
    vector_dim: int | None = None
    vectors: str | None = None
    language_model: LanguageModel | None = None

    @property
    def num_ids(self) -> int:
        """Padding, unknown and known ids."""
        return 1 + self.num_out_of_vocabulary + self.num_values


@dataclass(frozen=True)
class IdField:
    """One id per row: a column of `{side}_ids`."""

    name: str
    side: Side
    vocabulary: str


@dataclass(frozen=True)
class NumberField:
    """One number per row: a column of `{side}_numbers`."""

    name: str
    side: Side


@dataclass(frozen=True)
class IdListField:
    """Several ids per row, padded at the end: an input of its own.

    Attributes:
        length: Ids per row, padding included.
        encoder: How the embedded ids become one vector; None where that is done along
            with another field.
        along: Fields that say more of the same steps, encoded with this one.
        candidate: The item's `IdField` of the same vocabulary, if there is one.
    """

    name: str
    side: Side
    vocabulary: str
    length: int
    encoder: Encoder | Pretrained | None
    along: tuple[str, ...] = ()
    candidate: str | None = None

    @property
    def sees_candidate(self) -> bool:
        """Whether its vector is another for every candidate."""
        return self.encoder is not None and needs_candidate(self.encoder)


@dataclass(frozen=True)
class VectorField:
    """A vector per row that is projected to an embedding: an input of its own.

    Attributes:
        dim: Numbers of the vector.
        embedding_dim: Width of the embedding; None leaves it to the model.
    """

    name: str
    side: Side
    dim: int
    embedding_dim: int | None


@dataclass(frozen=True)
class FallbackText:
    """A text that is encoded where an id has no vector: an input of its own.

    A row whose id has a vector has padding there. It is no field: what it is encoded to
    stands in the place of the vector.

    Attributes:
        name: Of the text, and of its language model's pieces.
        vector: The `IdField` whose vectors are given.
        length: Pieces per row, padding included.
    """

    name: str
    side: Side
    vector: str
    length: int

    @property
    def vocabulary(self) -> str:
        """Whose ids its pieces have."""
        return self.name


Field = IdField | NumberField | IdListField | VectorField
