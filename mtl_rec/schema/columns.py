"""One raw column in the type of its feature, whatever type the data has it in."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.features import (
    Feature,
    IdSequence,
    MultiCategorical,
    Numeric,
    is_by_row,
)
from mtl_rec.config.sampling import IS_SAMPLED, LOG_SAMPLING_RATE
from mtl_rec.config.tasks import Task
from mtl_rec.errors import SchemaError
from mtl_rec.schema.raw_types import dictionary_type, is_list, split_texts
from mtl_rec.schema.vector_values import vector_values


def feature_values(
    values: pa.ChunkedArray, feature: Feature, keep_dictionaries: bool = False
) -> pa.Array:
    """A feature's raw values, converted.

    Args:
        values: The column.
        feature: What it is read for.
        keep_dictionaries: Whether strings in a dictionary stay there, so that each is
            looked at once.

    Raises:
        SchemaError: The column holds something else.
    """
    title = f"Column '{feature.source_column}' of feature '{feature.name}'"
    if isinstance(feature, Numeric):
        return _numbers(values, title)
    if is_by_row(feature):
        return vector_values(_one_chunk(values), feature, title)
    if keep_dictionaries and values.type == dictionary_type(feature):
        return _in_dictionary(pa.concat_arrays(values.chunks))
    if isinstance(feature, MultiCategorical | IdSequence):
        return _lists(values, feature.separator, title)
    advice = " Declare it `kind: numeric`."
    return pc.fill_null(_texts(_one_chunk(values), title, advice), "")


def label_values(values: pa.ChunkedArray, task: Task) -> pa.Array:
    """A task's labels, converted.

    Raises:
        SchemaError: The column holds something else.
    """
    title = f"Column '{task.label_column}' of the label of task '{task.name}'"
    if task.positive is None:
        return _numbers(values, title)
    texts = pc.utf8_trim_whitespace(_texts(_one_chunk(values), title))
    happened = pc.equal(texts, task.positive.strip())
    return pc.fill_null(happened, False).cast(pa.float32())


def sampled_flags(values: pa.ChunkedArray) -> pa.Array:
    """Whether each row is a sampled negative, converted.

    Raises:
        SchemaError: The column holds something else.
    """
    title = f"Column '{IS_SAMPLED}'"
    flags = _numbers(values, title)
    _require_all(pc.is_in(flags, pa.array([0, 1], flags.type)), values, title, "0 or 1")
    return flags.cast(pa.bool_())


def log_rate_values(values: pa.ChunkedArray) -> pa.Array:
    """The log of each row's sampling rate, converted.

    Raises:
        SchemaError: The column holds something else.
    """
    title = f"Column '{LOG_SAMPLING_RATE}'"
    rates = _wide_numbers(values, title)
    _require_all(pc.is_finite(rates), values, title, "a finite number")
    return rates


def _require_all(
    is_good: pa.Array, values: pa.ChunkedArray, title: str, allowed: str
) -> None:
    bad = values.filter(pc.invert(is_good))
    if len(bad):
        received = bad[0].as_py()
        raise SchemaError(
            f"{title} must hold {allowed} on every row. Received: "
            f"{'none' if received is None else received} on {len(bad)} of "
            f"{len(values)} rows."
        )


def _one_chunk(values: pa.ChunkedArray) -> pa.Array:
    """The values in one piece; texts of all types in one type."""
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if pa.types.is_large_string(values.type) or pa.types.is_string_view(values.type):
        values = values.cast(pa.string())
    return pa.concat_arrays(values.chunks or [pa.array([], values.type)])


def _in_dictionary(array: pa.Array) -> pa.Array:
    """Strings, or lists of them, whose missing ones are "" of the same dictionary."""
    if isinstance(array, pa.ListArray):
        return _filled_lists(array, _in_dictionary(array.flatten()))
    dictionary, indices = array.dictionary, array.indices
    if dictionary.null_count:
        dictionary = pc.fill_null(dictionary, "")
    if indices.null_count:
        indices = pc.fill_null(indices, pa.scalar(len(dictionary), pa.int32()))
        dictionary = pa.concat_arrays([dictionary, pa.array([""])])
    return pa.DictionaryArray.from_arrays(indices, dictionary)


def _filled_lists(array: pa.Array, flat: pa.Array) -> pa.ListArray:
    """Lists of the flattened elements, empty where they are missing."""
    # `flatten` leaves out what lies under null rows, which `list_value_length` counts
    # as null; both read a sliced array right.
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy()
    offsets = pa.array(np.append(0, lengths.cumsum()), pa.int32())
    return pa.ListArray.from_arrays(offsets, flat)


def _texts(array: pa.Array, title: str, advice: str = "") -> pa.Array:
    """Texts, or whole numbers as texts; null where missing."""
    if pa.types.is_nested(array.type):
        raise _wrong_type(title, "single values", array.type)
    if pa.types.is_floating(array.type):
        array = _whole_numbers(array, title, advice)
    try:
        return array.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise _wrong_type(title, "text or whole numbers", array.type) from error


def _whole_numbers(array: pa.Array, title: str, advice: str) -> pa.Array:
    # A column of whole numbers becomes one of floats as soon as one is missing.
    array = array.cast(pa.float64())
    array = pc.if_else(pc.is_nan(array), None, array)
    # Above, a float does not tell neighbouring whole numbers apart.
    is_whole = pc.and_(
        pc.equal(pc.floor(array), array), pc.less_equal(pc.abs(array), 2.0**53)
    )
    fractions = array.filter(pc.invert(is_whole))
    if len(fractions):
        raise SchemaError(
            f"{title} must hold text or whole numbers. "
            f"Received: {fractions[0].as_py()}.{advice}"
        )
    return array.cast(pa.int64())


def _numbers(values: pa.ChunkedArray, title: str) -> pa.Array:
    return _wide_numbers(values, title).cast(pa.float32(), safe=False)


def _wide_numbers(values: pa.ChunkedArray, title: str) -> pa.Array:
    array = _one_chunk(values)
    if pa.types.is_string(array.type):
        array = _parsed(array, title)
    if pa.types.is_nested(array.type) or pa.types.is_temporal(array.type):
        raise _wrong_type(title, "numbers", array.type)
    try:
        array = array.cast(pa.float64(), safe=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise _wrong_type(title, "numbers", array.type) from error
    return pc.fill_null(array, float("nan"))


def _parsed(array: pa.Array, title: str) -> pa.Array:
    text = pc.utf8_lower(pc.utf8_trim_whitespace(array))
    text = pc.if_else(pc.equal(text, ""), None, text)
    # How pandas writes booleans to CSV.
    text = pc.if_else(pc.equal(text, "true"), "1", text)
    text = pc.if_else(pc.equal(text, "false"), "0", text)
    try:
        return text.cast(pa.float64())
    except pa.ArrowInvalid as error:
        numbers = np.asarray(pd.to_numeric(text.to_pandas(), errors="coerce"), float)
        is_bad = pc.and_(pc.is_valid(text), pa.array(np.isnan(numbers)))
        bad = array.filter(pc.and_not(is_bad, pc.equal(text, "nan")))
        received = repr(bad[0].as_py()) if len(bad) else str(error)
        raise SchemaError(
            f"{title} must hold numbers. Received: {received}."
        ) from error


def _lists(values: pa.ChunkedArray, separator: str, title: str) -> pa.Array:
    array = split_texts(_one_chunk(values), separator)
    if not is_list(array.type):
        expected = f"lists, or strings joined by '{separator}'"
        raise _wrong_type(title, expected, array.type)
    items = _one_chunk(pa.chunked_array([array.flatten()]))
    flat = pc.fill_null(_texts(items, f"{title}, in its lists,"), "")
    return _filled_lists(array, flat)


def _wrong_type(title: str, expected: str, received: pa.DataType) -> SchemaError:
    if is_list(received) and pa.types.is_dictionary(received.value_type):
        # How a file is read, not what is in it.
        received = pa.list_(pa.field("element", received.value_type.value_type))
    return SchemaError(f"{title} must hold {expected}. Received: {received}.")
