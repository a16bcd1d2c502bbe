"""A split against the rows of other files, such as what servers were asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from mtl_rec.config.data import Table
from mtl_rec.config.features import Feature, holds_list, is_by_row
from mtl_rec.data.draws import draws_for_rows
from mtl_rec.data.events.progress import Progress, unseen
from mtl_rec.data.exposures import Splits
from mtl_rec.data.reading import TableFiles, open_table
from mtl_rec.data.report.comparing import compared_features
from mtl_rec.data.report.counting import PartCounts
from mtl_rec.data.report.feature_shifts import FeatureShift
from mtl_rec.data.report.findings import Finding, feature_shift
from mtl_rec.data.report.lists import trimmed
from mtl_rec.data.report.report import jsonable
from mtl_rec.errors import ArtifactError, SchemaError
from mtl_rec.schema.raw_types import plain
from mtl_rec.schema.rows import canonical, require_columns

_SEED = 0


@dataclass(frozen=True)
class Drift:
    """How far features are from those of a split.

    Attributes:
        split: Its name.
        path: Where the other rows are.
        rows: Rows of the split and of the other files, all of them.
        sample_rows: Rows of each that were compared.
        shifts: Of each feature, in the order declared.
    """

    split: str
    path: str
    rows: tuple[int, int]
    sample_rows: tuple[int, int]
    shifts: tuple[FeatureShift, ...]

    def findings(self) -> list[Finding]:
        """What has shifted, the worst first."""
        shifted = [s for s in self.shifts if s.distance.verdict == "shifted"]
        return sorted(map(feature_shift, shifted), key=lambda found: found.gravity)

    def undecided(self) -> list[str]:
        """Features of which the rows are too few to tell."""
        return [s.feature for s in self.shifts if s.distance.verdict == "undecided"]

    def about(self) -> dict[str, Any]:
        """As JSON; None where a number is not defined or infinite."""
        return jsonable({"findings": self.findings(), "drift": self})


def compare_with_files(
    splits: Splits,
    path: str,
    split: Literal["train", "validation", "test"] = "train",
    progress: Progress = unseen,
) -> Drift:
    """Looks for features that have shifted since a split was made.

    Distributions are of samples of `SAMPLE_ROWS` at most, always the same; missing and
    unseen values are counted on all rows. Labels are not needed and not compared.

    Args:
        splits: What a model is trained on.
        path: Other rows: a file, folder or glob of CSV, Parquet or TFRecord, with the
            data's own or the features' names.
        split: What to compare them with.
        progress: Is told how far it is.

    Raises:
        ArtifactError: There are no such files, or one is damaged.
        SchemaError: Columns are missing or hold something else than declared, or there
            are no rows.
    """
    stream = getattr(splits, split)
    features, chunk_rows = stream.features, stream.data.chunk_rows
    # Nothing is compared of vectors, whose numbers say nothing one by one.
    features = [feature for feature in features if not is_by_row(feature)]
    files, named = _open(path, features)
    other = _counted(
        (
            canonical(batch, named, ())
            for batch in files.batches([f.source_column for f in named], chunk_rows)
        ),
        features,
        progress,
    )
    own = _counted(map(plain, stream), features, progress)
    shifts = compared_features(own, {f"'{path}'": other}, progress)
    return Drift(
        split,
        path,
        (own.num_rows, other.num_rows),
        (len(own.sample.table()), len(other.sample.table())),
        tuple(shifts),
    )


def _open(path: str, features: Sequence[Feature]) -> tuple[TableFiles, list[Feature]]:
    """The files, and the features with the names that these have for them."""
    if not any(c in path for c in "*?[") and not Path(path).exists():
        raise ArtifactError(
            "The rows to compare with must be an existing file, folder or glob. "
            f"Received: '{path}'."
        )
    lists = {
        name
        for feature in features
        if holds_list(feature)
        for name in (feature.name, feature.source_column)
    }
    files = open_table(Table(kind="table", path=path), sorted(lists))
    in_all = set.intersection(*map(set, files.headers.values()))
    named = [
        f if f.source_column in in_all else f.model_copy(update={"column": None})
        for f in features
    ]
    for place, names in files.headers.items():
        try:
            require_columns(names, named, ())
        except SchemaError as error:
            raise SchemaError(f"{error} Read: '{place}'.") from error
    return files, named


def _counted(
    chunks: Iterable[pa.Table], features: Sequence[Feature], progress: Progress
) -> PartCounts:
    counts = PartCounts(features)
    for chunk in chunks:
        draws = draws_for_rows(counts.num_rows, chunk.num_rows, _SEED)
        counts.add(trimmed(chunk.select([f.name for f in features]), features), draws)
        progress("read rows", counts.num_rows, None)
    if not counts.num_rows:
        raise SchemaError("The rows to compare with must be some. Received: none.")
    return counts
