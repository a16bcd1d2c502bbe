"""How a text is cut into the pieces that are embedded, by `kind`."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from mtl_rec.config.base import NonEmpty, Section


class Words(Section):
    """Words, and the characters of Chinese and Japanese, which has no blanks."""

    kind: Literal["words"] = "words"


class Characters(Section):
    """Characters with their accents, and `_` for what stands between words.

    For encoders that read them in order: `bag` would only learn how often each occurs.
    """

    kind: Literal["characters"] = "characters"


class WordsAndCharacters(Section):
    """Words and the character n-grams inside each (Bojanowski et al., 2017).

    A word that is misspelt, inflected or new shares most of its n-grams with one that
    is known. `max_tokens` counts both; all words come before the first n-gram.
    """

    kind: Literal["words_and_characters"] = "words_and_characters"
    min_n: Annotated[int, Field(ge=2, le=20)] = 3
    """Characters of the shortest n-grams, where the two ends of a word count as one
    each."""
    max_n: Annotated[int, Field(ge=2, le=20)] = 5
    """Characters of the longest n-grams."""

    @model_validator(mode="after")
    def _has_lengths(self):
        if self.max_n < self.min_n:
            raise ValueError(
                f"`max_n` must be `min_n` or more. Received: min_n: {self.min_n}, "
                f"max_n: {self.max_n}"
            )
        return self


class WordPieces(Section):
    """The longest pieces of words in a vocabulary (Wu et al., 2016).

    Needs TensorFlow Text, an extra, whose operations a stock server has.
    """

    kind: Literal["wordpiece"] = "wordpiece"
    vocabulary: NonEmpty
    """Text file with a piece a line, those within a word after `##`, as BERT's
    `vocab.txt`."""


class SentencePieces(Section):
    """Pieces that SentencePiece finds in a text (Kudo and Richardson, 2018).

    Needs TensorFlow Text, an extra, whose operations a stock server has.
    """

    kind: Literal["sentencepiece"] = "sentencepiece"
    model: NonEmpty
    """File that SentencePiece wrote, trained on texts in lower case."""


def tokens_file(tokens: "Tokens") -> str | None:
    """The file that says how a text is cut, where one does."""
    match tokens:
        case WordPieces():
            return tokens.vocabulary
        case SentencePieces():
            return tokens.model
        case Words() | Characters() | WordsAndCharacters():
            return None


Tokens = Annotated[
    Words | Characters | WordsAndCharacters | WordPieces | SentencePieces,
    Field(discriminator="kind"),
]
