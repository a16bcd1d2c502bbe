"""Requests nobody should send: from one wrong value to bytes without a meaning."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st
from tensorflow.core.framework.tensor_pb2 import TensorProto
from tensorflow_serving.apis.classification_pb2 import ClassificationRequest
from tensorflow_serving.apis.inference_pb2 import MultiInferenceRequest
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tensorflow_serving.apis.regression_pb2 import RegressionRequest

_TYPES = (
    *("DT_FLOAT", "DT_DOUBLE", "DT_INT32", "DT_UINT8", "DT_STRING", "DT_INT64"),
    *("DT_BOOL", "DT_HALF", "DT_RESOURCE", "DT_VARIANT", "DT_INVALID"),
)
_NO_SIGNATURES = ("", "no such", "__saved_model_init_op")
_LENGTHS = st.sampled_from((-1, 0, 1, 2, 3, 7, 2**31, 2**62))
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(("", "kettle", 10**400, "\ud800", "\x00"))
    | st.builds(lambda text: {"b64": text}, st.sampled_from(("", "AA==", "?", "A")))
)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=12,
)


def hostile_bodies(
    row: Mapping[str, Any], signatures: Sequence[str]
) -> st.SearchStrategy:
    """Bodies of REST requests: from a row with one wrong value to no JSON at all.

    Args:
        row: A good one of the default signature.
        signatures: Names of signatures.
    """
    changed = st.builds(
        lambda name, value: {**row, name: value}, st.sampled_from((*row, "more")), _JSON
    )
    rows = st.lists(changed | st.just(row), max_size=3) | st.lists(_JSON, max_size=3)
    columns = st.fixed_dictionaries(
        {name: _JSON | st.just([row[name]]) for name in row}
    )
    document = st.fixed_dictionaries(
        {},
        optional={
            "inputs": columns | _JSON,
            "examples": rows | _JSON,
            "context": _JSON,
            "signature_name": st.sampled_from((*signatures, "no such")) | _JSON,
        },
    )
    by_row = st.builds(lambda rows: {"instances": rows}, rows)
    deep = st.sampled_from((100, 100_000)).map(lambda n: b'{"instances":' + b"[" * n)
    text = (by_row | by_row | document | _JSON).map(_bytes)
    return text | st.binary(max_size=40) | deep


def hostile_paths(model: str) -> st.SearchStrategy:
    """Methods and paths around those that exist.

    Args:
        model: A model that is served.
    """
    names = st.sampled_from((*(model,) * 5, "none", "%ff", "%", "..", ""))
    versions = st.sampled_from(
        (
            "",
            "/versions/1",
            "/versions/99999999999999999999",
            "/labels/x",
            "/labels/%00",
        )
    )
    calls = st.sampled_from(
        (*(":predict",) * 5, ":classify", ":regress", ":x", "/metadata")
    )
    return st.builds(
        lambda name, version, call: f"/v1/models/{name}{version}{call}",
        *(names, versions, calls),
    )


def hostile_tensors() -> st.SearchStrategy:
    """Tensors whose type, shape and values need not agree."""
    values = {
        "float_val": st.lists(st.floats(width=32), max_size=4),
        "string_val": st.lists(st.binary(max_size=9), max_size=4),
        "int_val": st.lists(st.integers(-(2**31), 2**31 - 1), max_size=4),
        "int64_val": st.lists(st.integers(-(2**63), 2**63 - 1), max_size=4),
        "bool_val": st.lists(st.booleans(), max_size=4),
        "tensor_content": st.binary(max_size=16),
    }
    return st.builds(
        _tensor,
        st.sampled_from(_TYPES),
        st.lists(_LENGTHS, max_size=4) | st.lists(st.just(1), max_size=300),
        st.booleans(),
        st.fixed_dictionaries({}, optional=values),
    )


def hostile_calls(good: PredictRequest, signatures: Sequence[str]) -> st.SearchStrategy:
    """A method of the service, and the bytes of a request to it.

    Args:
        good: A request that is answered, to be spoilt.
        signatures: Names of signatures.
    """
    named = st.sampled_from((*signatures, *_NO_SIGNATURES))
    other_signature = st.builds(dict, signature_name=named)
    predict = st.builds(
        _spoilt,
        st.just(good),
        st.dictionaries(
            st.sampled_from((*good.inputs, "more", "")),
            st.none() | hostile_tensors(),
            max_size=2,
        ),
        st.sampled_from(({}, {}, {}, {"name": "none"}, {"name": ""})) | other_signature,
        st.lists(st.sampled_from((*("click",) * 3, "none")), max_size=2),
    )
    examples = st.builds(
        _with_examples,
        st.sampled_from((ClassificationRequest, RegressionRequest)),
        st.just(good.model_spec.name),
        st.sampled_from((*signatures, "")),
        st.lists(st.floats(width=32) | st.integers(0, 9) | st.binary(max_size=9)),
    )
    methods = ("Predict", "Classify", "Regress", "MultiInference", "No such method")
    noise = st.tuples(st.sampled_from(methods), st.binary(max_size=40))
    nothing = st.just(("MultiInference", MultiInferenceRequest().SerializeToString()))
    return predict | predict | examples | nothing | noise


def _bytes(document: Any) -> bytes:
    return json.dumps(document).encode("utf-8", "surrogatepass")


def _tensor(
    dtype: str, shape: list[int], unknown_rank: bool, values: Mapping[str, Any]
) -> TensorProto:
    tensor = TensorProto(dtype=dtype, **values)
    tensor.tensor_shape.unknown_rank = unknown_rank
    for length in shape:
        tensor.tensor_shape.dim.add(size=length)
    return tensor


def _spoilt(
    good: PredictRequest,
    tensors: Mapping[str, TensorProto | None],
    spec: Mapping[str, str],
    outputs: list[str],
) -> tuple[str, bytes]:
    request = PredictRequest(output_filter=outputs)
    request.MergeFrom(good)
    for field, value in spec.items():
        setattr(request.model_spec, field, value)
    for name, tensor in tensors.items():
        if tensor is None:
            request.inputs.pop(name, None)
        else:
            request.inputs[name].CopyFrom(tensor)
    return "Predict", request.SerializeToString()


def _with_examples(
    kind: type, model: str, signature: str, prices: list[float | int | bytes]
) -> tuple[str, bytes]:
    request = kind()
    request.model_spec.name = model
    request.model_spec.signature_name = signature
    for price in prices:
        feature = request.input.example_list.examples.add().features.feature["price"]
        match price:
            case float():
                feature.float_list.value.append(price)
            case int():
                feature.int64_list.value.append(price)
            case bytes():
                feature.bytes_list.value.append(price)
    method = "Classify" if kind is ClassificationRequest else "Regress"
    return method, request.SerializeToString()
