"""Ids of the pieces of a BERT, as the library that it was trained with gives them."""

from pathlib import Path

import tensorflow as tf

from mtl_rec.errors import ConfigError
from mtl_rec.preprocess.text import lower_case
from mtl_rec.schema.fields import PADDING_ID
from mtl_rec.schema.language_models import TokenRules

# Control characters, but for those that are blanks, others that are not seen, and what
# is left of invalid bytes.
_NOTHING = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x{9F}\p{Cf}\p{Co}\x{FFFD}]"
_BLANK = r"[\t\n\r\p{Z}]"
_CHINESE = (
    r"([\x{4E00}-\x{9FFF}\x{3400}-\x{4DBF}\x{20000}-\x{2A6DF}\x{2A700}-\x{2B73F}"
    r"\x{2B740}-\x{2B81F}\x{2B920}-\x{2CEAF}\x{F900}-\x{FAFF}\x{2F800}-\x{2FA1F}])"
)
_PUNCTUATION = r"([\p{P}!-/:-@\[-`{-~])"
_ACCENTS = r"\p{Mn}"
_SMALL_SIGMA = "\N{GREEK SMALL LETTER SIGMA}"
_MOST_BYTES = 4
"""Of a character."""


class LanguageModelTokens:
    """Cuts texts as a BERT wants them.

    They are cleaned, their Chinese characters and punctuation stand alone, and words
    are cut into the longest pieces that there are, from the start of each. What the
    library `tokenizers` does otherwise: it reads the name of a token around a text,
    `[SEP]`, as that token, which nobody should be able to write; and it takes marks and
    signs for letters that came with newer versions of Unicode than its own (149 of the
    79,500 characters that were compared).

    Args:
        rules: What of that is done, and how.
        path: File with a piece a line, in the order of the ids.

    Attributes:
        table: What an export must track.

    Raises:
        ConfigError: TensorFlow Text is not installed.

    Reference: Wu et al., "Google's Neural Machine Translation System", 2016, section
    4.1.
    """

    def __init__(self, rules: TokenRules, path: Path) -> None:
        try:
            import tensorflow_text as text  # pyright: ignore[reportMissingModuleSource]
        except ImportError as error:
            raise ConfigError(
                "Encoders of `kind: pretrained` need TensorFlow Text, an extra: pip "
                'install "mtl-rec[text]".'
            ) from error
        # A file, which an export copies: a vocabulary in the graph is slow to load.
        lines = tf.lookup.TextFileInitializer(
            str(path),
            *(tf.string, tf.lookup.TextFileIndex.WHOLE_LINE),
            *(tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER),
        )
        self.table = tf.lookup.StaticHashTable(lines, default_value=-1)
        self._rules = rules
        self._decomposed = text.normalize_utf8
        self._cut = text.WordpieceTokenizer(
            self.table,
            unknown_token=rules.unknown,
            max_bytes_per_word=_MOST_BYTES * rules.longest_word,
        )

    def __call__(self, texts: tf.Tensor, max_bytes: int, max_tokens: int) -> tf.Tensor:
        """Ids between those of the ends, padded with 0 at the end.

        Args:
            texts: `(batch,)`; invalid bytes are skipped.
            max_bytes: Bytes read of each text.
            max_tokens: Ids of each text, those of the ends included; what is beyond is
                cut off.

        Returns:
            `(batch, max_tokens)` int32.
        """
        head = tf.strings.substr(texts, 0, max_bytes, unit="BYTE")
        pieces = self._cut.tokenize(tf.strings.split(self._words(head)))
        ids = tf.cast(pieces.merge_dims(1, 2), tf.int32)
        kept = max_tokens - 2
        num_texts = tf.shape(texts, tf.int64)[0]
        inner = tf.raw_ops.RaggedTensorToTensor(
            shape=[-1, kept],
            values=ids.values,
            default_value=PADDING_ID,
            row_partition_tensors=[num_texts, ids.value_rowids()],
            row_partition_types=["FIRST_DIM_SIZE", "VALUE_ROWIDS"],
        )
        sizes = tf.cast(tf.minimum(ids.row_lengths(), kept), tf.int32)
        # The end stands after the last of them.
        padded = tf.pad(inner, [[0, 0], [1, 1]], constant_values=PADDING_ID)
        places = tf.range(max_tokens)[tf.newaxis]
        is_end = places == sizes[:, tf.newaxis] + 1
        padded = tf.where(is_end, self._rules.end_id, padded)
        return tf.where(places == 0, self._rules.start_id, padded)

    def _words(self, texts: tf.Tensor) -> tf.Tensor:
        """Cleaned words and signs with blanks between them."""
        rules, replaced = self._rules, tf.strings.regex_replace
        valid = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")
        words = replaced(replaced(valid, _NOTHING, ""), _BLANK, " ")
        if rules.splits_chinese:
            words = replaced(words, _CHINESE, r" \1 ")
        if rules.strips_accents:
            words = replaced(self._decomposed(words, "NFD"), _ACCENTS, "")
        if rules.is_lower_case:
            # The library makes every letter small by itself, wherever it stands.
            words = lower_case(replaced(words, "Σ", _SMALL_SIGMA))
        words = replaced(words, _PUNCTUATION, r" \1 ")
        # No piece has a blank: where a word is too long it is unknown.
        longest = rules.longest_word
        return replaced(words, rf"[^ ]{{{longest},}}[^ ]", "\x01")
