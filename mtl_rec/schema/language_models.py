"""What is known of a language model without its weights."""

from dataclasses import dataclass
from typing import Any, Literal

from mtl_rec.bert_shape import BertShape


@dataclass(frozen=True)
class TokenRules:
    """How texts become the ids of a BERT's pieces.

    Attributes:
        start_id: Of the token before every text.
        end_id: Of the one after it.
        unknown: The piece that stands for words without pieces.
        longest_word: Characters of the longest word that is cut; others are unknown.
        is_lower_case: Whether letters are made small.
        strips_accents: Whether letters lose their accents.
        splits_chinese: Whether every Chinese character is a word.
    """

    start_id: int
    end_id: int
    unknown: str
    longest_word: int
    is_lower_case: bool
    strips_accents: bool
    splits_chinese: bool


@dataclass(frozen=True)
class LanguageModel:
    """A BERT with its tokens and what makes one vector of them.

    Attributes:
        bert: Its sizes.
        tokens: How texts become ids.
        pooling: Whether a text's vector is the mean of its tokens' or the first.
        is_normalised: Whether vectors have a length of 1.
        fingerprint: A hash of all weights, pieces and settings.
    """

    bert: BertShape
    tokens: TokenRules
    pooling: Literal["mean", "first"]
    is_normalised: bool
    fingerprint: str

    @classmethod
    def from_plain(cls, values: dict[str, Any]) -> "LanguageModel":
        """What `dataclasses.asdict` took apart."""
        parts = {
            "bert": BertShape(**values["bert"]),
            "tokens": TokenRules(**values["tokens"]),
        }
        return cls(**{**values, **parts})
