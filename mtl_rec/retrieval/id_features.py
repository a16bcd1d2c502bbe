"""The features that hold ids of users and items, and the history of items' ids."""

from collections.abc import Sequence
from dataclasses import dataclass

from mtl_rec.config.feature_section import Side
from mtl_rec.config.features import Categorical, Feature, Hashed, IdSequence
from mtl_rec.config.retrieval_checks import history_of
from mtl_rec.errors import ConfigError


@dataclass(frozen=True)
class IdFeatures:
    """Names of the features that hold ids, None where none does.

    Attributes:
        user: The user's id.
        item: The item's id.
    """

    user: str | None
    item: str | None


NO_IDS = IdFeatures(None, None)


def id_features(
    features: Sequence[Feature], user_column: str, item_column: str
) -> IdFeatures:
    """The features of one value that are read from the columns of the ids."""
    users = ids_of(features, "user", user_column)
    items = ids_of(features, "item", item_column)
    return IdFeatures(*(own[0].name if own else None for own in (users, items)))


def item_history(
    features: Sequence[Feature], item_column: str
) -> tuple[IdSequence, Categorical | Hashed]:
    """The history of the user that holds ids of items, and the feature of these.

    Raises:
        ConfigError: There is none.
    """
    for owner in ids_of(features, "item", item_column):
        if (history := history_of(owner, features)) is not None:
            return history, owner
    raise ConfigError(
        "`retrieval.architecture: item_knn` needs a sequence of the user that "
        f"`shares` the vocabulary of the feature of '{item_column}'. Received: "
        f"{[f.name for f in features]}. Declare both, such as `history_item_id` "
        "and `item_id`."
    )


def id_feature(
    features: Sequence[Feature], side: Side, column: str
) -> Categorical | Hashed:
    """The feature of an id, as declared, or as a factorization reads it all the same.

    Args:
        features: That are declared.
        side: Whose id.
        column: That holds it.
    """
    own = ids_of(features, side, column)
    new = Categorical(kind="categorical", name=f"{side}_id", side=side, column=column)
    return own[0] if own else new


def ids_of(
    features: Sequence[Feature], side: Side, column: str
) -> list[Categorical | Hashed]:
    """The features of one value that are read from the column of an id.

    Args:
        features: To choose from.
        side: Whose id.
        column: That holds it.
    """
    return [
        feature
        for feature in features
        if isinstance(feature, Categorical | Hashed)
        and feature.side == side
        and feature.source_column == column
    ]
