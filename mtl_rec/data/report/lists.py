"""The elements of lists, and the words of texts, that a model reads."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.features import Feature, IdSequence, MultiCategorical, Text

# As `preprocess.text` has it, which a model reads with; it needs TensorFlow.
_SEPARATORS = r"[^\p{L}\p{N}\p{M}\p{So}]+"
_SINGLE = r"([\p{Han}\p{Hiragana}\p{Katakana}\p{So}])"


def words(texts: pa.Array, feature: Text) -> pa.ListArray:
    """Lower-case words of texts, and characters of Chinese and Japanese.

    Args:
        texts: Strings.
        feature: Says how many words of each a model reads.
    """
    distinct = texts.dictionary_encode()
    spaced = pc.replace_substring_regex(distinct.dictionary, _SEPARATORS, " ")
    spaced = pc.replace_substring_regex(pc.utf8_lower(spaced), _SINGLE, r" \1 ")
    lists = _taken(pc.utf8_split_whitespace(spaced), feature.max_tokens)
    return lists.take(distinct.indices)


def trimmed(rows: pa.Table, features: Sequence[Feature]) -> pa.Table:
    """Canonical rows whose lists hold no more than the features take of them.

    Args:
        rows: What `schema.rows.canonical` returned.
        features: Those of the rows.
    """
    for feature in features:
        if isinstance(feature, IdSequence | MultiCategorical):
            place = rows.column_names.index(feature.name)
            lists = rows[feature.name].combine_chunks()
            rows = rows.set_column(place, feature.name, _read(lists, feature))
    return rows


def _read(lists: pa.ListArray, feature: IdSequence | MultiCategorical) -> pa.ListArray:
    """The newest ids of a sequence, the first of several values."""
    if isinstance(feature, IdSequence):
        return _taken(lists, feature.max_length, the_last=True)
    return _taken(lists, feature.max_values)


def _taken(lists: pa.ListArray, most: int, the_last: bool = False) -> pa.ListArray:
    """The first or the last elements of each list, without empty ones."""
    flat = lists.flatten()
    is_filled = pc.not_equal(flat, "").to_numpy(zero_copy_only=False)
    rows = np.repeat(np.arange(len(lists)), lists.value_lengths().to_numpy())
    lengths = np.bincount(rows[is_filled], minlength=len(lists))
    places = np.cumsum(is_filled) - 1 - (np.cumsum(lengths) - lengths)[rows]
    if the_last:
        places -= np.maximum(lengths - most, 0)[rows]
    is_taken = is_filled & (places >= 0) & (places < most)
    offsets = np.append(0, np.minimum(lengths, most).cumsum())
    taken = flat.filter(pa.array(is_taken))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), taken)
