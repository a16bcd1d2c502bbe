"""Titles in English and Chinese, and how much their words appeal."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.data.synthetic_shop.steps import STEPS, correlate_steps
from mtl_rec.data.synthetic_shop.words import (
    CATEGORY_NOUNS,
    DEPARTMENT_SLOTS,
    SHARED_SLOTS,
)

WORDS_PER_SLOT = 8
NUM_MODIFIERS = 7
FEWEST_MODIFIERS = 3
PAIR_DIM = 4
NO_WORD = -1
LANGUAGE_SEPARATORS = (" ", "")  # English, Chinese


@dataclass(frozen=True)
class Titles:
    """The titles of the items.

    Args:
        texts: `(items,)` strings.
        vocabulary: `(words,)` every word of either language, once.
        word_ids: `(items, slots)` into `vocabulary`, `NO_WORD` in an unused slot.
    """

    texts: pa.StringArray
    vocabulary: np.ndarray
    word_ids: np.ndarray


def number_words() -> tuple[np.ndarray, np.ndarray]:
    """Returns the vocabulary, and word numbers `(languages, categories, slots, 8)`.

    A word shared by two slots or departments has one number, so that the appeal of a
    title depends on nothing but the words one can read.
    """
    slots = [
        [*SHARED_SLOTS, *DEPARTMENT_SLOTS[department], nouns]
        for department, categories in CATEGORY_NOUNS.items()
        for nouns in categories.values()
    ]
    # Four nouns fill eight places: each twice.
    words = [[np.resize(slot.split(), WORDS_PER_SLOT) for slot in row] for row in slots]
    bilingual = np.stack([np.char.partition(row, "/") for row in words])
    by_language = np.stack([bilingual[..., 0], bilingual[..., 2]])
    vocabulary, numbers = np.unique(by_language, return_inverse=True)
    return vocabulary, numbers.reshape(by_language.shape)


def write_titles(category: np.ndarray, rng: np.random.Generator) -> Titles:
    """Writes a title of 4 to 8 words, half of them in Chinese, for each item.

    Args:
        category: `(items,)` category numbers.
        rng: Source of the language, length and words.
    """
    num_items = len(category)
    vocabulary, numbered_words = number_words()
    language = rng.integers(len(LANGUAGE_SEPARATORS), size=num_items)
    num_modifiers = rng.integers(FEWEST_MODIFIERS, NUM_MODIFIERS + 1, size=num_items)
    choices = rng.integers(WORDS_PER_SLOT, size=(num_items, NUM_MODIFIERS + 1))
    order = rng.random((num_items, NUM_MODIFIERS)).argsort(axis=1)

    word_ids = numbered_words[
        language[:, None], category[:, None], np.arange(NUM_MODIFIERS + 1), choices
    ]
    word_ids[:, :-1][order >= num_modifiers[:, None]] = NO_WORD
    return Titles(_join_words(vocabulary, word_ids, language), vocabulary, word_ids)


def draw_appeal(titles: Titles, rng: np.random.Generator) -> np.ndarray:
    """Draws what each title adds to each step, half from words, half from word pairs.

    A pair counts wherever its words stand. Its effect is the product of two hidden word
    vectors: every pair has its own, yet one never seen can be told from others.

    Returns:
        `(steps, items)`.
    """
    num_words = len(titles.vocabulary)
    vectors = rng.standard_normal((len(STEPS), num_words, 1 + PAIR_DIM), np.float32)
    is_word = (titles.word_ids != NO_WORD)[..., None]
    appeal = []
    for step_vectors in vectors:
        words = np.where(is_word, step_vectors[titles.word_ids], np.float32(0.0))
        single, paired = words[..., 0], words[..., 1:]
        # sum over pairs of <a, b> = (|sum of a|^2 - sum of |a|^2) / 2
        pairs = (paired.sum(axis=1) ** 2 - (paired**2).sum(axis=1)).sum(axis=1) / 2
        # A title of six words has six effects, and fifteen pairs of variance PAIR_DIM.
        appeal.append(single.sum(axis=1) / 6**0.5 + pairs / (15 * PAIR_DIM) ** 0.5)
    return correlate_steps(np.stack(appeal))


def _join_words(
    vocabulary: np.ndarray, word_ids: np.ndarray, language: np.ndarray
) -> pa.StringArray:
    words = pa.array(vocabulary.tolist())
    slots = [words.take(pa.array(ids, mask=ids == NO_WORD)) for ids in word_ids.T]
    separators = pa.array(LANGUAGE_SEPARATORS).take(pa.array(language))
    # Arrow generates its functions at import, out of the type checker's sight.
    join = pc.binary_join_element_wise  # pyright: ignore[reportAttributeAccessIssue]
    return join(*slots, separators, null_handling="skip")
