"""Tensors of messages, whose parts need not agree."""

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.framework.tensor_pb2 import TensorProto

from mtl_rec.serving.local.status import StatusError
from mtl_rec.serving.local.tensors import MAX_VALUES, array_of, proto_of


def tensor(dtype, *shape, **values):
    proto = TensorProto(dtype=dtype, **values)
    for length in shape:
        proto.tensor_shape.dim.add(size=length)
    return proto


@pytest.mark.parametrize(
    "array",
    [
        np.float32([[1.5, -2.0]]),
        np.float64([0.1]),
        np.int32([[1], [2]]),
        np.int64([2**62]),
        np.uint8([255]),
        np.array([True, False]),
        np.array([b"", "Ärmel".encode(), b"\xff\x00"], object),
        np.zeros((0, 3), np.float32),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_values_come_back_as_they_were(array):
    by_content = tf.make_tensor_proto(array)
    by_fields = proto_of(array, by_content.dtype)

    for proto in (by_content, by_fields):
        found = array_of(proto, "x")
        assert (found.dtype, found.shape) == (array.dtype, array.shape)
        np.testing.assert_array_equal(found, array)
    np.testing.assert_array_equal(tf.make_ndarray(by_fields), array)


@pytest.mark.parametrize(
    ("proto", "expected"),
    [
        (tensor("DT_FLOAT", 3, float_val=[1.0, 2.0]), [1.0, 2.0, 2.0]),
        (tensor("DT_STRING", 2, string_val=[b"a"]), [b"a", b"a"]),
        (tensor("DT_FLOAT", 2), [0.0, 0.0]),
        (tensor("DT_STRING", 2), [b"", b""]),
    ],
)
def test_a_last_value_or_nothing_stands_for_those_left_out(proto, expected):
    assert array_of(proto, "x").tolist() == expected


@pytest.mark.parametrize(
    "proto",
    [
        tensor("DT_FLOAT", MAX_VALUES + 1, float_val=[1.0]),
        tensor("DT_STRING", 2**32, 2**32, string_val=[b"a"]),
        tensor("DT_FLOAT", 2**62, 0),
        tensor("DT_FLOAT", *[1] * 100, float_val=[1.0]),
        tensor("DT_FLOAT", -1, float_val=[1.0]),
        tensor("DT_FLOAT", 1, float_val=[1.0, 2.0]),
        tensor("DT_FLOAT", 2, tensor_content=b"\x00" * 7),
        tensor("DT_STRING", 1, tensor_content=b"\x01a"),
        tensor("DT_UINT8", 1, int_val=[256]),
        tensor("DT_UINT8", 2, int_val=[-1]),
        tensor("DT_HALF", 1, half_val=[1]),
        tensor("DT_RESOURCE", 1),
    ],
    ids=lambda proto: str(proto.dtype),
)
def test_a_tensor_that_contradicts_itself_is_refused(proto):
    with pytest.raises(StatusError, match="Input 'x'"):
        array_of(proto, "x")
