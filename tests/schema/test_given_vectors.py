"""Files of vectors: what is read of them, and what is refused."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mtl_rec.errors import ArtifactError
from mtl_rec.schema.given_vectors import GivenVectors, read_vectors, write_vectors

VECTORS = np.array([[1.0, 2.0], [3.0, -4.0], [0.5, 0.0]], np.float32)


@pytest.fixture
def read(tmp_path):
    def write_and_read(**columns):
        pq.write_table(pa.table(columns), tmp_path / "v.parquet")
        return read_vectors(tmp_path / "v.parquet")

    return write_and_read


def test_what_was_written_is_read(tmp_path):
    path = tmp_path / "v.parquet"
    given = GivenVectors(pa.array(["b", "日本", "a b"]), VECTORS)

    write_vectors(path, given, "item", {"encoder": "x"})

    read = read_vectors(path)
    assert read.ids.equals(given.ids)
    np.testing.assert_array_equal(read.vectors, VECTORS)
    assert read.fingerprint() == given.fingerprint()
    assert pq.read_schema(path).metadata == {b"encoder": b"x"}


@pytest.mark.parametrize("ids", [[7, 1, 2], ["7", "1", "2"]])
@pytest.mark.parametrize(
    "kind",
    [
        pa.list_(pa.float32()),
        pa.large_list(pa.float64()),
        pa.list_(pa.float16(), 2),
    ],
)
def test_columns_are_known_by_what_they_hold(read, ids, kind):
    lists = pa.array(VECTORS.tolist()).cast(kind)

    given = read(embedding=lists, sku=ids)

    assert given.ids.to_pylist() == ["7", "1", "2"]
    np.testing.assert_array_equal(given.vectors, VECTORS)


def test_the_table_has_nothing_for_padding_and_the_mean_for_the_unknown():
    table = GivenVectors(pa.array(["a", "b", "c"]), VECTORS).table()

    np.testing.assert_array_equal(table[0], [0.0, 0.0])
    np.testing.assert_allclose(table[1], VECTORS.mean(axis=0), rtol=1e-6)
    np.testing.assert_array_equal(table[2:], VECTORS)


@pytest.mark.parametrize("change", ["order", "id", "vector"])
def test_another_table_has_another_fingerprint(change):
    ids, vectors = ["a", "b", "c"], VECTORS.copy()
    if change == "order":
        ids = ["b", "a", "c"]
    elif change == "id":
        ids = ["a", "b", "d"]
    else:
        vectors[2, 1] = 1e-7
    given = GivenVectors(pa.array(["a", "b", "c"]), VECTORS)

    assert GivenVectors(pa.array(ids), vectors).fingerprint() != given.fingerprint()


NO_IDS, NO_VECTORS = pa.array([], pa.string()), pa.array([], pa.list_(pa.float32()))
GOOD = {"id": ["a", "b", "c"], "vector": VECTORS.tolist()}


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        (
            {"more": [1, 2, 3]},
            "a column of ids and one of lists of numbers. Received: id: string, "
            "vector: list<element: double>, more: int64.",
        ),
        ({"id": ["a", "b", "a"]}, "each id once. Received: several of ['a']."),
        (
            {"id": ["a", None, "b\nc"]},
            "ids that are there and have one line. Received: ['', 'b\\nc'].",
        ),
        (
            {"vector": [[1.0], [1.0, 2.0], None]},
            "vectors of one length, none missing. Received: lengths of 0, 1, 2.",
        ),
        (
            {"vector": [[1.0], [float("nan")], [2.0]]},
            "finite numbers. Received: NaN or infinity.",
        ),
        ({"vector": [[1.0], [None], [2.0]]}, "finite numbers. Received: NaN or inf"),
        (
            {"id": NO_IDS, "vector": NO_VECTORS},
            "a vector for one id at least. Received: none.",
        ),
    ],
)
def test_what_is_no_table_of_vectors_is_refused(read, columns, text):
    with pytest.raises(ArtifactError) as error:
        read(**{**GOOD, **columns})

    assert f"v.parquet' must have {text}" in str(error.value)


def test_a_file_that_is_not_there_is_told_with_the_way_to_one(tmp_path):
    with pytest.raises(ArtifactError, match=r"can't be read: .* `mtl-rec encode-"):
        read_vectors(tmp_path / "none.parquet")
