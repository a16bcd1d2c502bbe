import os
import subprocess
import sys
import time

import pytest
import tensorflow as tf
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mtl_rec.preprocess.text import tokenise


def tokens(text, max_bytes=1024, max_tokens=16):
    raw = text if isinstance(text, bytes) else text.encode()
    split = tokenise(tf.constant([raw]), max_bytes, max_tokens).numpy()[0]
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


def test_the_first_tokens_are_kept_and_padded_with_nothing():
    split = tokenise(tf.constant(["a b c d", "e", ""]), 100, 3).numpy()

    assert split.tolist() == [[b"a", b"b", b"c"], [b"e", b"", b""], [b"", b"", b""]]


def test_a_text_is_cut_in_bytes_before_it_is_split():
    assert tokens("abc def", max_bytes=5) == ["abc", "d"]


def test_a_character_that_is_cut_in_two_is_dropped():
    assert tokens("日本語", max_bytes=8) == ["日", "本"]


def test_no_texts_give_no_rows():
    assert tokenise(tf.constant([], tf.string), 10, 4).shape == (0, 4)


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


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_a_text_is_split_the_same_alone_and_in_a_batch(texts):
    together = tokenise(tf.constant(texts), 30, 8).numpy().tolist()
    alone = [tokenise(tf.constant([t]), 30, 8).numpy()[0].tolist() for t in texts]

    assert together == alone


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
