"""What an encoder of texts can be loaded from, and what is said of other things."""

import sys

import numpy as np
import pytest

from mtl_rec.errors import ArtifactError, ConfigError
from mtl_rec.pretrained import load_text_encoder

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "red", "shoe", "##s", "tea"]


def test_a_folder_that_is_not_there_is_named():
    with pytest.raises(ArtifactError, match=r"Received: './nowhere', which is neither"):
        load_text_encoder("./nowhere")


@pytest.fixture
def keras_hub():
    return pytest.importorskip("keras_hub", reason="needs the extra `text`")


@pytest.fixture
def preset(keras_hub, tmp_path):
    """A BERT of a few numbers, as KerasHub saves it."""
    backbone = keras_hub.models.BertBackbone(
        len(WORDS), num_layers=1, num_heads=2, hidden_dim=8, intermediate_dim=12
    )
    backbone.save_to_preset(str(tmp_path / "tiny"))
    tokeniser = keras_hub.tokenizers.BertTokenizer(vocabulary=WORDS, lowercase=True)
    tokeniser.save_to_preset(str(tmp_path / "tiny"))
    return tmp_path / "tiny"


def test_a_preset_of_keras_hub_is_loaded(preset):
    vectors = load_text_encoder(str(preset)).encode(
        ["Red shoes", "red shoes", "red tea", ""]
    )

    assert vectors.shape == (4, 8)
    np.testing.assert_array_equal(vectors[0], vectors[1])
    assert len(np.unique(vectors.round(5), axis=0)) == 3


def test_a_folder_without_an_encoder_is_told_apart(keras_hub, tmp_path):
    with pytest.raises(ArtifactError, match="No encoder of texts can be loaded from"):
        load_text_encoder(str(tmp_path))


def test_without_the_extra_it_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "keras_hub", None)

    with pytest.raises(ConfigError, match=r"an extra: pip install \"mtl-rec\[text\]\""):
        load_text_encoder(str(tmp_path))
