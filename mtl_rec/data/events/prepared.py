"""Exposures made of a log, kept for as long as log and rules stay as they are."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mtl_rec.config.events import EventLog
from mtl_rec.config.tasks import Task
from mtl_rec.data.events.building import Job, build_files
from mtl_rec.data.events.log_input import LogInput, open_log, side_tables
from mtl_rec.data.events.progress import Progress, unseen
from mtl_rec.data.events.reading import RejectedRows, events_from_rows
from mtl_rec.whole_files import folder_written_whole

PART_FILES = "part-*.parquet"
SUMMARY_FILE = "_summary.json"

REJECTED_ROWS = Path(tempfile.gettempdir()) / "mtl_rec.rejected.csv"

VERSION = 1
"""Counted up when the same log and rules give other exposures than before."""


@dataclass(frozen=True)
class PreparedLog:
    """Exposures made of a log.

    Attributes:
        folder: Holds `part-*.parquet` and `_summary.json`.
        summary: What became of the log's rows.
        is_new: Whether they were made now.
    """

    folder: Path
    summary: dict[str, Any]
    is_new: bool


def prepare(
    log: EventLog,
    columns: Sequence[str],
    tasks: Sequence[Task],
    progress: Progress = unseen,
) -> PreparedLog:
    """Makes exposures of a log, or finds those made before.

    They are found by a fingerprint of the log's bytes, the rules, and the columns
    wanted. A folder is there whole or not at all; rejected rows are beside it, in
    `<fingerprint>.rejected.csv`.

    Args:
        log: The log and its rules.
        columns: Columns that features read.
        tasks: The funnel.
        progress: Is told how far it is.

    Raises:
        ArtifactError: A file is missing or can't be read.
        SchemaError: The log is not what the rules say, or too much of it is unusable.
    """
    source = open_log(log)
    fingerprint = _fingerprint(log, columns, tasks, source.files, progress)
    root = Path(log.prepared)
    folder = root / fingerprint
    if (folder / SUMMARY_FILE).is_file():
        summary = json.loads((folder / SUMMARY_FILE).read_text(encoding="utf-8"))
        return PreparedLog(folder, summary, is_new=False)
    root.mkdir(parents=True, exist_ok=True)
    rejected_path = root / f"{fingerprint}.rejected.csv"
    try:
        with folder_written_whole(folder) as unfinished:
            summary = _build(
                log, columns, tasks, source, rejected_path, unfinished, progress
            )
            summary = {"fingerprint": fingerprint, **summary}
            text = json.dumps(summary, indent=2, ensure_ascii=False) + "\n"
            (unfinished / SUMMARY_FILE).write_text(text, encoding="utf-8")
    finally:
        with suppress(OSError):  # it holds exposures, or rejected rows
            root.rmdir()
    return PreparedLog(folder, summary, is_new=True)


def build_exposures(
    events: pd.DataFrame | pa.Table,
    log: EventLog,
    tasks: Sequence[Task],
    columns: Sequence[str] = (),
    rejected_path: str | os.PathLike[str] = REJECTED_ROWS,
) -> pd.DataFrame:
    """Exposures of a log in memory, as `prepare` makes them of files.

    Args:
        events: Rows with the columns that the log declares.
        log: The rules; its own `path` is not read, its side tables are.
        tasks: The funnel.
        columns: What to make beside ids, times, labels and what sampling needs; see
            `config.log_columns.known_columns`.
        rejected_path: File for the rows that can't be used, if there are any.

    Returns:
        One row for each exposure and negative, in the order of user and time.

    Raises:
        SchemaError: The events are not what the rules say.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        rejected = RejectedRows(Path(rejected_path), log.max_rejected_fraction)
        with rejected:
            chunks = events_from_rows(events, log, rejected)
            job = Job(log, tasks, sorted(set(columns)), *side_tables(log))
            build_files(job, chunks, 1, folder, unseen)
        parts = [pq.read_table(file) for file in sorted(folder.glob(PART_FILES))]
    return pa.concat_tables(parts).to_pandas()


def _build(
    log: EventLog,
    columns: Sequence[str],
    tasks: Sequence[Task],
    source: LogInput,
    rejected_path: Path,
    folder: Path,
    progress: Progress,
) -> dict[str, Any]:
    rejected = RejectedRows(rejected_path, log.max_rejected_fraction)
    with rejected:
        job = Job(
            log, tasks, sorted(set(columns)), source.item_table, source.user_table
        )
        chunks = source.chunks(rejected)
        summary = build_files(job, chunks, source.num_partitions, folder, progress)
    return {
        "rows_read": rejected.num_rows,
        "rejected": dict(rejected.counts),
        **summary.about(),
        "columns": list(columns),
        "log": log.model_dump(mode="json"),
    }


def _fingerprint(
    log: EventLog,
    columns: Sequence[str],
    tasks: Sequence[Task],
    files: Iterable[Path],
    progress: Progress,
) -> str:
    rules = log.model_dump(mode="json", exclude={"prepared", "max_rejected_fraction"})
    funnel = [(task.name, task.label_column, task.after, task.kind) for task in tasks]
    digest = hashlib.blake2b(digest_size=8)
    digest.update(json.dumps([VERSION, rules, sorted(set(columns)), funnel]).encode())
    for number, file in enumerate(files):
        progress("fingerprint files", number, None)
        with file.open("rb") as opened:
            digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()
