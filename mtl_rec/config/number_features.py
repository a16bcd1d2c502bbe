"""Features that are numbers, one or several of a row."""

from typing import Literal

from pydantic import Field, model_validator

from mtl_rec.config.base import Count, NonEmpty
from mtl_rec.config.feature_section import FeatureSection
from mtl_rec.config.vector_fallbacks import MeanOfAll, VectorFallback


class Vector(FeatureSection):
    """A vector that is known of each id or row, such as of an item's text.

    It is not trained, only a projection of it is: of an id that no exposure has taught
    anything it says as much as of any other. Histories may share one by id.
    """

    kind: Literal["vector"]
    path: NonEmpty | None = None
    """Parquet file of ids and their vectors; `mtl-rec encode-items` writes one. Without
    it, rows have vectors."""
    fallback: VectorFallback = MeanOfAll()
    """What stands for the vector of an id that the file lacks."""
    dim: Count | None = None
    """Numbers of a vector that rows have, as a list; a row without one has the mean of
    those in training."""
    separator: NonEmpty | None = None
    """What separates these numbers where the data holds one string (CSV); "|" where it
    is not given."""
    embedding_dim: Count | None = None
    """Numbers that it is projected to; `model.embedding_dim` where it is not given."""

    @property
    def row_dim(self) -> int:
        """Numbers of the vectors that rows have; 0 where ids have them."""
        return self.dim or 0

    @model_validator(mode="after")
    def _by_id_or_by_row(self):
        if self.path is None and self.dim is None:
            raise ValueError(
                "a vector needs `path`, a file of ids and their vectors, or `dim`, the "
                "numbers of a vector that each row has. Received: neither"
            )
        if self.path is not None and (self.dim or self.separator):
            raise ValueError(
                "`dim` and `separator` are of vectors that rows have; with `path` the "
                "file has them. Remove one or the other"
            )
        if self.path is None and self.fallback != MeanOfAll():
            raise ValueError(
                "`fallback` is of ids that a file lacks, and goes with `path`. "
                f"Received: `dim: {self.dim}`, where rows have vectors. Remove it"
            )
        return self


class Numeric(FeatureSection):
    """A number; missing, NaN and infinite values become the training mean."""

    kind: Literal["numeric"]
    transform: Literal["standard", "log", "quantiles"] = "standard"
    """`standard`: zero mean, unit variance. `log`: the same of sign(x) log(1 + |x|).
    `quantiles`: the bucket between training quantiles, embedded like a category."""
    num_buckets: Count | None = Field(None, ge=2)
    """Buckets for `quantiles`."""
    missing_flag: bool = False
    """Adds a 0/1 input that says the value was missing."""
    embedding_dim: Count | None = None
    """Width of the embedding for `quantiles`; `model.embedding_dim` if not given."""

    @model_validator(mode="after")
    def _buckets_go_with_quantiles(self):
        if self.transform == "quantiles":
            if self.num_buckets is None:
                raise ValueError("`transform: quantiles` needs `num_buckets`")
            if self.missing_flag:
                raise ValueError(
                    "`missing_flag` is not needed with `transform: quantiles`, "
                    "which has a bucket for missing values. Remove it"
                )
        elif self.num_buckets is not None or self.embedding_dim is not None:
            raise ValueError(
                "`num_buckets` and `embedding_dim` go with `transform: quantiles`. "
                f"Received: transform: {self.transform}"
            )
        return self
