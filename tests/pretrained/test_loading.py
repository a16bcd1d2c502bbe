"""What an encoder of texts can be loaded from, and what is said of other things."""

import sys

import numpy as np
import pytest

from mtl_rec.errors import ArtifactError, ConfigError
from mtl_rec.pretrained import load_text_encoder
from mtl_rec.pretrained.bert import bert
from mtl_rec.pretrained.language_model import load_language_model

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


def test_a_preset_says_how_its_texts_are_cut(preset):
    loaded = load_language_model(str(preset))

    assert loaded.pieces == WORDS
    tokens = loaded.about.tokens
    assert [WORDS[own] for own in (tokens.start_id, tokens.end_id)] == WORDS[2:4]
    assert tokens.is_lower_case
    assert not loaded.about.bert.has_exact_gelu
    own = bert(loaded.about.bert)
    for weight, value in zip(own.weights, loaded.weights, strict=True):
        assert tuple(weight.shape) == value.shape


def test_a_model_of_another_family_is_refused(keras_hub, tmp_path):
    backbone = keras_hub.models.DistilBertBackbone(
        len(WORDS), num_layers=1, num_heads=2, hidden_dim=8, intermediate_dim=12
    )
    backbone.save_to_preset(str(tmp_path))
    tokeniser = keras_hub.tokenizers.DistilBertTokenizer(vocabulary=WORDS)
    tokeniser.save_to_preset(str(tmp_path))

    with pytest.raises(ArtifactError, match=r"must be a BERT\. .* DistilBertBackbone"):
        load_language_model(str(tmp_path))


def test_a_folder_without_an_encoder_is_told_apart(keras_hub, tmp_path):
    with pytest.raises(ArtifactError, match="No encoder of texts can be loaded from"):
        load_text_encoder(str(tmp_path))


def test_without_the_extra_it_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "keras_hub", None)

    with pytest.raises(ConfigError, match=r"an extra: pip install \"mtl-rec\[text\]\""):
        load_text_encoder(str(tmp_path))
