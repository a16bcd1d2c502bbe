"""Whole lines of a text file from places all over it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from mtl_rec.data.files import readable

PIECE_BYTES = 2**19
LOOKED_AT = 24
"""Pieces of a file at most, once it does not fit whole."""


@dataclass(frozen=True)
class Pieces:
    """What was read of a file.

    Attributes:
        texts: Whole lines each, in the order of the file.
        share: Of the file's bytes.
    """

    texts: list[bytes]
    share: float

    @property
    def is_whole(self) -> bool:
        """Whether it is all of the file."""
        return self.share == 1.0


def read_pieces(file: Path, max_bytes: int) -> Pieces:
    """The file if it has at most so many bytes, else pieces at even distances.

    Args:
        file: Plain, or compressed as its ending says. What is compressed is read from
            start to end, but little of it is kept.
        max_bytes: To keep.

    Raises:
        ArtifactError: The file can't be read.
    """
    with readable(file, "csv"), pa.input_stream(file) as stream:
        if not stream.seekable():
            return _thinned(stream, max_bytes)
        size = stream.size()
        if size <= max_bytes:
            return Pieces([stream.read()], 1.0)
        texts = [
            _lines_at(stream, number * size // LOOKED_AT, max_bytes // LOOKED_AT)
            for number in range(LOOKED_AT)
        ]
        return Pieces([t for t in texts if t], sum(map(len, texts)) / size)


def _lines_at(stream: pa.NativeFile, place: int, num_bytes: int) -> bytes:
    stream.seek(place)
    data = stream.read(num_bytes)
    start = data.find(b"\n") + 1 if place else 0
    return data[start : data.rfind(b"\n") + 1]


def _thinned(stream: pa.NativeFile, max_bytes: int) -> Pieces:
    """Keeps every piece, then every second one, every fourth, as the stream grows."""
    kept: list[tuple[int, bytes]] = []
    stride, total = 1, 0
    for number, piece in enumerate(_line_pieces(stream)):
        total += len(piece)
        if number % stride:
            continue
        kept.append((number, piece))
        if sum(len(text) for _, text in kept) > max_bytes:
            stride *= 2
            kept = [(at, text) for at, text in kept if at % stride == 0]
    texts = [text for _, text in kept]
    if stride == 1:
        return Pieces([b"".join(texts)], 1.0)
    return Pieces(texts, sum(map(len, texts)) / total)


def _line_pieces(stream: pa.NativeFile) -> Iterator[bytes]:
    rest = b""
    while data := stream.read(PIECE_BYTES):
        lines, end, begin = data.rpartition(b"\n")
        if end:
            yield rest + lines + end
            rest = begin
        else:
            rest += data
    if rest:
        yield rest
