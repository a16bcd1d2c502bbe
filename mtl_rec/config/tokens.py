"""How a text is cut into the pieces that are embedded, by `kind`."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from mtl_rec.config.base import Section


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


Tokens = Annotated[Words | Characters | WordsAndCharacters, Field(discriminator="kind")]
