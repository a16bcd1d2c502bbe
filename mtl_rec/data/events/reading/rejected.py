"""Rows that can't be used: counted, kept to be looked at, and not too many of them."""

import csv
import threading
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from mtl_rec.errors import SchemaError
from mtl_rec.whole_files import written_whole

# With fewer rows a log is soon read to its end.
EARLY_ROWS = 100_000
# How many rows a log has is only a guess until it is read.
EARLY_MARGIN = 2
MAX_REASONS = 1000
OTHER = "other reasons"
MAX_EXAMPLE = 200


@dataclass(frozen=True)
class Place:
    """A file, or a row group of it, counted from 0."""

    file: str
    row_group: int | None = None

    def __str__(self) -> str:
        group = "" if self.row_group is None else f", row group {self.row_group}"
        return f"'{self.file}'{group}"


class RejectedRows:
    """Collects rejected rows in a CSV file: file, row, reason and content.

    A context manager. The file appears when it is left without an error, or when there
    are too many rejected rows; there is none without rejected rows.

    Args:
        path: The file, in a folder that exists. What is there already is removed.
        max_fraction: Share of all rows that may be rejected.

    Attributes:
        counts: Rejected rows by reason.
        num_rejected: Rejected rows for all reasons.
        num_rows: All rows seen.
    """

    def __init__(self, path: Path, max_fraction: float) -> None:
        self.path = Path(path)
        self.max_fraction = max_fraction
        self.counts: Counter[str] = Counter()
        self.num_rejected = 0
        self.num_rows = 0
        self._places: Counter[Place] = Counter()
        self._examples: dict[str, str] = {}
        self._writer: Any = None
        self._unfinished = ExitStack()
        self._is_closed = False
        # Arrow reports malformed lines from a thread of its own, and ahead.
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(self, *error: Any) -> None:
        with self._lock:
            self._is_closed = True
            self._unfinished.__exit__(*error)

    def saw(self, num_rows: int) -> None:
        """Counts rows, usable or not."""
        with self._lock:
            self.num_rows += num_rows

    def add(
        self,
        place: Place,
        number: int | None,
        reason: str,
        content: str,
        num_rows: int = 1,
    ) -> None:
        """Keeps a row, or several that were lost together, while the file is open.

        Args:
            place: Where it is.
            number: Of the row, or of the first, in its file, counted from 1.
            reason: What is wrong with it.
            content: What it holds.
            num_rows: How many rows it stands for.
        """
        with self._lock:
            if self._is_closed:
                return
            self._write(place.file, number, reason, content)
            if reason not in self.counts and len(self.counts) >= MAX_REASONS:
                reason = OTHER
            self.counts[reason] += num_rows
            self.num_rejected += num_rows
            self._places[place] += num_rows
            if reason not in self._examples:
                where = f"row {number} of {place}" if number else str(place)
                self._examples[reason] = f"{where}: {content[:MAX_EXAMPLE]}"

    def is_hopeless(self, expected_rows: float) -> bool:
        """Whether too many rows are rejected, however good those to come are.

        Args:
            expected_rows: About how many the log has.
        """
        if self.num_rows < EARLY_ROWS:
            return False
        allowed = self.max_fraction * max(expected_rows, self.num_rows)
        return self.num_rejected > EARLY_MARGIN * allowed

    def check(self) -> None:
        """Refuses the log if too many of all rows seen were rejected.

        Raises:
            SchemaError: They were; they are in the file.
        """
        if self.num_rejected > self.max_fraction * self.num_rows:
            self.stop()

    def stop(self) -> None:
        """Refuses the log for the rows rejected so far.

        Raises:
            SchemaError: Always; the rows are in the file.
        """
        with self._lock:
            self._is_closed = True
            self._unfinished.close()
        place, most = self._places.most_common(1)[0]
        reasons = "; ".join(
            f"{reason}, on {count} (such as {self._examples[reason]})"
            for reason, count in self.counts.most_common(3)
        )
        raise SchemaError(
            f"At most {self.max_fraction:.2%} of the log's rows may be unusable. "
            f"Received: {self.num_rejected} of {self.num_rows} rows read, {most} of "
            f"them in {place}. Most frequent: {reasons}. All are in '{self.path}'. Fix "
            "the log, or raise `data.source.max_rejected_fraction`."
        )

    def _write(self, *row: Any) -> None:
        if self._writer is None:
            path = self._unfinished.enter_context(written_whole(self.path))
            file = path.open("w", encoding="utf-8", newline="")
            self._writer = csv.writer(self._unfinished.enter_context(file))
            self._writer.writerow(["file", "row", "reason", "content"])
        self._writer.writerow(row)
