"""Where exposures come from and how they are split."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, model_validator

from mtl_rec.config.base import Count, NonEmpty, Section
from mtl_rec.config.complete_journey import CompleteJourney
from mtl_rec.config.csv_text import CsvText
from mtl_rec.config.events import Events
from mtl_rec.config.log_parts import Moment
from mtl_rec.config.public_logs import Rees46, TaobaoUserBehavior


def utc(moment: Moment) -> datetime:
    """A time with its zone, which is UTC where it does not say."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Fraction = Annotated[float, Field(gt=0, lt=1)]


class Table(CsvText):
    """Labelled exposures in CSV, Parquet, or TFRecord of `tf.train.Example`."""

    kind: Literal["table"]
    path: NonEmpty
    """A file, a folder, or a glob, relative to where the command runs."""
    format: Literal["csv", "parquet", "tfrecord"] | None = None
    """Taken from the file ending where it is not given."""
    kept_negatives: Fraction | None = None
    """Share of the exposures without the first event that the data still holds, where
    they were thinned: predictions then describe the data before thinning."""

    @model_validator(mode="after")
    def _columns_differ(self):
        if len(set(self.header)) < len(self.header):
            raise ValueError(
                f"`header` must name each column once. Received: {list(self.header)}"
            )
        return self


class SyntheticShop(Section):
    """The simulated shop, whose true probabilities are known."""

    kind: Literal["synthetic_shop"]
    num_exposures: int = Field(200_000, ge=1000)
    num_users: int = Field(5_000, ge=100)
    num_items: int = Field(2_000, ge=100)
    num_days: int = Field(30, ge=10)
    taste_half_life_days: float | None = Field(None, gt=0, allow_inf_nan=False)
    """Days after which half of a taste has gone, and a new one come in its place; rows
    then have `history_time_gaps`. Tastes drift slowly where nothing is given."""
    taste_share: float | None = Field(None, gt=0, lt=1)
    """How much of what customers do follows from their tastes: share of the variance of
    every step's logit, of which the other causes have the rest. They have .3 of a
    click's where nothing is given, and less of later steps'."""
    seed: int = Field(1, ge=0)
    """Seed of the world; `seed` of the run draws weights and batches."""


class CensusIncome(Section):
    """UCI's Census-Income (KDD) file, plain or gzipped, as the archive has it."""

    kind: Literal["census_income"]
    path: NonEmpty
    """The file, relative to where the command runs."""


Source = Annotated[
    Table
    | SyntheticShop
    | CensusIncome
    | Events
    | TaobaoUserBehavior
    | Rees46
    | CompleteJourney,
    Field(discriminator="kind"),
]


class FractionSplit(Section):
    """Sizes of the held-out parts; the rest is for training."""

    validation_fraction: Fraction = 0.1
    test_fraction: Fraction = 0.2

    @model_validator(mode="after")
    def _something_is_left(self):
        held_out = self.validation_fraction + self.test_fraction
        if held_out >= 1:
            raise ValueError(
                "`validation_fraction` + `test_fraction` must be under 1. "
                f"Received: {held_out:g}"
            )
        return self


class TimeSplit(FractionSplit):
    """The newest exposures are for testing, those before them for validation."""

    kind: Literal["time"]
    column: NonEmpty
    """Time of the exposure: a timestamp, a date, or a number that grows."""
    validation_from: Moment | None = None
    """Where validation begins, rather than by `validation_fraction`; in UTC where it
    does not say its zone."""
    test_from: Moment | None = None
    """Where testing begins, rather than by `test_fraction`."""

    @model_validator(mode="after")
    def _both_or_none(self):
        starts = [self.validation_from, self.test_from]
        if starts.count(None) == 1:
            raise ValueError("`validation_from` and `test_from` go together")
        if (
            self.validation_from
            and self.test_from
            and (utc(self.validation_from) >= utc(self.test_from))
        ):
            raise ValueError("`validation_from` must be before `test_from`")
        return self


class UserSplit(FractionSplit):
    """Each user's exposures are all in one part."""

    kind: Literal["user"]
    column: NonEmpty
    """The user's id."""
    seed: int = Field(1, ge=0)
    """Decides which users go where."""


class RandomSplit(FractionSplit):
    """Each row goes its own way."""

    kind: Literal["random"]
    seed: int = Field(1, ge=0)
    """Decides which rows go where."""


class ColumnSplit(Section):
    """The data says which part a row belongs to."""

    kind: Literal["column"]
    column: NonEmpty
    """The column that names the part."""
    train: NonEmpty = "train"
    """Its value on training rows, and so on."""
    validation: NonEmpty = "validation"
    test: NonEmpty = "test"

    @model_validator(mode="after")
    def _parts_differ(self):
        if len({self.train, self.validation, self.test}) < 3:
            raise ValueError(
                "`train`, `validation` and `test` must be different values. Received: "
                f"{[self.train, self.validation, self.test]}"
            )
        return self


Split = Annotated[
    TimeSplit | UserSplit | RandomSplit | ColumnSplit, Field(discriminator="kind")
]


class EncodedCache(Section):
    """Where encoded exposures are while a run needs them."""

    memory_gib: NonNegativeFloat = 1.0
    """Splits that fit this together are kept in memory; the others go to files, which
    later runs use again for as long as data, split, features and vocabulary stay."""
    directory: NonEmpty = "prepared/encoded"
    """Gets `<fingerprint>/<split>/`."""


class Data(Section):
    """Labelled exposures and their split."""

    source: Source
    split: Split
    chunk_rows: Count = 131_072
    """Rows read at a time; memory follows it."""
    encoded: EncodedCache = EncodedCache()
