"""Vectors of ids that come from a Parquet file, and are not trained."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mtl_rec.errors import ArtifactError
from mtl_rec.schema.raw_types import is_list
from mtl_rec.whole_files import written_whole

_SHOWN = 3
VECTOR, DIGEST = "vector", "digest"
"""Columns of the files that `write_vectors` writes."""
ENCODER = "encoder"
"""The note in such a file that says which encoder of texts made the vectors."""


@dataclass(frozen=True)
class GivenVectors:
    """A vector for each of some ids.

    Attributes:
        ids: Distinct strings, `(n,)`.
        vectors: `(n, dim)` float32, finite.
        encoder: Fingerprint of the encoder of texts that made them; None where that is
            not known.
    """

    ids: pa.Array
    vectors: np.ndarray
    encoder: str | None = None

    @property
    def dim(self) -> int:
        """Numbers of a vector."""
        return self.vectors.shape[1]

    def fingerprint(self) -> str:
        """A hash of all ids and vectors, in their order."""
        digest = hashlib.sha256("\n".join(self.ids.to_pylist()).encode())
        digest.update(np.ascontiguousarray(self.vectors).data)
        return digest.hexdigest()

    def table(self) -> np.ndarray:
        """Rows by id as an embedding has them, `(2 + n, dim)`.

        Padding is zeros. What is not among the ids is their mean: as little as is
        known of it, it is more like them than like nothing.
        """
        mean = self.vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
        return np.concatenate([[np.zeros_like(mean), mean], self.vectors])


def noted_encoder(file: pa.Schema) -> str | None:
    """Fingerprint of the encoder that made a file's vectors, where it is known.

    Args:
        file: Its columns, and what was noted with them.
    """
    encoder = (file.metadata or {}).get(ENCODER.encode())
    return encoder.decode() if encoder else None


def read_vectors(path: str | os.PathLike[str]) -> GivenVectors:
    """Reads a Parquet file of two columns: ids, and lists of numbers of one length.

    Columns of bytes, which are neither, are left out.

    Raises:
        ArtifactError: The file can't be read, or is not that.
    """
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise ArtifactError(
            f"The vectors in '{path}' can't be read: {error}. `mtl-rec encode-items` "
            "writes such a file."
        ) from error
    lists = [f.name for f in table.schema if _is_list_of_numbers(f.type)]
    ids = [f.name for f in table.schema if _is_id(f.type)]
    others = [f for f in table.schema if not pa.types.is_fixed_size_binary(f.type)]
    if len(lists) != 1 or len(ids) != 1 or len(others) != len(ids + lists):
        columns = ", ".join(f"{f.name}: {f.type}" for f in table.schema)
        raise _wrong(path, "a column of ids and one of lists of numbers", columns)
    return GivenVectors(
        _ids(table[ids[0]].combine_chunks(), path),
        _vectors(table[lists[0]].combine_chunks(), path),
        noted_encoder(table.schema),
    )


def write_vectors(
    path: str | os.PathLike[str],
    vectors: GivenVectors,
    id_name: str,
    metadata: Mapping[str, str],
    digests: pa.Array | None = None,
) -> None:
    """Writes what `read_vectors` reads, whole or not at all.

    Args:
        path: The file.
        vectors: Ids and vectors.
        id_name: Of the column of ids.
        metadata: Notes in the file.
        digests: Of what each vector was made of, bytes of one length.
    """
    flat = pa.array(vectors.vectors.ravel())
    lists = pa.FixedSizeListArray.from_arrays(flat, vectors.dim)
    table = pa.table({id_name: vectors.ids, VECTOR: lists})
    if digests is not None:
        table = table.append_column(DIGEST, digests)
    table = table.replace_schema_metadata(dict(metadata))
    with written_whole(Path(path)) as unfinished:
        # No dictionaries: no value is there twice.
        pq.write_table(table, unfinished, use_dictionary=False)


def _ids(ids: pa.Array, path: str | os.PathLike[str]) -> pa.Array:
    ids = pc.fill_null(ids.cast(pa.string()), "")
    if not len(ids):
        raise _wrong(path, "a vector for one id at least", "none")
    counts = pc.value_counts(ids)
    repeated = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    if len(repeated):
        raise _wrong(path, "each id once", f"several of {_shown(repeated)}")
    # As in a vocabulary: a value is a line of its file.
    odd = ids.filter(
        pc.or_(pc.equal(ids, ""), pc.match_substring_regex(ids, r"[\r\n]"))
    )
    if len(odd):
        raise _wrong(path, "ids that are there and have one line", _shown(odd))
    return ids


def _vectors(lists: pa.Array, path: str | os.PathLike[str]) -> np.ndarray:
    lengths = pc.fill_null(pc.list_value_length(lists), 0)
    found = sorted(lengths.unique().to_pylist())
    if len(found) != 1 or not found[0]:
        text = ", ".join(map(str, found[: _SHOWN + 1]))
        raise _wrong(path, "vectors of one length, none missing", f"lengths of {text}")
    flat = lists.flatten().cast(pa.float32(), safe=False)
    vectors = flat.to_numpy(zero_copy_only=False).reshape(len(lists), found[0])
    if not np.isfinite(vectors).all():
        raise _wrong(path, "finite numbers", "NaN or infinity")
    return vectors


def _is_list_of_numbers(kind: pa.DataType) -> bool:
    return is_list(kind) and _is_number(kind.value_type)


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_floating(kind) or pa.types.is_integer(kind)


def _is_id(kind: pa.DataType) -> bool:
    return (
        pa.types.is_integer(kind)
        or pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_dictionary(kind)
    )


def _shown(ids: Iterable[pa.Scalar]) -> str:
    return str([id_.as_py() for id_, _ in zip(ids, range(_SHOWN), strict=False)])


def _wrong(path: str | os.PathLike[str], allowed: str, received: str) -> ArtifactError:
    return ArtifactError(
        f"The vectors in '{path}' must have {allowed}. Received: {received}."
    )
