"""Which features each kind of retrieval model reads, and how."""

from collections.abc import Sequence
from dataclasses import dataclass

from mtl_rec.config.candidates import vocabulary_of
from mtl_rec.config.encoders import MeanEncoder, needs_candidate
from mtl_rec.config.features import (
    LEARNING_OPTIONS,
    Categorical,
    EmbeddedFeature,
    Feature,
    Hashed,
    IdSequence,
    Vector,
)
from mtl_rec.config.retrieval import (
    Content,
    ItemKnn,
    MatrixFactorization,
    Popularity,
    RetrievalArchitecture,
    TwoTower,
)
from mtl_rec.config.vector_fallbacks import MeanOfAll
from mtl_rec.errors import ConfigError
from mtl_rec.retrieval.id_features import id_feature, ids_of, item_history


@dataclass(frozen=True)
class RetrievalFeatures:
    """What a retrieval model reads, and what it knows of items beside that.

    Attributes:
        read: Features that are encoded: of the user, and of the item.
        of_items: All features of side `item`, read or only declared, for the catalogue.
        user_column: Column of the user's id.
        item_column: Column of the item's id.
    """

    read: tuple[Feature, ...]
    of_items: tuple[Feature, ...]
    user_column: str
    item_column: str

    @property
    def columns(self) -> tuple[Feature, ...]:
        """All that are taken from the data, each once."""
        named = {f.name: f for f in (*self.of_items, *self.read)}
        return tuple(named.values())


def retrieval_features(
    architecture: RetrievalArchitecture,
    features: Sequence[Feature],
    user_column: str,
    item_column: str,
) -> RetrievalFeatures:
    """The features of a run as a retrieval model reads them.

    A query knows no candidate, and no context: features of the context are left out,
    and a history that is compared with the candidate is averaged instead.

    Args:
        architecture: What scores items.
        features: That are declared.
        user_column: Column of the user's id.
        item_column: Column of the item's id.

    Raises:
        ConfigError: There is nothing that the architecture could learn from.
    """
    declared = [_without_candidate(f) for f in features if f.side != "context"]
    match architecture:
        case TwoTower():
            read = declared
        case Content():
            read = _without_item_ids(declared, item_column)
        case MatrixFactorization():
            read = _ids_alone(architecture.dim, declared, user_column, item_column)
        case Popularity() | ItemKnn():
            if isinstance(architecture, ItemKnn):
                item_history(declared, item_column)
            read = _counted(declared, user_column, item_column)
    for side, role in (("user", "query"), ("item", "candidate")):
        if not any(feature.side == side for feature in read):
            beside = " beside its id" if isinstance(architecture, Content) else ""
            raise ConfigError(
                f"`retrieval.architecture: {architecture.kind}` needs a feature of "
                f"side `{side}`{beside} for its {role}. Received: {len(read)} that it "
                f"reads, of side {sorted({f.side for f in read})}. Declare one, or "
                "choose another kind."
            )
    # A factorization reads the item's id, whether it is declared or not.
    names = {f.name for f in declared}
    of_items = [*declared, *(f for f in read if f.name not in names)]
    of_items = tuple(f for f in of_items if f.side == "item")
    return RetrievalFeatures(tuple(read), of_items, user_column, item_column)


def _without_candidate(feature: Feature) -> Feature:
    if isinstance(feature, IdSequence) and needs_candidate(feature.encoder):
        return feature.model_copy(update={"encoder": MeanEncoder()})
    return feature


def _without_item_ids(features: Sequence[Feature], item_column: str) -> list[Feature]:
    """Histories keep the ids: what is known of the user is not of the candidate."""
    owners = {f.name: f for f in ids_of(features, "item", item_column)}
    kept: list[Feature] = []
    for feature in features:
        if feature.name in owners:
            continue
        shared = feature.shares if isinstance(feature, EmbeddedFeature) else None
        if shared not in owners:
            kept.append(feature)
        elif feature.side == "user":
            kept.append(_with_own_vocabulary(feature, owners[shared]))
    return kept


def _with_own_vocabulary(feature: Feature, owner: Categorical | Hashed) -> Feature:
    """The same, with a vocabulary that is learned as its owner's was."""
    own, theirs = type(feature).model_fields, type(owner).model_fields
    settings = {
        name: getattr(owner, name)
        for name in (*LEARNING_OPTIONS, "embedding_dim")
        if name in own and name in theirs
    }
    return feature.model_copy(update={"shares": None, **settings})


def _ids_alone(
    dim: int, features: Sequence[Feature], user_column: str, item_column: str
) -> list[Feature]:
    """The ids of user and item, whose vectors they have."""
    pair = (
        id_feature(features, "user", user_column),
        id_feature(features, "item", item_column),
    )
    return [own.model_copy(update={"embedding_dim": dim}) for own in pair]


def _counted(
    features: Sequence[Feature], user_column: str, item_column: str
) -> list[Feature]:
    """Ids and histories; of a side that has none, whatever there is."""
    chosen: list[Feature] = [
        *ids_of(features, "user", user_column),
        *ids_of(features, "item", item_column),
        *(f for f in features if isinstance(f, IdSequence) and f.side == "user"),
    ]
    sides = {feature.side for feature in chosen}
    chosen += [feature for feature in features if feature.side not in sides]
    kept = [f for f in features if f in chosen or _is_owner(f, chosen)]
    return [_without_fallback(feature) for feature in kept]


def _without_fallback(feature: Feature) -> Feature:
    """A vector without its text, which counts do not need."""
    if isinstance(feature, Vector):
        return feature.model_copy(update={"fallback": MeanOfAll()})
    return feature


def _is_owner(feature: Feature, read: Sequence[Feature]) -> bool:
    """Whether others that are read have its vocabulary."""
    return any(
        isinstance(other, EmbeddedFeature) and vocabulary_of(other) == feature.name
        for other in read
    )
