"""What folders of sentence-transformers say of pooling."""

import json

import pytest

from mtl_rec.errors import ArtifactError
from mtl_rec.pretrained.sentence_settings import (
    SentenceSettings,
    read_sentence_settings,
)

MODULES = ["Transformer", "Pooling", "Normalize"]


@pytest.fixture
def read(tmp_path):
    def write_and_read(modules=MODULES, max_tokens=128, **modes):
        types = [{"type": f"sentence_transformers.models.{m}"} for m in modules]
        (tmp_path / "modules.json").write_text(json.dumps(types))
        limits = {"max_seq_length": max_tokens}
        (tmp_path / "sentence_bert_config.json").write_text(json.dumps(limits))
        (tmp_path / "1_Pooling").mkdir()
        (tmp_path / "1_Pooling" / "config.json").write_text(json.dumps(modes))
        return read_sentence_settings(tmp_path)

    return write_and_read


def test_a_folder_says_how_vectors_are_made(read):
    settings = read(pooling_mode_cls_token=True, pooling_mode_mean_tokens=False)

    assert settings == SentenceSettings("first", True, 128)


def test_without_the_module_vectors_keep_their_length(read):
    settings = read(MODULES[:2], pooling_mode_mean_tokens=True)

    assert settings == SentenceSettings("mean", False, 128)


def test_a_folder_that_says_nothing_means_the_mean(tmp_path):
    assert read_sentence_settings(tmp_path) == SentenceSettings("mean", True, 256)


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({"modules": [*MODULES, "Dense"]}, "alone. Received: Dense."),
        (
            {"pooling_mode_max_tokens": True, "pooling_mode_mean_tokens": True},
            "first one. Received: pooling_mode_max_tokens, pooling_mode_mean_tokens.",
        ),
    ],
)
def test_what_is_not_done_here_is_refused(read, asked, text):
    with pytest.raises(ArtifactError) as error:
        read(**asked)

    assert str(error.value).endswith(text)
