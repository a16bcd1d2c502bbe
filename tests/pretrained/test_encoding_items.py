"""Files of vectors: encoded once, gone on with, and read as they were written."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from mtl_rec.pretrained import encoding_items
from mtl_rec.pretrained.encoding_items import encode_items
from mtl_rec.schema.given_vectors import read_vectors


@pytest.fixture
def texts():
    """12 items with 10 different texts."""
    return {f"i{n}": f"text {n % 10}" for n in range(12)}


def test_every_item_has_the_vector_of_its_text(make_encoder, texts, tmp_path):
    encoder = make_encoder()

    done = encode_items(texts, encoder, tmp_path / "v.parquet", "item", 4)

    assert (done.items, done.texts, done.encoded, done.dim) == (12, 10, 10, 5)
    read = read_vectors(tmp_path / "v.parquet")
    assert read.ids.to_pylist() == list(texts)
    direct = encoder.encode(list(texts.values()))
    np.testing.assert_allclose(read.vectors, direct, atol=1e-5)
    assert [path.name for path in tmp_path.iterdir()] == ["v.parquet"]


def test_only_new_and_changed_texts_are_encoded_again(make_encoder, texts, tmp_path):
    path = tmp_path / "v.parquet"
    encode_items(texts, make_encoder(), path)
    before = read_vectors(path)
    changed = {**texts, "new": "another", "i0": "text 0, now blue"}
    del changed["i5"]

    done = encode_items(changed, make_encoder(), path)

    assert done.encoded == 2
    after = read_vectors(path)
    assert after.ids.to_pylist() == list(changed)
    same = [i for i, name in enumerate(texts) if changed.get(name) == texts[name]]
    places = [list(changed).index(list(texts)[i]) for i in same]
    np.testing.assert_array_equal(after.vectors[places], before.vectors[same])


def test_another_encoder_encodes_everything_anew(make_encoder, texts, tmp_path):
    path = tmp_path / "v.parquet"
    encode_items(texts, make_encoder(), path)

    done = encode_items(texts, make_encoder(seed=1), path)

    assert done.encoded == 10


def test_an_interrupted_call_is_gone_on_with(
    make_encoder, texts, tmp_path, monkeypatch
):
    monkeypatch.setattr(encoding_items, "TEXTS_AT_ONCE", 4)
    path = tmp_path / "v.parquet"

    def interrupt(done, total):
        if done > 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encode_items(texts, make_encoder(), path, batch_size=2, progress=interrupt)
    assert not path.exists()

    done = encode_items(texts, make_encoder(), path)

    assert done.encoded == 2
    assert [found.name for found in tmp_path.iterdir()] == ["v.parquet"]
    assert pq.read_metadata(path).num_rows == 12


def test_what_is_no_such_file_is_written_anew(make_encoder, texts, tmp_path):
    path = tmp_path / "v.parquet"
    path.write_bytes(b"anything")

    assert encode_items(texts, make_encoder(), path).encoded == 10
