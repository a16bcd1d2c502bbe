"""What the `retrieval` section must have in common with the others."""

from collections.abc import Iterable

from mtl_rec.config.candidates import vocabulary_of
from mtl_rec.config.checks import suggestion
from mtl_rec.config.declared import Declared, Problem, by_name, is_unsure
from mtl_rec.config.features import Categorical, Feature, Hashed, IdSequence
from mtl_rec.config.retrieval import Popularity, Retrieval
from mtl_rec.config.tasks import Task


def retrieval_problems(
    retrieval: Retrieval | None,
    features: Declared[Feature],
    tasks: Declared[Task],
) -> list[Problem]:
    """Names that are not there, and features that no history says anything of.

    Args:
        retrieval: None if it is wrong itself.
        features: The features.
        tasks: The tasks.
    """
    if retrieval is None:
        return []
    problems: list[Problem] = []
    if not is_unsure(tasks):
        # A task that is wrong itself is None here.
        events = [
            name
            for name, task in by_name(tasks).items()
            if task is None or task.kind == "binary"
        ]
        problems += [
            (
                f"retrieval.event_weights.{name}",
                f"must name an event, one of {events}.{suggestion(name, events)}",
            )
            for name in retrieval.event_weights
            if name not in events
        ]
    architecture = retrieval.architecture
    if isinstance(architecture, Popularity) and architecture.within is not None:
        problems += _within_problems(architecture.within, features)
    return problems


def _within_problems(within: str, features: Declared[Feature]) -> list[Problem]:
    named = by_name(features)
    if is_unsure(features) or None in named.values():
        return []
    right = [feature for feature in named.values() if feature is not None]
    allowed = [f.name for f in right if history_of(f, right) is not None]
    if within in allowed:
        return []
    return [
        (
            "retrieval.architecture.within",
            "must name a feature of the item whose vocabulary a sequence of the user "
            f"shares, one of {sorted(allowed)}. Received: '{within}'."
            f"{suggestion(within, allowed)}",
        )
    ]


def history_of(feature: Feature, features: Iterable[Feature]) -> IdSequence | None:
    """The user's first sequence of values that an item has one of.

    Args:
        feature: The item's.
        features: Those that are declared.

    Returns:
        None where there is none, or the feature is not an item's single value.
    """
    if not isinstance(feature, Categorical | Hashed) or feature.side != "item":
        return None
    own = (
        other
        for other in features
        if isinstance(other, IdSequence)
        and other.side == "user"
        and vocabulary_of(other) == vocabulary_of(feature)
    )
    return next(own, None)
