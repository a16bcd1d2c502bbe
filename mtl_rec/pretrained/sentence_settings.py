"""How a folder of sentence-transformers says to make one vector of many."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mtl_rec.errors import ArtifactError

MAX_TOKENS = 256
"""Tokens read of a text where the folder does not say; few items have a longer one."""


@dataclass(frozen=True)
class SentenceSettings:
    """What follows the language model.

    Attributes:
        pooling: Whether a text's vector is the mean of its tokens' or that of the
            first one, which stands for all.
        is_normalised: Whether vectors are then scaled to a length of 1.
        max_tokens: Tokens read of a text, those around it included.
    """

    pooling: Literal["mean", "first"] = "mean"
    is_normalised: bool = True
    max_tokens: int = MAX_TOKENS


def read_sentence_settings(folder: Path) -> SentenceSettings:
    """Reads `modules.json` and what it names; their absence leaves the defaults.

    Raises:
        ArtifactError: The folder asks for what is not done here.
    """
    modules = _read(folder / "modules.json") or []
    kinds = [module["type"].rpartition(".")[2] for module in modules]
    unknown = sorted(set(kinds) - {"Transformer", "Pooling", "Normalize"})
    if unknown:
        raise ArtifactError(
            f"'{folder}' must make its vectors by Transformer, Pooling and Normalize "
            f"alone. Received: {', '.join(unknown)}."
        )
    limits = _read(folder / "sentence_bert_config.json") or {}
    return SentenceSettings(
        _pooling(folder),
        "Normalize" in kinds if modules else True,
        limits.get("max_seq_length") or MAX_TOKENS,
    )


def _pooling(folder: Path) -> Literal["mean", "first"]:
    settings = _read(folder / "1_Pooling" / "config.json") or {}
    modes = [n for n, own in settings.items() if n.startswith("pooling_mode") and own]
    match modes:
        case [] | ["pooling_mode_mean_tokens"]:
            return "mean"
        case ["pooling_mode_cls_token"]:
            return "first"
    raise ArtifactError(
        f"'{folder}' must pool tokens by their mean or by the first one. Received: "
        f"{', '.join(modes)}."
    )


def _read(path: Path) -> Any:
    """What a JSON file holds; None where there is no such file."""
    if not path.is_file():
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArtifactError(f"'{path}' can't be read: {error}.") from error
