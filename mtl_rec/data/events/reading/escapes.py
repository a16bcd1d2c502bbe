"""Bytes that are not text, made visible in the text around them."""

import codecs
from typing import Protocol

import pyarrow as pa

ESCAPE = "\U0010ffff"
"""Comes before each escaped byte; Unicode promises that no text holds it."""
_HANDLER = "mtl_rec.escape"


class Bytes(Protocol):
    """Something to read bytes from."""

    def read(self, size: int) -> bytes:
        """At most so many bytes; none at the end."""
        ...


class EscapedBytes:
    """Valid UTF-8 made of any bytes, to be read as a file.

    Arrow gives up on a line with too many fields when it is not valid UTF-8, instead of
    handing the line over.

    Args:
        stream: What to read.
    """

    def __init__(self, stream: Bytes) -> None:
        self.closed = False
        self._stream = stream
        self._rest = b""
        self._ready = b""
        self._has_ended = False

    def read(self, size: int) -> bytes:
        """At most so many bytes; none at the end."""
        while not self._ready and not self._has_ended:
            self._ready = self._next(size)
        part, self._ready = self._ready[:size], self._ready[size:]
        return part

    def close(self) -> None:
        """Leaves the stream open, for whoever opened it."""
        self.closed = True

    def _next(self, size: int) -> bytes:
        more = self._stream.read(size)
        self._has_ended = not more
        data = self._rest + more
        try:
            used = codecs.utf_8_decode(data, "strict", self._has_ended)[1]
            valid = data[:used]
        except UnicodeDecodeError:
            text, used = codecs.utf_8_decode(data, _HANDLER, self._has_ended)
            valid = text.encode()
        # The first bytes of a character whose last ones are still to come.
        self._rest = data[used:]
        return valid


def valid_text(array: pa.Array) -> pa.Array:
    """Strings or bytes as valid strings, with bytes that are not text escaped."""
    try:
        # A cast from bytes checks them; Parquet's reader believes what it reads.
        return array.cast(pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        values = array.cast(pa.large_binary()).to_pylist()
        texts = [None if v is None else v.decode(errors=_HANDLER) for v in values]
        return pa.array(texts, pa.string())


def shown(text: str) -> str:
    r"""The text with its escaped bytes as `\xff`, to be looked at."""
    return text.replace(ESCAPE, "")


def _escaped(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    bad = error.object[error.start : error.end]
    return "".join(f"{ESCAPE}\\x{byte:02x}" for byte in bad), error.end


codecs.register_error(_HANDLER, _escaped)
