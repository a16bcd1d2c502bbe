"""What a run's metrics are broken down by, and how sure of them one can be."""

from typing import Annotated

from pydantic import Field

from mtl_rec.config.base import Count, NonEmpty, Section

USER, ITEM = "user_id", "item_id"
"""Columns of the user and the item where no others are named."""


class Evaluation(Section):
    """Metrics by user, in slices, and with intervals."""

    user: NonEmpty | None = None
    """Column of the user: intervals are over users, and each has a list. Not given:
    `user_id` where the data has it; without users each row is its own."""
    item: NonEmpty | None = None
    """Column of the item, whose rows in training are counted. Not given: `item_id`
    where the data has it."""
    slices: tuple[NonEmpty, ...] = ()
    """Features that metrics are shown by: numbers in five bands, of others the ten
    most frequent values."""
    cutoffs: tuple[Count, ...] = (5, 10)
    """Each k of recall@k and NDCG@k in a user's list."""
    resamples: Annotated[int, Field(ge=100, le=100_000)] = 1000
    """Draws of users that 95 % intervals are from."""

    @property
    def user_column(self) -> str:
        """The user's, where the data must have one."""
        return self.user or USER

    @property
    def item_column(self) -> str:
        """The item's, where the data must have one."""
        return self.item or ITEM
