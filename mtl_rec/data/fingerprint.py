"""A fingerprint of the rows that a run reads."""

import hashlib
from pathlib import Path

from mtl_rec.data.exposures import ExposureStream

VERSION = 1
"""Counted up when the same files are read as other rows than before."""


def data_fingerprint(stream: ExposureStream) -> str:
    """A hash of the source, its files' bytes, and the split; alike for all parts."""
    digest = hashlib.sha256(f"{VERSION}\n".encode())
    for section in (stream.data.source, stream.data.split):
        digest.update(section.model_dump_json().encode())
    for place in stream.source.headers:
        # Rows that are made follow from their settings, and are in no file.
        if Path(place).is_file():
            with open(place, "rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()
