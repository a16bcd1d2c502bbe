"""The files of a preprocessor: all of them as they were saved, or an error."""

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from mtl_rec.config.features import Feature, Text, language_model_of
from mtl_rec.config.tokens import Tokens, tokens_file
from mtl_rec.errors import ArtifactError
from mtl_rec.schema.number_statistics import NumberStatistics
from mtl_rec.schema.schema import Schema

VOCABULARY = "vocabulary.txt"
_SCHEMA, _NUMBERS, _CHECKSUMS = "schema.json", "numbers.json", "checksums.json"


def token_kinds(features: Iterable[Feature]) -> dict[str, Tokens]:
    """By vocabulary of texts, what these are cut into, unless a language model says."""
    texts = (f for f in features if isinstance(f, Text) and not f.shares)
    return {f.name: f.tokens for f in texts if language_model_of(f) is None}


def language_model_texts(features: Iterable[Feature]) -> list[str]:
    """Vocabularies that are the pieces of a language model."""
    texts = (f for f in features if isinstance(f, Text) and not f.shares)
    return [f.name for f in texts if language_model_of(f)]


def tokens_path(vocabulary_path: Path, vocabulary: str) -> Path:
    """Where a preprocessor has its own copy of the file that tokens need.

    Args:
        vocabulary_path: Of the preprocessor.
        vocabulary: Of the texts that are cut so.
    """
    return vocabulary_path.with_name(f"tokens_{vocabulary}")


def write_pieces(path: Path, pieces: Sequence[str]) -> None:
    """Writes the pieces of a language model, in the order of their ids."""
    path.write_text("".join(f"{piece}\n" for piece in pieces), encoding="utf-8")


def copy_token_files(
    features: Iterable[Feature], folder: Path, source: Path | None = None
) -> list[str]:
    """Copies the files that tokens need, and says how they are called then.

    Args:
        features: Whose tokens.
        folder: Gets them.
        source: The vocabulary beside which they are; where the features say, if None.
            Those of language models are then left to `write_pieces`.

    Raises:
        ArtifactError: One is not there.
    """
    copied = []
    for name, tokens in token_kinds(features).items():
        declared = tokens_file(tokens)
        if declared is None:
            continue
        target = tokens_path(folder / VOCABULARY, name)
        try:
            shutil.copyfile(tokens_path(source, name) if source else declared, target)
        except OSError as error:
            raise ArtifactError(
                f"`tokens` of '{name}' need the file '{declared}', which can't be "
                f"read: {error.strerror}."
            ) from error
        copied.append(target.name)
    if source:
        for name in language_model_texts(features):
            target = tokens_path(folder / VOCABULARY, name)
            shutil.copyfile(tokens_path(source, name), target)
            copied.append(target.name)
    return copied


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
    tokens = copy_token_files(schema.features, folder, vocabulary_path)
    names = (_SCHEMA, _NUMBERS, VOCABULARY, *tokens)
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
    kinds = token_kinds(schema.features)
    files = [name for name, tokens in kinds.items() if tokens_file(tokens)]
    files += language_model_texts(schema.features)
    said += [_checksum(tokens_path(vocabulary_path, name)) for name in files]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _write_json(path: Path, values: Mapping[str, object]) -> None:
    path.write_text(json.dumps(values, indent=2), encoding="utf-8")


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
