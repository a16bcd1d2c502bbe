"""What a folder or a preset says of a language model, and its weights."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from mtl_rec.bert_shape import BertShape
from mtl_rec.errors import ArtifactError
from mtl_rec.pretrained.bert import approximates_gelu, keras_hub, tokens_of
from mtl_rec.pretrained.loading import load_text_encoder
from mtl_rec.schema.language_models import LanguageModel, TokenRules

_INSTEAD = "`mtl-rec encode-items` takes more models, for a feature of `kind: vector`."


@dataclass(frozen=True)
class LoadedModel:
    """A language model that can be part of another model.

    Attributes:
        about: All but what it has learned.
        pieces: By id.
        weights: In the order of `bert`.
        max_tokens: At which an encoder of texts cuts them.
    """

    about: LanguageModel
    pieces: list[str]
    weights: list[np.ndarray]
    max_tokens: int


def load_language_model(source: str) -> LoadedModel:
    """Loads a BERT that cuts texts by WordPiece.

    Args:
        source: As `load_text_encoder` has it.

    Raises:
        ConfigError: The extra `text` is not installed.
        ArtifactError: There is no such model, or it is of another sort.
    """
    encoder = load_text_encoder(source)
    backbone: Any = encoder.backbone
    if not isinstance(backbone, keras_hub().models.BertBackbone):
        raise ArtifactError(
            f"An encoder inside a model must be a BERT. Received: '{source}', which is "
            f"a {type(backbone).__name__}. {_INSTEAD}"
        )
    folder = Path(source)
    is_hugging_face = (folder / "tokenizer_config.json").is_file()
    pieces, rules = _hugging_face(folder) if is_hugging_face else _preset(source)
    num_pieces = backbone.vocabulary_size
    if pieces[:1] != ["[PAD]"] or len(pieces) > num_pieces:
        raise ArtifactError(
            f"The vocabulary of '{source}' must begin with [PAD] and have at most "
            f"{num_pieces} pieces. Received: {len(pieces)} pieces, {pieces[:2]} first."
        )
    about = LanguageModel(
        BertShape(
            num_pieces,
            backbone.num_layers,
            backbone.num_heads,
            backbone.hidden_dim,
            backbone.intermediate_dim,
            backbone.max_sequence_length,
            backbone.num_segments,
            not any(map(approximates_gelu, backbone._flatten_layers())),
        ),
        rules,
        encoder.settings.pooling,
        encoder.settings.is_normalised,
        encoder.fingerprint,
    )
    weights = tokens_of(backbone).weights
    values = [_values(weight) for weight in weights]
    return LoadedModel(about, pieces, values, encoder.settings.max_tokens)


def _values(weight: keras.Variable) -> np.ndarray:
    return np.asarray(keras.ops.convert_to_numpy(weight))


def _hugging_face(folder: Path) -> tuple[list[str], TokenRules]:
    """By their own file, whose parts must be those of a BERT."""
    settings = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    model, cleaning = settings["model"], settings.get("normalizer") or {}
    parts = {
        "WordPiece": model.get("type", "WordPiece"),
        "BertNormalizer": cleaning.get("type"),
        "BertPreTokenizer": (settings.get("pre_tokenizer") or {}).get("type"),
    }
    others = sorted(str(got) for wanted, got in parts.items() if got != wanted)
    if others or model.get("continuing_subword_prefix", "##") != "##":
        raise ArtifactError(
            f"'{folder}' must cut texts as BERT does, by {', '.join(parts)}. Received: "
            f"{', '.join(others) or 'another mark of pieces within words'}. {_INSTEAD}"
        )
    ids = {**model["vocab"], **{t["content"]: t["id"] for t in _added(settings)}}
    pieces = _by_id(ids, folder)
    is_lower_case = cleaning.get("lowercase", True)
    strips = cleaning.get("strip_accents")
    names = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    start, end = (names.get(f"{which}_token", default) for which, default in _ENDS)
    rules = TokenRules(
        _id_of(start, ids, folder),
        _id_of(end, ids, folder),
        model.get("unk_token", "[UNK]"),
        model.get("max_input_chars_per_word", 100),
        is_lower_case,
        is_lower_case if strips is None else strips,
        cleaning.get("handle_chinese_chars", True),
    )
    return pieces, rules


_ENDS = (("cls", "[CLS]"), ("sep", "[SEP]"))


def _added(settings: dict[str, Any]) -> list[dict[str, Any]]:
    return settings.get("added_tokens") or []


def _by_id(ids: dict[str, int], folder: Path) -> list[str]:
    pieces = sorted(ids, key=ids.__getitem__)
    if [ids[piece] for piece in pieces] != list(range(len(pieces))):
        raise ArtifactError(
            f"The pieces of '{folder}' must be numbered from 0 without a gap. "
            f"Received: {len(pieces)} pieces up to number {max(ids.values())}."
        )
    return pieces


def _id_of(piece: Any, ids: dict[str, int], folder: Path) -> int:
    name = piece["content"] if isinstance(piece, dict) else piece
    if name not in ids:
        raise ArtifactError(
            f"The vocabulary of '{folder}' must have a piece for either end of a text. "
            f"Received: none for {name}."
        )
    return ids[name]


def _preset(source: str) -> tuple[list[str], TokenRules]:
    tokeniser: Any = keras_hub().tokenizers.BertTokenizer.from_preset(source)
    return list(tokeniser.get_vocabulary()), TokenRules(
        tokeniser.cls_token_id,
        tokeniser.sep_token_id,
        "[UNK]",
        100,
        tokeniser.lowercase,
        tokeniser.strip_accents,
        tokeniser.split_on_cjk,
    )
