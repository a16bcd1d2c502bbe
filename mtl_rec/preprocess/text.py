"""Tokens of a text, the same in training and in the served graph."""

import tensorflow as tf

from mtl_rec.config.tokens import (
    Characters,
    SentencePieces,
    Tokens,
    WordPieces,
    Words,
    WordsAndCharacters,
)
from mtl_rec.preprocess.character_ngrams import padded, with_ngrams
from mtl_rec.preprocess.pieces import Pieces

# Letters, digits, their marks and pictures are kept; U+FE00-FE0F choose between forms
# of one picture.
_SEPARATORS = r"[^\p{L}\p{N}\p{M}\p{So}]+|[\x{FE00}-\x{FE0F}]+"
# Written without spaces between words, or a word by itself. U+FFFD, which invalid
# bytes have become, is a picture to Unicode: it leaves a space.
_SINGLE = r"\x{FFFD}|([\p{Han}\p{Hiragana}\p{Katakana}\p{So}])"
# A character is what has a place of its own: accents and vowel signs go with theirs.
_CHARACTER = r"(.\p{M}*)"
_INVALID, _BLANKS, _BLANK = r"\x{FFFD}", r"\s+", "_"
_WORDS = Words()


def tokenise(
    texts: tf.Tensor,
    max_bytes: int,
    max_tokens: int,
    tokens: Tokens = _WORDS,
    pieces: Pieces | None = None,
) -> tf.Tensor:
    """Cuts texts into lower-case tokens.

    Args:
        texts: UTF-8, `(batch,)`; invalid bytes are skipped.
        max_bytes: Bytes read of each text, so that a huge one costs no more.
        max_tokens: Tokens kept of each text, from its start.
        tokens: What they are.
        pieces: As `pieces_of` gives them, where the tokens are such.

    Returns:
        `(batch, max_tokens)` strings, "" after the last token.
    """
    head = tf.strings.substr(texts, 0, max_bytes, unit="BYTE")
    # First of all, as lower-casing stops at a NUL.
    cleaned = lower_case(tf.strings.regex_replace(head, _SEPARATORS, " "))
    match tokens:
        case Words():
            return _words(cleaned, max_tokens)
        case Characters():
            return _characters(cleaned, max_tokens)
        case WordsAndCharacters():
            words = _words(cleaned, max_tokens)
            return with_ngrams(words, max_tokens, tokens.min_n, tokens.max_n)
        case WordPieces() | SentencePieces():
            if pieces is None:
                raise ValueError(f"`pieces` must be given for {tokens.kind}.")
            return padded(*pieces(cleaned), tf.shape(texts, tf.int64)[0], max_tokens)


def _words(cleaned: tf.Tensor, max_tokens: int) -> tf.Tensor:
    """Words, and Chinese and Japanese by character."""
    return _split(tf.strings.regex_replace(cleaned, _SINGLE, r" \1 "), max_tokens)


def _characters(cleaned: tf.Tensor, max_tokens: int) -> tf.Tensor:
    stripped = tf.strings.strip(tf.strings.regex_replace(cleaned, _INVALID, " "))
    joined = tf.strings.regex_replace(stripped, _BLANKS, _BLANK)
    return _split(tf.strings.regex_replace(joined, _CHARACTER, r"\1 "), max_tokens)


def _split(spaced: tf.Tensor, max_tokens: int) -> tf.Tensor:
    tokens = tf.raw_ops.StringSplitV2(input=spaced, sep="", maxsplit=-1)
    # What `tf.strings.split(words).to_tensor(...)` does, in a third of the operations.
    return padded(tokens.values, tokens.indices[:, 0], tokens.shape[0], max_tokens)


def lower_case(texts: tf.Tensor) -> tf.Tensor:
    """Lower case in every script, whatever the language of the machine.

    TensorFlow follows the machine's locale: where that is Turkish, "I" becomes a
    dotless i, which no server elsewhere would look up.
    """
    ascii_lower = tf.strings.lower(texts)
    dotted = tf.strings.regex_replace(ascii_lower, "İ", "i")
    return tf.strings.lower(dotted, encoding="utf-8")
