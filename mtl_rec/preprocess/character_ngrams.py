"""Words with the character n-grams inside each."""

import tensorflow as tf

START, END = "<", ">"
"""Ends of a word, which no word has in it: a prefix is told from what is inside."""


def with_ngrams(words: tf.Tensor, max_tokens: int, min_n: int, max_n: int) -> tf.Tensor:
    """Words between `<` and `>`, and after the last of a text the n-grams of each.

    Bojanowski et al., Enriching word vectors with subword information (2017),
    section 3.2: of "her" with n = 3 these are `<her>`, `<he`, `her`, `er>`. An n-gram
    that would be all of a word is left out, as the word is there.

    Args:
        words: `(batch, words)`, "" after the last word of a text.
        max_tokens: Tokens kept of each text, words and n-grams together.
        min_n: Characters of the shortest n-grams, ends included.
        max_n: Characters of the longest.

    Returns:
        `(batch, max_tokens)`, "" after the last token.
    """
    places = tf.where(tf.not_equal(words, ""))
    bounded = tf.strings.join([START, tf.gather_nd(words, places), END])
    characters = tf.strings.unicode_split(bounded, "UTF-8")
    ngrams, splits = tf.raw_ops.StringNGrams(
        data=characters.values,
        data_splits=characters.row_splits,
        separator="",
        ngram_widths=list(range(min_n, max_n + 1)),
        left_pad="",
        right_pad="",
        pad_width=0,
        preserve_short_sequences=False,
    )
    word_of_ngram = tf.repeat(tf.range(tf.size(bounded)), splits[1:] - splits[:-1])
    is_part = tf.not_equal(ngrams, tf.gather(bounded, word_of_ngram))
    rows = tf.gather(places[:, 0], tf.boolean_mask(word_of_ngram, is_part))
    num_texts = tf.shape(words, tf.int64)[0]
    parts = padded(tf.boolean_mask(ngrams, is_part), rows, num_texts, max_tokens)
    wholes = padded(bounded, places[:, 0], num_texts, max_tokens)
    both = tf.concat([wholes, parts], axis=1)
    filled = tf.where(tf.not_equal(both, ""))
    return padded(tf.gather_nd(both, filled), filled[:, 0], num_texts, max_tokens)


def padded(
    tokens: tf.Tensor, rows: tf.Tensor, num_texts: tf.Tensor, max_tokens: int
) -> tf.Tensor:
    """The first tokens of each text, `(num_texts, max_tokens)`, from all in order."""
    return tf.raw_ops.RaggedTensorToTensor(
        shape=[-1, max_tokens],
        values=tokens,
        default_value="",
        row_partition_tensors=[num_texts, rows],
        row_partition_types=["FIRST_DIM_SIZE", "VALUE_ROWIDS"],
    )
