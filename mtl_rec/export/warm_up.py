"""Warm-up requests, which a server replays before a version takes traffic."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from mtl_rec.errors import ArtifactError, VerificationError
from mtl_rec.export.rungs.rung_protocol import Arrays, array_name
from mtl_rec.export.signature_types import signatures_of
from mtl_rec.export.structure import read_meta_graph
from mtl_rec.export.warm_up_records import (
    Method,
    WarmUpRecord,
    find_record_problem,
    from_log,
    own_method,
    to_log,
)
from mtl_rec.whole_files import written_whole

WARM_UP = "warm_up"
WARM_UP_FILE = "assets.extra/tf_serving_warmup_requests"

MOST_RECORDS, MOST_BYTES = 100, 1_000_000
SERVER_RECORDS = 1000
"""A server refuses a version with more."""

_BATCH_SIZES = (1, 4, 16, 64)
_FRAME_BYTES = 16


def warm_up_records(rows: Mapping[str, Arrays]) -> list[WarmUpRecord]:
    """Requests of several sizes to every signature, the most needed first.

    Args:
        rows: Real values of every input by name, by signature. `classify` and
            `regress_<task>` are asked by their own methods and by Predict.
    """
    sizes = {name: _sizes(len(next(iter(own.values())))) for name, own in rows.items()}
    asked: list[tuple[str, Method]] = [
        *((name, own_method(name)) for name in rows if own_method(name) != "predict"),
        *((name, "predict") for name in rows),
    ]
    return [
        WarmUpRecord(name, method, {key: v[:size] for key, v in rows[name].items()})
        for step in range(len(_BATCH_SIZES))
        for name, method in asked
        for size in sizes[name][step : step + 1]
    ]


def _sizes(count: int) -> list[int]:
    return sorted({min(size, count) for size in _BATCH_SIZES})


def write_warm_up(version_directory: Path, records: Sequence[WarmUpRecord]) -> None:
    """Writes the first records, as many as a version should have.

    Args:
        version_directory: The SavedModel.
        records: At most 1,000; those beyond 100 or 1 MB are left out.

    Raises:
        ValueError: A server would refuse the records, or none is left of a signature.
        VerificationError: The SavedModel is damaged.
    """
    if len(records) > SERVER_RECORDS:
        raise ValueError(
            f"`records` must be {SERVER_RECORDS} or fewer: a server refuses a version "
            f"with more. Received: {len(records)}."
        )
    signatures = signatures_of(read_meta_graph(version_directory))
    problem = _find_problem(records, signatures)
    if problem:
        raise ValueError(problem)
    kept = _trimmed(records, signatures)
    problem = _find_absence([record for record, _ in kept], signatures)
    if problem:
        raise ValueError(problem)
    path = version_directory / WARM_UP_FILE
    path.parent.mkdir(exist_ok=True)
    with (
        written_whole(path) as unfinished,
        tf.io.TFRecordWriter(str(unfinished)) as file,
    ):
        for _, log in kept:
            file.write(log)


def read_warm_up(version_directory: Path) -> list[WarmUpRecord]:
    """The records of a version.

    Raises:
        ArtifactError: The file is missing or damaged.
    """
    from google.protobuf.message import DecodeError

    path = version_directory / WARM_UP_FILE
    if not path.is_file():
        raise ArtifactError(f"File '{WARM_UP_FILE}' is missing.")
    records = []
    try:
        for log in tf.data.TFRecordDataset(str(path)):
            records.append(from_log(bytes(log.numpy())))
    except (tf.errors.OpError, DecodeError, ValueError, TypeError) as error:
        raise ArtifactError(
            f"'{WARM_UP_FILE}' is damaged at record {len(records)}: {error}."
        ) from error
    return records


def warm_up_requests(version_directory: Path) -> dict[str, np.ndarray]:
    """The inputs of a version's records, as `rung_protocol.array_name` names them.

    Raises:
        VerificationError: The file is missing or damaged, or a server would refuse it.
    """
    signatures = signatures_of(read_meta_graph(version_directory))
    try:
        records = read_warm_up(version_directory)
    except ArtifactError as error:
        raise VerificationError(WARM_UP, str(error)) from error
    problem = _find_problem(records, signatures) or _find_absence(records, signatures)
    if len(records) > SERVER_RECORDS:
        problem = f"A server takes {SERVER_RECORDS} records. Received: {len(records)}."
    if problem:
        raise VerificationError(WARM_UP, problem)
    return {
        array_name(record.signature, f"warm-up record {index}", name): values
        for index, record in enumerate(records)
        for name, values in record.inputs.items()
    }


def _trimmed(
    records: Sequence[WarmUpRecord], signatures: Mapping[str, Any]
) -> list[tuple[WarmUpRecord, bytes]]:
    kept, size_bytes = [], 0
    for record in records:
        log = to_log(record, signatures[record.signature])
        own_bytes = len(log) + _FRAME_BYTES
        if len(kept) < MOST_RECORDS and size_bytes + own_bytes <= MOST_BYTES:
            kept.append((record, log))
            size_bytes += own_bytes
    return kept


def _find_problem(
    records: Sequence[WarmUpRecord], signatures: Mapping[str, Any]
) -> str | None:
    for index, record in enumerate(records):
        problem = find_record_problem(record, signatures)
        if problem:
            return f"Warm-up record {index}: {problem}"
    return None


def _find_absence(
    records: Sequence[WarmUpRecord], signatures: Mapping[str, Any]
) -> str | None:
    absent = signatures.keys() - {record.signature for record in records}
    if absent:
        return (
            f"Every signature must have a warm-up record in the first {MOST_RECORDS} "
            f"and {MOST_BYTES:,} bytes. Without one: {sorted(absent)}."
        )
    return None
