"""Words and characters of a text, the same in training and in the served graph."""

import tensorflow as tf

# Letters, digits, their marks and pictures are kept; U+FE00-FE0F choose between forms
# of one picture.
_SEPARATORS = r"[^\p{L}\p{N}\p{M}\p{So}]+|[\x{FE00}-\x{FE0F}]+"
# Written without spaces between words, or a word by itself. U+FFFD, which invalid
# bytes have become, is a picture to Unicode: it leaves a space.
_SINGLE = r"\x{FFFD}|([\p{Han}\p{Hiragana}\p{Katakana}\p{So}])"


def tokenise(texts: tf.Tensor, max_bytes: int, max_tokens: int) -> tf.Tensor:
    """Splits texts into lower-case words, and Chinese and Japanese into characters.

    Args:
        texts: UTF-8, `(batch,)`; invalid bytes are skipped.
        max_bytes: Bytes read of each text, so that a huge one costs no more.
        max_tokens: Tokens kept of each text, from its start.

    Returns:
        `(batch, max_tokens)` strings, "" after the last token.
    """
    head = tf.strings.substr(texts, 0, max_bytes, unit="BYTE")
    # First of all, as lower-casing stops at a NUL.
    words = tf.strings.regex_replace(head, _SEPARATORS, " ")
    words = tf.strings.regex_replace(_lower(words), _SINGLE, r" \1 ")
    tokens = tf.raw_ops.StringSplitV2(input=words, sep="", maxsplit=-1)
    # What `tf.strings.split(words).to_tensor(...)` does, in a third of the operations.
    return tf.raw_ops.RaggedTensorToTensor(
        shape=[-1, max_tokens],
        values=tokens.values,
        default_value="",
        row_partition_tensors=[tokens.shape[0], tokens.indices[:, 0]],
        row_partition_types=["FIRST_DIM_SIZE", "VALUE_ROWIDS"],
    )


def _lower(texts: tf.Tensor) -> tf.Tensor:
    """Lower case in every script, whatever the language of the machine.

    TensorFlow follows the machine's locale: where that is Turkish, "I" becomes a
    dotless i, which no server elsewhere would look up.
    """
    ascii_lower = tf.strings.lower(texts)
    dotted = tf.strings.regex_replace(ascii_lower, "İ", "i")
    return tf.strings.lower(dotted, encoding="utf-8")
