"""Lists for one user: where candidates come from, and which may be shown."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from mtl_rec.config.base import Count, NonEmpty, Section


class ItemTable(Section):
    """What is known of items now and no model reads: stock, age, margin."""

    path: NonEmpty
    """CSV or Parquet file, a row for each item; read when lists begin to be made."""
    key: NonEmpty = "item_id"
    """Column of the item's id."""


class Require(Section):
    """Only items with such a value; those without a value are left out."""

    kind: Literal["require"]
    column: NonEmpty
    """A feature of the item, or a column of `recommendation.items`."""
    at_least: float | None = None
    """Lowest number that is allowed."""
    at_most: float | None = None
    """Highest number that is allowed."""
    one_of: tuple[NonEmpty, ...] = ()
    """Values that are allowed."""

    @model_validator(mode="after")
    def _one_condition(self):
        bounds = [b for b in (self.at_least, self.at_most) if b is not None]
        if bool(bounds) == bool(self.one_of):
            raise ValueError(
                "must have either `at_least` or `at_most`, or both, or else `one_of`"
            )
        if len(bounds) == 2 and bounds[0] > bounds[1]:
            raise ValueError(
                f"`at_least` must not be above `at_most`. Received: {bounds}"
            )
        return self

    def __str__(self) -> str:
        limits = [
            f"{words} {bound:g}"
            for words, bound in (("at least", self.at_least), ("at most", self.at_most))
            if bound is not None
        ]
        text = " and ".join(limits) or f"one of {list(self.one_of)}"
        return f"`{self.column}` must be {text}"


class CandidateSource(Section):
    """One way to find candidates: an exported retrieval model."""

    name: NonEmpty
    """What explanations call it."""
    version: NonEmpty
    """Folder of an exported version, or of a model whose newest version is taken."""
    index: NonEmpty | None = None
    """Folder of an index of the version's items, by `mtl-rec index`, which is searched
    instead of comparing all items. Not given: the version compares all."""
    quota: Count = 100
    """Candidates that come from it, as far as it answers so many; those that another
    source has brought already do not count."""
    only: tuple[Require, ...] = ()
    """What items it may bring must be: a source of new items asks for a low age."""


class Cap(Section):
    """At most so many items of a list with the same value."""

    kind: Literal["cap"]
    column: NonEmpty
    """A feature of the item, or a column of `recommendation.items`."""
    at_most: Count
    """Items of a list that may have one value."""

    def __str__(self) -> str:
        return f"at most {self.at_most} with the same `{self.column}`"


Rule = Annotated[Require | Cap, Field(discriminator="kind")]


class Recommendation(Section):
    """Retrieve, rank, apply rules: a list for one user."""

    list_length: Count = 20
    """Items of a list."""
    ranker: NonEmpty | None = None
    """Folder of the exported version that ranks, or of a model whose newest version
    is taken. Not given: the newest of this run's own."""
    rules: tuple[Rule, ...] = ()
    """What a list must keep to. Places of items that may not be shown go to others."""
    sources: tuple[CandidateSource, ...] = ()
    """Where candidates come from. Not given: the newest version of every retrieval
    model that was made of this config."""
    items: ItemTable | None = None
