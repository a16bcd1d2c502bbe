"""Ids in a text file, one a line."""

from pathlib import Path

from mtl_rec.errors import ArtifactError


def read_ids(path: Path, whose: str) -> list[str]:
    """The ids, each once; blank lines are left out.

    Args:
        path: Of the file.
        whose: In errors, such as "a user".

    Raises:
        ArtifactError: It is no text, or holds none.
        OSError: It can't be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise ArtifactError(f"'{path}' must be UTF-8 text: {error}.") from error
    ids = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if not ids:
        raise ArtifactError(f"'{path}' must hold the id of {whose} on each line.")
    return ids
