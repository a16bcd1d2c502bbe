import os
import subprocess
import sys
import time

import pytest
import tensorflow as tf
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mtl_rec.config.tokens import Characters, Words, WordsAndCharacters
from mtl_rec.preprocess.text import tokenise

CHARACTERS = Characters()
KINDS = [Words(), CHARACTERS, WordsAndCharacters(min_n=2, max_n=4)]


def tokens(text, max_bytes=1024, max_tokens=16, kind=KINDS[0]):
    raw = text if isinstance(text, bytes) else text.encode()
    split = tokenise(tf.constant([raw]), max_bytes, max_tokens, kind).numpy()[0]
    return [token.decode() for token in split if token]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Red SHOES, size 42", ["red", "shoes", "size", "42"]),
        ("ÜBER Ärmel ΣΊΣΥΦΟΣ", ["über", "ärmel", "σίσυφος"]),
        ("don't half-off a_b 3.5", ["don", "t", "half", "off", "a", "b", "3", "5"]),
        ("漂亮连衣裙", ["漂", "亮", "连", "衣", "裙"]),
        ("日本語テストABC", ["日", "本", "語", "テ", "ス", "ト", "abc"]),
        ("iPhone15手机壳", ["iphone15", "手", "机", "壳"]),
        ("한국어 상품", ["한국어", "상품"]),
        ("हिन्दी คำ", ["हिन्दी", "คำ"]),
        ("ok😀👍", ["ok", "😀", "👍"]),
        ("👍🏽 ❤️", ["👍", "❤"]),
        ("a\u200bb\ufeffc\u00a0d\n\te", ["a", "b", "c", "d", "e"]),
        ("before\x00after", ["before", "after"]),
        ("", []),
        (" \t—…!? ", []),
    ],
)
def test_words_of_every_script_are_found(text, expected):
    assert tokens(text) == expected


@pytest.mark.parametrize(
    "text",
    [b"good\xff\xfe bad", b"\xc3good bad\xe6\x97", b"good \xed\xa0\x80 bad\xf4\x90"],
)
def test_invalid_bytes_are_skipped(text):
    assert tokens(text) == ["good", "bad"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Red  SHOES, 4", "r e d _ s h o e s _ 4"),
        ("漂亮 连衣裙!", "漂 亮 _ 连 衣 裙"),
        ("e\u0301T\u0308a \u0301b", "e\u0301 t\u0308 a _\u0301 b"),
        ("हिन्दी", "हि न् दी"),
        ("👍🏽 ❤️ok", "👍 _ ❤ _ o k"),
        (b"\xffgood\xc3 \xe6\x97", "g o o d"),
        (" -- ", ""),
        ("", ""),
    ],
)
def test_characters_come_with_their_accents_and_what_parts_words(text, expected):
    assert tokens(text, kind=CHARACTERS) == expected.split()


@pytest.mark.parametrize(
    ("text", "lengths", "expected"),
    [
        ("Her", (3, 3), "<her> <he her er>"),
        ("Her", (3, 9), "<her> <he her er> <her her>"),
        ("a her", (2, 3), "<a> <her> <a a> <h he er r> <he her er>"),
        ("a 中", (3, 5), "<a> <中>"),
        ("Über", (4, 4), "<über> <übe über ber>"),
        (b"\xff \xe6", (2, 3), ""),
    ],
)
def test_ngrams_are_of_each_word_and_come_after_all_words(text, lengths, expected):
    kind = WordsAndCharacters(min_n=lengths[0], max_n=lengths[1])

    assert tokens(text, kind=kind) == expected.split()


def test_ngrams_take_what_words_leave_of_the_tokens_of_each_text():
    texts = tf.constant(["one two three four five", "", "one"])

    split = tokenise(texts, 100, 4, WordsAndCharacters(min_n=3, max_n=3)).numpy()

    assert split.tolist() == [
        [b"<one>", b"<two>", b"<three>", b"<four>"],
        [b""] * 4,
        [b"<one>", b"<on", b"one", b"ne>"],
    ]


def test_the_first_tokens_are_kept_and_padded_with_nothing():
    split = tokenise(tf.constant(["a b c d", "e", ""]), 100, 3).numpy()

    assert split.tolist() == [[b"a", b"b", b"c"], [b"e", b"", b""], [b"", b"", b""]]


def test_a_text_is_cut_in_bytes_before_it_is_split():
    assert tokens("abc def", max_bytes=5) == ["abc", "d"]


def test_a_character_that_is_cut_in_two_is_dropped():
    assert tokens("日本語", max_bytes=8) == ["日", "本"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_no_texts_give_no_rows(kind):
    assert tokenise(tf.constant([], tf.string), 10, 4, kind).shape == (0, 4)


@pytest.mark.parametrize("kind", KINDS[1:], ids=lambda kind: kind.kind)
def test_of_a_huge_text_only_the_first_bytes_matter(kind):
    huge = "wörd 中" * 100_000 + "é" * 2_000_000

    assert tokens(huge, 64, 99, kind) == tokens(huge.encode()[:64], 64, 99, kind)


def test_a_huge_text_costs_no_more_than_a_long_one():
    huge = "word " * 100_000 + "é" * 2_000_000
    tokens("warm up")

    started = time.perf_counter()
    split = tokens(huge, max_bytes=1024, max_tokens=300)

    assert split == ["word"] * 204 + ["word"[:4]]
    assert time.perf_counter() - started < 1.0


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
@example("e\u0301\u0301".encode())
def test_tokens_of_any_bytes_are_lower_case_words_of_valid_utf8(raw):
    for token in tokens(raw, max_tokens=64):
        assert token.split() == [token]
        assert tokens(token, max_tokens=64) == [token]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
@example("\u0301a \u0301".encode())
def test_characters_of_any_bytes_are_those_of_its_words(raw):
    words = "".join(tokens(raw, max_tokens=64))

    characters = tokens(raw, max_tokens=128, kind=CHARACTERS)

    assert "".join(characters).replace("_", "") == words


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_ngrams_of_any_bytes_are_parts_of_its_words(raw):
    words = [f"<{word}>" for word in tokens(raw, max_tokens=64)]

    found = tokens(raw, max_tokens=256, kind=KINDS[2])

    assert found[: len(words)] == words
    for ngram in found[len(words) :]:
        assert any(ngram in word and ngram != word for word in words)
        assert 2 <= len(ngram) <= 4


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=5), st.sampled_from(KINDS))
def test_a_text_is_split_the_same_alone_and_in_a_batch(texts, kind):
    together = tokenise(tf.constant(texts), 30, 8, kind).numpy().tolist()
    alone = [tokenise(tf.constant([t]), 30, 8, kind).numpy()[0] for t in texts]

    assert together == [row.tolist() for row in alone]


@pytest.mark.slow
def test_tokens_do_not_depend_on_the_language_of_the_machine():
    script = (
        "import sys, tensorflow as tf; from mtl_rec.preprocess.text import tokenise; "
        "print(*tokenise(tf.constant(['TITLE \\u0130STANBUL']), 99, 2).numpy()[0])"
    )
    turkish = {**os.environ, "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}

    done = subprocess.run(
        [sys.executable, "-c", script], env=turkish, capture_output=True, check=True
    )

    assert done.stdout.split() == [b"b'title'", b"b'istanbul'"]
    assert tokens("TITLE İSTANBUL") == ["title", "istanbul"]
