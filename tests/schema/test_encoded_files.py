"""Encoded exposures in files are what they were in memory."""

from dataclasses import replace

import numpy as np
import pytest

from mtl_rec.errors import ArtifactError, SchemaError
from mtl_rec.schema.encoded import EncodedExposures, joined
from mtl_rec.schema.encoded_files import has_encoded, open_encoded, write_encoded
from mtl_rec.schema.sampling import SamplingCorrection
from mtl_rec.schema.schema import Schema
from mtl_rec.schema.stored_arrays import is_stored, read_rows
from mtl_rec.schema.value_counts import ValueCounts

SCHEMA = Schema((), (), {}, {}, None)


def part(first, stop):
    rows = np.arange(first, stop)
    return EncodedExposures(
        SCHEMA,
        {
            "user_ids": np.stack([rows, -rows], axis=1).astype(np.int32),
            "item_numbers": rows[:, np.newaxis].astype(np.float32) / 7,
        },
        {"click": (rows % 2).astype(np.float32)[:, np.newaxis]},
        np.exp(rows / 100)[:, np.newaxis],
    )


PARTS = [part(0, 40), part(40, 41), part(41, 100)]


@pytest.fixture
def stored(tmp_path):
    write_encoded(tmp_path / "train", iter(PARTS))
    return open_encoded(tmp_path / "train", SCHEMA)


def test_what_is_read_is_what_was_written(stored):
    whole = joined(PARTS)

    assert stored.is_stored
    assert not whole.is_stored
    assert stored.fingerprint() == whole.fingerprint() == part(0, 100).fingerprint()
    for name, array in whole.arrays().items():
        read = stored.arrays()[name]
        assert read.dtype == array.dtype
        np.testing.assert_array_equal(read, array)


def test_chunks_are_in_memory_and_hold_every_row_in_order(stored):
    chunks = list(stored.chunks(30))

    assert [len(chunk) for chunk in chunks] == [30, 30, 30, 10]
    assert not any(chunk.is_stored for chunk in chunks)
    assert joined(chunks).fingerprint() == stored.fingerprint()


def test_part_of_a_stored_array_reads_as_that_part(stored):
    ids = stored.inputs["user_ids"]
    out = np.empty((5, 2), np.int32)

    assert is_stored(ids)
    assert not is_stored(ids[10:])
    assert read_rows(ids[10:], 3, 8, out) is out
    np.testing.assert_array_equal(out, ids[13:18])
    np.testing.assert_array_equal(read_rows(ids, 13, 18), out)


def test_interrupted_writing_leaves_nothing(tmp_path):
    def failing():
        yield PARTS[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_encoded(tmp_path / "train", failing())

    assert list(tmp_path.iterdir()) == []
    assert not has_encoded(tmp_path / "train")


def test_no_rows_are_refused_and_leave_nothing(tmp_path):
    with pytest.raises(SchemaError, match="must have rows"):
        write_encoded(tmp_path / "train", [part(0, 0)])

    assert list(tmp_path.iterdir()) == []


def test_a_shorter_file_is_refused_by_name(stored, tmp_path):
    path = tmp_path / "train" / "inputs.user_ids.bin"
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(ArtifactError, match=r"user_ids\.bin' has another size"):
        open_encoded(tmp_path / "train", SCHEMA)
    with pytest.raises(ArtifactError, match="must hold 100 rows"):
        read_rows(stored.inputs["user_ids"], 90, 100)


def test_files_of_another_schema_are_refused(stored, tmp_path):
    del stored
    other = Schema((), (), {}, {}, SamplingCorrection(-1.0, False))

    with pytest.raises(ArtifactError, match="schema is another"):
        open_encoded(tmp_path / "train", other)


def test_counts_of_all_chunks_are_kept(tmp_path):
    counts = [{"item": ValueCounts(len(p), n, 9, n)} for n, p in enumerate(PARTS)]
    parts = [replace(p, counts=own) for p, own in zip(PARTS, counts, strict=True)]

    write_encoded(tmp_path / "train", iter(parts))

    expected = {"item": ValueCounts(100, 3, 27, 3)}
    assert open_encoded(tmp_path / "train", SCHEMA).counts == expected
    assert joined(parts).counts == expected
