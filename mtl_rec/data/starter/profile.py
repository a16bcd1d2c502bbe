"""What the values of a column look like."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.data.starter.time_values import TimeSort, time_sort

Kind = Literal["number", "text", "list", "time", "nothing", "nested"]

MISSING_WORDS = ("NA", "N/A", "n/a", "null", "NULL", "Null", "None", "none", "\\N", "?")
MISSING_WORDS += ("-", "--", "nil", "(null)", "<NA>", "NaT", "missing", "#N/A", ".")
_NULLS = ("\\N", "NULL", "null")
FLAGS = ({"0", "1"}, {"true", "false"}, {"yes", "no"}, {"y", "n"}, {"t", "f"})
POSITIVE = ("1", "true", "yes", "y", "t")
_WORD = r"[\u3040-\u30ff\u3400-\u9fff]|[^\s\u3040-\u30ff\u3400-\u9fff]+"
LOOKED_AT = 2000
"""Values whose words and separators are counted."""


@dataclass(frozen=True)
class Column:
    """A column of a sample.

    Attributes:
        name: As the data has it.
        values: Without dictionaries; texts as strings, null where missing.
        kind: What they are.
        numbers: Of a column of numbers, `(rows,)`, NaN where missing.
        time: Of a column of times, how they are written.
        missing_words: Texts that stand for no value, beside the empty one.
    """

    name: str
    values: pa.Array
    kind: Kind
    numbers: np.ndarray | None = None
    time: TimeSort | None = None
    missing_words: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def codes(self) -> np.ndarray:
        """A number for each distinct value, -1 where missing, `(rows,)`."""
        if self.kind in ("list", "nested"):
            return np.zeros(len(self), np.int64)
        indices = self.values.dictionary_encode().indices
        return pc.fill_null(indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)

    @property
    def num_distinct(self) -> int:
        """Distinct values that are not missing."""
        return int(self.codes.max(initial=-1)) + 1

    @property
    def num_known(self) -> int:
        """Rows that have a value."""
        return len(self) - self.values.null_count

    @property
    def missing_share(self) -> float:
        """Share of the rows without a value."""
        return self.values.null_count / max(1, len(self))

    @property
    def distinct_share(self) -> float:
        """Distinct values for each row that has one."""
        return self.num_distinct / max(1, self.num_known)

    @cached_property
    def known_numbers(self) -> np.ndarray:
        """Finite numbers."""
        numbers = np.empty(0) if self.numbers is None else self.numbers
        return numbers[np.isfinite(numbers)]

    @cached_property
    def is_whole(self) -> bool:
        """Whether all numbers are whole."""
        numbers = self.known_numbers
        return len(numbers) > 0 and bool((numbers == np.trunc(numbers)).all())

    @property
    def is_id_like(self) -> bool:
        """Whether it is text, or whole numbers."""
        return self.kind == "text" or (self.kind == "number" and self.is_whole)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Rows by value as text; of a column of few values."""
        counted = self.texts.drop_null().value_counts()
        return {entry["values"]: entry["counts"] for entry in counted.to_pylist()}

    @cached_property
    def texts(self) -> pa.Array:
        """The values as text without blanks around it."""
        values = self.values
        if pa.types.is_floating(values.type) and self.is_whole:
            # Whole numbers become floats where one of them is missing.
            values = values.cast(pa.int64())
        return pc.utf8_trim_whitespace(values.cast(pa.string()))

    @cached_property
    def is_two_valued(self) -> bool:
        """Whether it has exactly two values."""
        return self.kind in ("number", "text") and self.num_distinct == 2

    @cached_property
    def is_flag(self) -> bool:
        """Whether its values are yes and no, in one of the usual spellings."""
        if self.num_distinct > 2 or self.kind not in ("number", "text"):
            return False
        values = {value.lower() for value in self.counts}
        return bool(values) and any(values <= flag for flag in FLAGS)

    @cached_property
    def first_texts(self) -> list[str]:
        """Some values of a column of texts, from all over it."""
        known = self.values.drop_null()
        step = max(1, len(known) // LOOKED_AT)
        return known.take(pa.array(range(0, len(known), step))).to_pylist()

    @property
    def mean_words(self) -> float:
        """Words of a value, on average; a character of Chinese or Japanese is one."""
        counts = [len(re.findall(_WORD, text)) for text in self.first_texts]
        return sum(counts) / max(1, len(counts))


def profile(name: str, values: pa.ChunkedArray, has_words: bool = True) -> Column:
    """Looks at the values of a column.

    Args:
        name: Of the column.
        values: Of the rows looked at.
        has_words: Whether texts may stand for no value, as those of a CSV may.
    """
    array = _plain(values)
    kind = array.type
    if pa.types.is_null(kind) or array.null_count == len(array):
        return Column(name, pa.nulls(len(array), pa.string()), "nothing")
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        inner = kind.value_type
        return Column(name, array, "nested" if pa.types.is_nested(inner) else "list")
    if (
        pa.types.is_nested(kind)
        or pa.types.is_duration(kind)
        or pa.types.is_binary(kind)
    ):
        return Column(name, array, "nested")
    if pa.types.is_temporal(kind):
        return Column(name, array, "time", time=time_sort(array))
    if pa.types.is_boolean(kind):
        return Column(name, array.cast(pa.string()), "text")
    if pa.types.is_string(kind):
        return _of_text(name, array, MISSING_WORDS if has_words else ())
    numbers = pc.fill_null(array.cast(pa.float64(), safe=False), np.nan)
    numbers = numbers.to_numpy(zero_copy_only=False)
    array = pc.if_else(pa.array(np.isfinite(numbers)), array, None)
    return Column(name, array, "number", numbers, time_sort(array))


def _plain(values: pa.ChunkedArray) -> pa.Array:
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    kind = values.type
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        values = values.cast(pa.string())
    if pa.types.is_decimal(kind):
        values = values.cast(pa.float64(), safe=False)
    array = pa.concat_arrays(values.chunks or [pa.array([], values.type)])
    if pa.types.is_string(array.type):
        blank = pc.equal(pc.utf8_trim_whitespace(array), "")
        array = pc.if_else(pc.fill_null(blank, True), None, array)
    return array


def _of_text(name: str, array: pa.Array, allowed: tuple[str, ...]) -> Column:
    sort = time_sort(array)
    found = _numbers(array, allowed)
    if found is not None:
        numbers, words = found
        known = pc.if_else(pa.array(np.isnan(numbers)), None, array)
        return Column(name, known, "number", numbers, time_sort(known), words)
    found_words = (word for word in _NULLS if pc.index(array, word).as_py() >= 0)
    words = tuple(found_words) if allowed else ()
    if words:
        array = pc.if_else(pc.is_in(array, pa.array(words)), None, array)
    if array.null_count == len(array):
        return Column(name, array, "nothing", missing_words=words)
    kind: Kind = "time" if sort else "text"
    return Column(name, array, kind, time=sort, missing_words=words)


def _numbers(
    array: pa.Array, allowed: tuple[str, ...]
) -> tuple[np.ndarray, tuple[str, ...]] | None:
    """Texts as numbers, and the words among them that stand for none."""
    distinct = array.dictionary_encode()
    texts = pc.utf8_trim_whitespace(distinct.dictionary)
    is_number = pc.match_substring_regex(
        texts, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^(?i)(nan|[+-]?inf(inity)?)$"
    )
    others = texts.filter(pc.invert(is_number)).to_pylist()
    if len(others) == len(texts) or not set(others) <= set(allowed):
        return None
    numbers = pc.if_else(is_number, texts, None).cast(pa.float64())
    values = pc.fill_null(numbers.take(distinct.indices), np.nan)
    return values.to_numpy(zero_copy_only=False), tuple(sorted(others))
