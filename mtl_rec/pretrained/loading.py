"""Loads an encoder of texts from a folder, or from a preset of KerasHub."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras

from mtl_rec.errors import ArtifactError
from mtl_rec.pretrained.bert import keras_hub, use_exact_gelu
from mtl_rec.pretrained.sentence_settings import read_sentence_settings
from mtl_rec.pretrained.text_encoder import TextEncoder, TokenIds


def load_text_encoder(source: str) -> TextEncoder:
    """Loads a language model of BERT's family, its tokeniser and its pooling.

    Args:
        source: A folder of Hugging Face or sentence-transformers (`config.json`,
            `model.safetensors`, `tokenizer.json`), a preset folder of KerasHub, or the
            name of a preset, which is downloaded.

    Raises:
        ConfigError: The extra `text` is not installed.
        ArtifactError: There is no such encoder, or it is of another family.
    """
    folder = Path(source)
    if _looks_like_path(source) and not folder.is_dir():
        raise ArtifactError(
            "An encoder must be a folder or the name of a preset. Received: "
            f"'{source}', which is neither."
        )
    hub = keras_hub()
    try:
        backbone = hub.models.Backbone.from_preset(source)
        tokenise, tokeniser = _tokeniser(folder, source, hub)
    except ArtifactError:
        raise
    except Exception as error:  # KerasHub raises what its readers do.
        raise ArtifactError(
            f"No encoder of texts can be loaded from '{source}': {error}"
        ) from error
    if "token_ids" not in backbone.input:
        raise ArtifactError(
            f"'{source}' must be an encoder of texts of BERT's family. Received: "
            f"{type(backbone).__name__}."
        )
    _compute_gelu_as_trained(backbone, folder)
    backbone.trainable = False
    settings = read_sentence_settings(folder)
    # A model without a fixed number of places reads texts of any length.
    places = getattr(backbone, "max_sequence_length", None) or settings.max_tokens
    settings = replace(settings, max_tokens=min(settings.max_tokens, places))
    return TextEncoder(backbone, tokenise, tokeniser, settings)


def _compute_gelu_as_trained(backbone: keras.Model, folder: Path) -> None:
    """Has a BERT's layers compute GELU as it was trained with, where that is known.

    KerasHub's approximates it by a hyperbolic tangent, as the first BERT did; that of
    Hugging Face does not, and sentence vectors differ by up to 5e-4.
    """
    path = folder / "config.json"
    if not path.is_file():
        return
    config = json.loads(path.read_text(encoding="utf-8"))
    if config.get("hidden_act") == "gelu":
        use_exact_gelu(backbone)


def _looks_like_path(source: str) -> bool:
    return source.startswith((".", "/", "~")) or "\\" in source


def _tokeniser(folder: Path, source: str, hub: Any) -> tuple[Any, str]:
    """The tokeniser that a model was trained with, and all that decides its tokens.

    Where a folder says how with Hugging Face's own files, their library is the one
    that does just that: KerasHub's loses Korean, whose letters it takes apart and puts
    together again, and keeps accents.
    """
    if (folder / "tokenizer_config.json").is_file():
        return _hugging_face(folder)
    tokeniser = hub.tokenizers.Tokenizer.from_preset(source)
    names = vars(tokeniser)
    start = names.get("cls_token_id", names.get("start_token_id"))
    end = names.get("sep_token_id", names.get("end_token_id"))
    if start is None or end is None:
        raise ArtifactError(
            f"The tokeniser of '{source}' must have tokens for the start and the end "
            f"of a text. Received: {type(tokeniser).__name__}."
        )

    def tokenise(texts: Sequence[str], max_tokens: int) -> TokenIds:
        ids = ([int(token) for token in tokeniser(text)] for text in texts)
        return [[start, *own[: max_tokens - 2], end] for own in ids]

    return tokenise, f"{tokeniser.get_config()} {tokeniser.get_vocabulary()}"


def _hugging_face(folder: Path) -> tuple[Any, str]:
    import tokenizers  # pyright: ignore[reportMissingModuleSource]

    path = folder / "tokenizer.json"
    if not path.is_file():
        raise ArtifactError(
            f"'{folder}' must have a `tokenizer.json`, in which the libraries of "
            "Hugging Face keep how texts are cut: save the tokeniser with one of them."
        )
    tokeniser = tokenizers.Tokenizer.from_file(str(path))
    tokeniser.no_padding()

    def tokenise(texts: Sequence[str], max_tokens: int) -> TokenIds:
        tokeniser.enable_truncation(max_tokens)
        return [encoding.ids for encoding in tokeniser.encode_batch(list(texts))]

    return tokenise, tokeniser.to_str()
