"""The Arrow types that canonical rows have."""

import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.features import (
    Feature,
    IdSequence,
    MultiCategorical,
    Numeric,
    is_by_row,
)

_DICTIONARY = pa.dictionary(pa.int32(), pa.string())


def raw_type(feature: Feature) -> pa.DataType:
    """The Arrow type of a feature's raw values."""
    if isinstance(feature, Numeric):
        return pa.float32()
    if is_by_row(feature):
        return pa.list_(pa.float32(), feature.row_dim)
    if isinstance(feature, MultiCategorical | IdSequence):
        return pa.list_(pa.string())
    return pa.string()


def dictionary_type(feature: Feature) -> pa.DataType:
    """The type of strings that came as a dictionary and its indices, and stayed so.

    That of numbers is their raw type: texts of numbers don't stay texts.
    """
    if isinstance(feature, Numeric) or is_by_row(feature):
        return raw_type(feature)
    if isinstance(feature, MultiCategorical | IdSequence):
        return pa.list_(_DICTIONARY)
    return _DICTIONARY


def plain(table: pa.Table) -> pa.Table:
    """The same canonical rows without dictionaries."""
    for position, field in enumerate(table.schema):
        kind = pa.list_(pa.string()) if is_list(field.type) else pa.string()
        if field.type in (_DICTIONARY, pa.list_(_DICTIONARY)):
            table = table.set_column(
                position, field.name, table.column(position).cast(kind)
            )
    return table


def is_list(kind: pa.DataType) -> bool:
    """Whether values of a type are lists, of whatever length."""
    return (
        pa.types.is_list(kind)
        or pa.types.is_large_list(kind)
        or pa.types.is_fixed_size_list(kind)
    )


def split_texts(array: pa.Array, separator: str) -> pa.Array:
    """Lists of what a separator parts in texts, none in "", and others as they are."""
    if pa.types.is_null(array.type):
        array = array.cast(pa.string())
    if pa.types.is_string(array.type):
        # Splitting "" gives one empty string, not none.
        array = pc.if_else(pc.equal(array, ""), None, array)
        array = pc.split_pattern(array, separator)
    return array
