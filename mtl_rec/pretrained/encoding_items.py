"""From a catalogue to a file of vectors, by a language model that is not trained."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mtl_rec.pretrained.text_encoder import TextEncoder
from mtl_rec.schema.given_vectors import (
    DIGEST,
    ENCODER,
    VECTOR,
    GivenVectors,
    noted_encoder,
    write_vectors,
)

TEXTS_AT_ONCE = 4096
"""Texts after which what is done is kept, should the process end."""
_DIGEST_BYTES = 16


@dataclass(frozen=True)
class EncodedItems:
    """What was written.

    Attributes:
        path: The file.
        items: Ids in it.
        texts: Distinct texts of these.
        encoded: Texts that were encoded now; the vectors of the others were known.
        dim: Numbers of a vector.
    """

    path: Path
    items: int
    texts: int
    encoded: int
    dim: int


def encode_items(
    texts: Mapping[str, str],
    encoder: TextEncoder,
    output: Path,
    id_name: str = "id",
    batch_size: int = 64,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> EncodedItems:
    """Writes the vector of each item's text.

    Texts whose vectors are in the file already, made by the same encoder, are not
    encoded again. What is done is kept in a file beside it meanwhile, from which a
    later call goes on.

    Args:
        texts: By id.
        encoder: Makes the vectors.
        output: Parquet file to write or replace, in a folder that exists.
        id_name: Of the column of ids.
        batch_size: Texts that are encoded at once.
        progress: Is told how many texts are encoded, and of how many.
    """
    digests = {text: _digest(text) for text in texts.values()}
    unfinished = output.with_name(f".encoded-{output.name}")
    known: dict[bytes, np.ndarray] = {}
    for path in (output, unfinished):
        known |= _known_vectors(path, encoder.fingerprint)
    new = [text for text, digest in digests.items() if digest not in known]
    note = {ENCODER: encoder.fingerprint}
    for start in range(0, len(new), TEXTS_AT_ONCE):
        part = new[start : start + TEXTS_AT_ONCE]
        vectors = encoder.encode(
            part,
            batch_size,
            lambda done, before=start: progress(before + done, len(new)),
        )
        known |= {digests[t]: v for t, v in zip(part, vectors, strict=True)}
        done = [digests[text] for text in new[: start + len(part)]]
        _write(unfinished, list(map(bytes.hex, done)), done, known, id_name, note)
    _write(
        output, list(texts), [digests[t] for t in texts.values()], known, id_name, note
    )
    unfinished.unlink(missing_ok=True)
    return EncodedItems(output, len(texts), len(digests), len(new), encoder.dim)


def _write(
    path: Path,
    ids: Sequence[str],
    digests: Sequence[bytes],
    known: Mapping[bytes, np.ndarray],
    id_name: str,
    note: Mapping[str, str],
) -> None:
    vectors = np.stack([known[digest] for digest in digests])
    column = pa.array(digests, pa.binary(_DIGEST_BYTES))
    write_vectors(path, GivenVectors(pa.array(ids), vectors), id_name, note, column)


def _known_vectors(path: Path, fingerprint: str) -> dict[bytes, np.ndarray]:
    """Vectors by what they were made of; none of another encoder, or another file."""
    if not path.is_file():
        return {}
    try:
        if noted_encoder(pq.read_schema(path)) != fingerprint:
            return {}
        table = pq.read_table(path, columns=[DIGEST, VECTOR]).combine_chunks()
    except (OSError, pa.ArrowException):
        # It is written anew, whatever it was.
        return {}
    flat = table[VECTOR].combine_chunks().flatten().to_numpy()
    vectors = flat.reshape(table.num_rows, -1)
    return dict(zip(table[DIGEST].to_pylist(), vectors, strict=True))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:_DIGEST_BYTES]
