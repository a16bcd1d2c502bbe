"""Encoded rows as files of columns, for libraries that take a dict of them."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from contenders.datasets import PARTS, DataSet


def columns_of(exposures: Any) -> dict[str, np.ndarray]:
    """Every field by name: ids and numbers `(rows,)`, lists `(rows, length)`."""
    from mtl_rec.schema.fields import NumberField

    schema, columns = exposures.schema, {}
    for field in schema.fields:
        if isinstance(field, NumberField):
            columns[field.name] = schema.numbers_of(field, exposures.inputs)[:, 0]
        else:
            ids = schema.ids_of(field, exposures.inputs)
            columns[field.name] = ids[:, 0] if ids.shape[1:] == (1,) else ids
    return columns


def described(schema: Any) -> dict[str, dict[str, Any]]:
    """What a library must know of each field, by name."""
    from mtl_rec.schema.fields import IdListField, NumberField

    fields: dict[str, dict[str, Any]] = {}
    for field in schema.fields:
        if isinstance(field, NumberField):
            fields[field.name] = {"kind": "number"}
            continue
        num_ids = schema.vocabularies[field.vocabulary].num_ids
        own = {"vocabulary": field.vocabulary, "num_ids": num_ids}
        if isinstance(field, IdListField):
            fields[field.name] = {"kind": "list", "length": field.length, **own}
        else:
            fields[field.name] = {"kind": "id", **own}
    return fields


def fingerprint(data_set: DataSet) -> str:
    """A hash of all that a peer sees of the rows."""
    digest = hashlib.blake2b(digest_size=8)
    digest.update(json.dumps(described(data_set.schema)).encode())
    for part in PARTS:
        exposures = data_set.encoded[part]
        for name, column in {**columns_of(exposures), **exposures.labels}.items():
            digest.update(f"{part}.{name}:{column.dtype}:{column.shape}".encode())
            digest.update(np.ascontiguousarray(column).data)
    return digest.hexdigest()


def write_columns(data_set: DataSet, folder: Path) -> None:
    """Writes `about.json` and, by part, a file for every column and label.

    Args:
        data_set: What to write.
        folder: Left as it is where it has `about.json`, which is written last.
    """
    if (folder / "about.json").exists():
        return
    for part in PARTS:
        exposures = data_set.encoded[part]
        for kind, columns in (
            ("columns", columns_of(exposures)),
            ("labels", exposures.labels),
        ):
            (folder / part / kind).mkdir(parents=True, exist_ok=True)
            for name, column in columns.items():
                np.save(folder / part / kind / f"{name}.npy", column)
    tasks = [task.name for task in data_set.schema.tasks]
    about = {"fields": described(data_set.schema), "tasks": tasks}
    (folder / "about.json").write_text(json.dumps(about, indent=1))
