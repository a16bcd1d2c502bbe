"""Titles can be read, and their appeal follows from their words."""

from itertools import combinations

import numpy as np
import pytest

from mtl_rec.data.synthetic_shop.steps import correlate_steps
from mtl_rec.data.synthetic_shop.titles import (
    NO_WORD,
    Titles,
    draw_appeal,
    number_words,
    write_titles,
)
from mtl_rec.data.synthetic_shop.words import (
    CATEGORY_NOUNS,
    DEPARTMENT_SLOTS,
    SHARED_SLOTS,
)

ALL_SLOTS = [
    *SHARED_SLOTS,
    *(slot for slots in DEPARTMENT_SLOTS.values() for slot in slots),
]
ALL_NOUNS = [nouns for names in CATEGORY_NOUNS.values() for nouns in names.values()]


@pytest.fixture(scope="module")
def titles():
    rng = np.random.default_rng(5)
    return write_titles(rng.integers(20, size=20_000), rng)


def cut(text):
    if text.isascii():
        return text.split(" ")
    return [text[start : start + 2] for start in range(0, len(text), 2)]


def explained_variance(values, explanation):
    # A little ridge: the words of a slot are not independent of its department.
    gram = explanation.T @ explanation + 1e-3 * np.eye(explanation.shape[1])
    weights = np.linalg.solve(gram, explanation.T @ values)
    return 1 - np.var(values - explanation @ weights, axis=0) / np.var(values, axis=0)


def test_every_slot_offers_eight_words_and_every_category_four_nouns():
    assert {len(slot.split()) for slot in ALL_SLOTS} == {8}
    assert {len(nouns.split()) for nouns in ALL_NOUNS} == {4}


def test_every_word_is_ascii_in_english_and_two_characters_in_chinese():
    words = [word.split("/") for slot in ALL_SLOTS + ALL_NOUNS for word in slot.split()]

    assert all(len(pair) == 2 for pair in words)
    assert all(english.isascii() for english, _ in words)
    assert all(len(chinese) == 2 and not chinese.isascii() for _, chinese in words)


def test_a_category_has_no_word_in_two_slots():
    _, numbers = number_words()
    for numbers_of_category in numbers.reshape(-1, *numbers.shape[2:]):
        words_of_slots = [set(slot) for slot in numbers_of_category.tolist()]

        assert len(set.union(*words_of_slots)) == sum(map(len, words_of_slots))


def test_text_spells_the_words(titles):
    spelled = [cut(text) for text in titles.texts.to_pylist()]

    numbered = [
        titles.vocabulary[ids[ids != NO_WORD]].tolist() for ids in titles.word_ids
    ]

    assert spelled == numbered


def test_titles_have_four_to_eight_words_in_equal_parts(titles):
    lengths, counts = np.unique(
        (titles.word_ids != NO_WORD).sum(axis=1), return_counts=True
    )

    np.testing.assert_array_equal(lengths, [4, 5, 6, 7, 8])
    np.testing.assert_allclose(counts / 20_000, 0.2, atol=0.02)


def test_half_of_the_titles_are_chinese(titles):
    is_english = [text.isascii() for text in titles.texts.to_pylist()]

    assert np.mean(is_english) == pytest.approx(0.5, abs=0.02)


def test_no_title_mixes_languages(titles):
    for words in map(cut, titles.texts.to_pylist()[:1000]):
        assert len({word.isascii() for word in words}) == 1


def test_every_title_ends_with_a_noun_of_its_category():
    category = np.arange(20).repeat(50)
    nouns = [
        {name for pair in nouns.split() for name in pair.split("/")}
        for nouns in ALL_NOUNS
    ]

    titles = write_titles(category, np.random.default_rng(0)).texts.to_pylist()

    assert all(
        cut(text)[-1] in nouns[number]
        for text, number in zip(titles, category, strict=True)
    )


def test_words_repeat_often_enough_to_be_learned(titles):
    counts = np.bincount(titles.word_ids[titles.word_ids != NO_WORD])

    assert counts.min() > 50


def test_appeal_sums_words_and_pairs_as_a_simple_reference(titles):
    few = Titles(titles.texts[:20], titles.vocabulary, titles.word_ids[:20])
    vectors = np.random.default_rng(1).standard_normal(
        (3, len(few.vocabulary), 5), np.float32
    )

    expected = np.zeros((3, 20))
    for step, item in np.ndindex(3, 20):
        words = [vectors[step, word] for word in few.word_ids[item] if word != NO_WORD]
        expected[step, item] = sum(word[0] for word in words) / np.sqrt(6) + sum(
            one[1:] @ other[1:] for one, other in combinations(words, 2)
        ) / np.sqrt(15 * 4)

    np.testing.assert_allclose(
        draw_appeal(few, np.random.default_rng(1)),
        correlate_steps(expected),
        rtol=1e-4,
        atol=1e-5,
    )


def test_titles_of_the_same_words_appeal_equally(titles):
    word_ids = titles.word_ids[[0, 1, 0]]
    repeated = Titles(titles.texts.take([0, 1, 0]), titles.vocabulary, word_ids)

    appeal = draw_appeal(repeated, np.random.default_rng(2))

    np.testing.assert_array_equal(appeal[:, 0], appeal[:, 2])
    assert (appeal[:, 0] != appeal[:, 1]).all()


def test_single_words_explain_about_half_of_the_appeal(titles):
    appeal = draw_appeal(titles, np.random.default_rng(3))
    has_word = np.zeros((20_000, len(titles.vocabulary)))
    rows, slots = np.nonzero(titles.word_ids != NO_WORD)
    has_word[rows, titles.word_ids[rows, slots]] = 1

    explained = explained_variance(appeal.T, has_word)

    assert explained.min() > 0.4
    assert explained.max() < 0.75
