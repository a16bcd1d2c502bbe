"""The files of a preprocessor: all of them as they were saved, or an error."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from mtl_rec.errors import ArtifactError
from mtl_rec.schema.number_statistics import NumberStatistics
from mtl_rec.schema.schema import Schema

VOCABULARY = "vocabulary.txt"
_SCHEMA, _NUMBERS, _CHECKSUMS = "schema.json", "numbers.json", "checksums.json"


def write_preprocessor_files(
    folder: Path,
    schema: Schema,
    numbers: Mapping[str, NumberStatistics],
    vocabulary_path: Path,
) -> None:
    """Writes everything that was learned."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _SCHEMA).write_text(schema.to_json(), encoding="utf-8")
    _write_json(folder / _NUMBERS, {name: asdict(own) for name, own in numbers.items()})
    shutil.copyfile(vocabulary_path, folder / VOCABULARY)
    names = (_SCHEMA, _NUMBERS, VOCABULARY)
    _write_json(folder / _CHECKSUMS, {name: _checksum(folder / name) for name in names})


def read_preprocessor_files(folder: Path) -> tuple[Schema, dict[str, NumberStatistics]]:
    """Reads what `write_preprocessor_files` wrote; the vocabulary stays a file.

    Raises:
        ArtifactError: A file is missing, or was changed since.
    """
    try:
        checksums = json.loads((folder / _CHECKSUMS).read_text(encoding="utf-8"))
        changed = [n for n, sum_ in checksums.items() if _checksum(folder / n) != sum_]
        if changed:
            raise ArtifactError(
                f"The preprocessor in '{folder}' is damaged: {', '.join(changed)} "
                "changed since it was saved."
            )
        schema = Schema.from_json((folder / _SCHEMA).read_text(encoding="utf-8"))
        saved = json.loads((folder / _NUMBERS).read_text(encoding="utf-8"))
        numbers = {
            name: NumberStatistics(**{**own, "boundaries": tuple(own["boundaries"])})
            for name, own in saved.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArtifactError(
            f"The preprocessor in '{folder}' can't be read: {error}"
        ) from error
    return schema, numbers


def fingerprint(
    schema: Schema, numbers: Mapping[str, NumberStatistics], vocabulary_path: Path
) -> str:
    """A hash of what `write_preprocessor_files` would write."""
    own = {name: asdict(statistics) for name, statistics in sorted(numbers.items())}
    said = [schema.to_json(), json.dumps(own), _checksum(vocabulary_path)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _write_json(path: Path, values: Mapping[str, object]) -> None:
    path.write_text(json.dumps(values, indent=2), encoding="utf-8")


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
