"""Bytes that are not text, in text."""

import io

import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mtl_rec.data.events.reading.escapes import ESCAPE, EscapedBytes, shown, valid_text


def read_all(data: bytes, size: int) -> bytes:
    stream = EscapedBytes(io.BytesIO(data))
    parts = list(iter(lambda: stream.read(size), b""))
    assert all(len(part) <= size for part in parts)
    return b"".join(parts)


@settings(deadline=None)
@given(st.binary(), st.integers(1, 9))
@example("é中\U0001f600".encode()[:-1], 1)
@example(b"\xff" * 9, 2)
def test_any_bytes_become_text_in_which_the_bad_ones_are_escaped(data, size):
    text = read_all(data, size).decode()

    expected = data.decode(errors="backslashreplace")
    assert shown(text) == expected
    assert (ESCAPE in text) == (expected.encode() != data)


@settings(deadline=None)
@given(st.lists(st.none() | st.binary()))
@example([b"fine", b"\xff", None])
def test_strings_and_files_are_escaped_alike(values):
    texts = valid_text(pa.array(values, pa.binary()))

    texts.validate(full=True)
    expected = [None if v is None else read_all(v, 100).decode() for v in values]
    assert texts.to_pylist() == expected


def test_strings_that_parquet_left_unchecked_are_escaped():
    damaged = pa.array([b"\xff", b"a"]).view(pa.string())

    assert valid_text(damaged).to_pylist() == [ESCAPE + "\\xff", "a"]
