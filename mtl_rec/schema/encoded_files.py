"""Encoded exposures as files of raw numbers, one for each array."""

import hashlib
import json
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from mtl_rec.errors import ArtifactError, SchemaError
from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.schema.encoded_checks import require_valid_inputs
from mtl_rec.schema.schema import Schema
from mtl_rec.schema.value_counts import ValueCounts, summed
from mtl_rec.whole_files import folder_written_whole

_ABOUT = "encoded.json"


def write_encoded(folder: Path, chunks: Iterable[EncodedExposures]) -> None:
    """Writes rows as they come; the folder is there whole or not at all.

    Args:
        folder: New; another process may make it meanwhile.
        chunks: With the same columns each, but for optional ones.

    Raises:
        SchemaError: There are no rows, or inputs are not what their schema says.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder_written_whole(folder) as unfinished, ExitStack() as opened:
        files: dict[str, BinaryIO] = {}
        columns: dict[str, dict[str, Any]] = {}
        num_rows, schema, counts = 0, "", []
        for chunk in chunks:
            require_valid_inputs(chunk, chunk.schema.inputs(), num_rows)
            first_row, schema = num_rows, _hash(chunk.schema)
            num_rows += len(chunk)
            counts.append(chunk.counts or {})
            for name, array in chunk.arrays().items():
                if name not in files:
                    path = unfinished / f"{name}.bin"
                    files[name] = opened.enter_context(path.open("wb"))
                    columns[name] = {"dtype": array.dtype.str, "width": array.shape[1]}
                # What others have left out is a hole, which reads as padding.
                files[name].seek(first_row * array.itemsize * array.shape[1])
                files[name].write(np.ascontiguousarray(array).data)
        for name, column in columns.items():
            row_bytes = np.dtype(column["dtype"]).itemsize * column["width"]
            files[name].truncate(num_rows * row_bytes)
        if not num_rows:
            raise SchemaError("The exposures must have rows. Received: none.")
        opened.close()
        about = {
            "rows": num_rows,
            "schema": schema,
            "columns": columns,
            "counts": {n: asdict(own) for n, own in summed(counts).items()},
        }
        (unfinished / _ABOUT).write_text(json.dumps(about, indent=1), encoding="utf-8")


def has_encoded(folder: Path) -> bool:
    """Whether `write_encoded` finished this folder."""
    return (folder / _ABOUT).is_file()


def open_encoded(folder: Path, schema: Schema) -> EncodedExposures:
    """What `write_encoded` wrote, mapped into memory and not read.

    Args:
        folder: Where it was written.
        schema: What the columns mean.

    Raises:
        ArtifactError: Files are missing, damaged, or of another schema.
    """
    try:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        if about["schema"] != _hash(schema):
            raise ValueError("the schema is another")
        arrays: dict[str, np.ndarray] = {}
        for name, column in about["columns"].items():
            dtype, shape = np.dtype(column["dtype"]), (about["rows"], column["width"])
            path = folder / f"{name}.bin"
            if path.stat().st_size != dtype.itemsize * shape[0] * shape[1]:
                raise ValueError(f"'{path.name}' has another size than was written")
            arrays[name] = np.memmap(path, dtype, "r", shape=shape)
        counts = {n: ValueCounts(**own) for n, own in about["counts"].items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArtifactError(
            f"The encoded exposures in '{folder}' can't be used: {error}. Delete the "
            "folder: it is made again."
        ) from error
    return replace(EncodedExposures.from_arrays(schema, arrays), counts=counts)


def _hash(schema: Schema) -> str:
    return hashlib.sha256(schema.to_json().encode()).hexdigest()
