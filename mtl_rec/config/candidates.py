"""Which feature of the item a history is compared with."""

from collections.abc import Iterable

from mtl_rec.config.features import Categorical, EmbeddedFeature, Feature, Hashed


def vocabulary_of(feature: EmbeddedFeature) -> str:
    """The feature whose vocabulary and embedding it uses."""
    return feature.shares or feature.name


def candidate_of(
    sequence: EmbeddedFeature, features: Iterable[Feature]
) -> Categorical | Hashed | None:
    """The item's feature that has one value of the sequence's vocabulary.

    Of several, the one that owns the vocabulary, or else the first.

    Args:
        sequence: Whose candidate.
        features: Those that are declared.
    """
    own = [
        feature
        for feature in features
        if isinstance(feature, Categorical | Hashed)
        and feature.side == "item"
        and vocabulary_of(feature) == vocabulary_of(sequence)
    ]
    return min(own, key=lambda feature: feature.shares is not None, default=None)
