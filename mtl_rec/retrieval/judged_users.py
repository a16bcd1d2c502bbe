"""What lists were worth to each user, as a file, so that runs can be compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mtl_rec.errors import ArtifactError
from mtl_rec.evaluation.differences import Difference, Differences
from mtl_rec.retrieval.folder import RetrievalFolder
from mtl_rec.retrieval.judging import means_of_users
from mtl_rec.run.entry import RunEntry
from mtl_rec.whole_files import written_whole

VALUE = "value"
"""A metric of lists has one figure, where an output of a ranker has many metrics."""

_USER, _WANTED = "user", "wanted"


@dataclass(frozen=True)
class JudgedUsers:
    """Users of the test split, and what the lists of one run were worth to each.

    Attributes:
        users: `(users,)` ids.
        wanted: `(users,)`, how many items each should find.
        metrics: By metric, such as `recall@100`, `(users,)`; NaN where a user has none.
    """

    users: np.ndarray
    wanted: np.ndarray
    metrics: Mapping[str, np.ndarray]

    def has_users_of(self, other: "JudgedUsers") -> bool:
        """Whether both were asked for the same items of the same users."""
        return np.array_equal(self.users, other.users) and np.array_equal(
            self.wanted, other.wanted
        )

    def less(self, other: "JudgedUsers") -> Differences:
        """How far these are above others of the same users, over the same draws."""
        own, others = (means_of_users(judged.metrics) for judged in (self, other))
        differences = {
            name: estimate - others[name]
            for name, estimate in own.items()
            if name in others
        }
        return {
            name: {VALUE: Difference(difference.value, difference.interval)}
            for name, difference in differences.items()
        }

    def write(self, path: Path) -> None:
        """Writes Parquet, a row for each user, that is there whole or not at all."""
        columns = {_USER: self.users, _WANTED: self.wanted, **self.metrics}
        table = pa.table(
            {name: pa.array(own, from_pandas=True) for name, own in columns.items()}
        )
        with written_whole(path) as unfinished:
            pq.write_table(table, unfinished, compression="zstd")

    @classmethod
    def read(cls, path: Path) -> "JudgedUsers":
        """What was written.

        Raises:
            ArtifactError: The file is missing or damaged.
        """
        try:
            table = pq.read_table(path)
            columns = {
                name: table[name].to_numpy(zero_copy_only=False)
                for name in table.column_names
            }
            return cls(columns.pop(_USER), columns.pop(_WANTED), columns)
        except (OSError, pa.ArrowException, KeyError) as error:
            raise ArtifactError(
                f"The judged users at '{path}' can't be read: {error}. Retrieve again, "
                "or remove the file to compare without intervals."
            ) from error


def list_differences_from_first(
    runs: Sequence[RunEntry],
) -> list[Differences | None]:
    """How far the lists of each retrieval run after the first are above its lists.

    Args:
        runs: Those that are compared.

    Returns:
        For each run after the first; None where it or the first does not say what each
        user had of it, or they were judged by other users.

    Raises:
        ArtifactError: A file is damaged.
    """
    first, *others = map(_of_run, runs)
    return [
        own.less(first) if first and own and own.has_users_of(first) else None
        for own in others
    ]


def _of_run(run: RunEntry) -> JudgedUsers | None:
    path = RetrievalFolder(run.path).judged_users_path
    return JudgedUsers.read(path) if path.is_file() else None
