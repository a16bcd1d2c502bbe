"""A list for one user, and how it came about."""

from collections.abc import Mapping
from dataclasses import dataclass

from mtl_rec.retrieval.recommending.merging import Origin


@dataclass(frozen=True)
class RecommendedItem:
    """An item of the list.

    Attributes:
        item_id: Its id.
        place: In the list, from 1.
        score: That the ranker ordered it by.
        probabilities: By output of the ranker.
        origins: Sources that brought it, in the order of the config.
        place_before_rules: Among all candidates as ranked, from 1.
    """

    item_id: str
    place: int
    score: float
    probabilities: Mapping[str, float]
    origins: tuple[Origin, ...]
    place_before_rules: int


@dataclass(frozen=True)
class RemovedItem:
    """An item that a rule kept out of the list.

    Attributes:
        item_id: Its id.
        rule: In words.
        sources: Those that brought it.
        place_before_rules: Among all candidates as ranked, from 1; None where it was
            not ranked, as it may not be shown at all.
    """

    item_id: str
    rule: str
    sources: tuple[str, ...]
    place_before_rules: int | None


@dataclass(frozen=True)
class RecommendedList:
    """What to show one user.

    Attributes:
        items: The best first.
        removed: Items that would have been shown or ranked but for a rule.
        candidates: By source, how many candidates it brought; those that several
            brought are counted for each.
        ranked: Different candidates.
        milliseconds: By stage in order, and `total`.
    """

    items: tuple[RecommendedItem, ...]
    removed: tuple[RemovedItem, ...]
    candidates: Mapping[str, int]
    ranked: int
    milliseconds: Mapping[str, float]
