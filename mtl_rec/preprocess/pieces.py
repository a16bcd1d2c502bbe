"""Pieces of words and texts, by the operations of TensorFlow Text."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import tensorflow as tf

from mtl_rec.config.tokens import SentencePieces, Tokens, WordPieces, tokens_file
from mtl_rec.errors import ArtifactError, ConfigError

UNKNOWN = "[UNK]"
"""Instead of a word that has no pieces in the vocabulary."""


class Pieces:
    """Cuts cleaned texts, `(batch,)`, into pieces and the row of each.

    Args:
        cut: From texts to their pieces, ragged.
        table: What of it an export must track, if anything.
    """

    def __init__(
        self, cut: Callable[[tf.Tensor], tf.RaggedTensor], table: Any = None
    ) -> None:
        self._cut = cut
        self.table = table

    def __call__(self, texts: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """All pieces, and the positions of their texts."""
        pieces = self._cut(texts)
        return pieces.values, pieces.value_rowids()


def pieces_of(tokens: Tokens, path: Path | None = None) -> Pieces | None:
    """The pieces that tokens are; None for tokens that no file defines.

    Args:
        tokens: What a text is cut into.
        path: Where the file is, if not where `tokens` say.

    Raises:
        ConfigError: TensorFlow Text is not installed.
        ArtifactError: There is no such file, or it is something else.
    """
    file = tokens_file(tokens)
    if file is None:
        return None
    path = Path(path or file)
    if not path.is_file():
        raise ArtifactError(
            f"`tokens` of kind {tokens.kind} need a file. Received: '{path}', which is "
            "not there."
        )
    try:
        import tensorflow_text as text  # pyright: ignore[reportMissingModuleSource]
    except ImportError as error:
        raise ConfigError(
            f"`tokens` of kind {tokens.kind} need TensorFlow Text, an extra: pip "
            'install "mtl-rec[text]".'
        ) from error
    match tokens:
        case WordPieces():
            return _word_pieces(text, path)
        case SentencePieces():
            return _sentence_pieces(text, path)


def _word_pieces(text: Any, path: Path) -> Pieces:
    # A file, which an export copies: a vocabulary in the graph is slow to load.
    lines = tf.lookup.TextFileInitializer(
        str(path),
        *(tf.string, tf.lookup.TextFileIndex.WHOLE_LINE),
        *(tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER),
    )
    try:
        table = tf.lookup.StaticHashTable(lines, default_value=-1)
    except tf.errors.OpError as error:
        raise ArtifactError(
            f"'{path}' must have different pieces, one a line: {error.message}."
        ) from error
    cut = text.WordpieceTokenizer(
        table, unknown_token=UNKNOWN, token_out_type=tf.string
    )

    def cut_words(cleaned: tf.Tensor) -> tf.RaggedTensor:
        pieces = cut.tokenize(tf.strings.split(cleaned))
        return pieces.merge_dims(1, 2)

    return Pieces(cut_words, table)


def _sentence_pieces(text: Any, path: Path) -> Pieces:
    model = path.read_bytes()

    def cut_texts(cleaned: tf.Tensor) -> tf.RaggedTensor:
        # Made anew for every graph, and every eager call: the resource belongs to the
        # operation that makes it, and is gone when TensorFlow forgets its kernels.
        return text.SentencepieceTokenizer(model, out_type=tf.string).tokenize(cleaned)

    try:
        cut_texts(tf.constant([""]))
    except tf.errors.OpError as error:
        raise ArtifactError(
            f"'{path}' must be a model of SentencePiece: {error.message}."
        ) from error
    return Pieces(cut_texts)
