"""`:classify` and `:regress` of the REST API: examples in, results out."""

import reprlib
from typing import Any

from tensorflow.core.example.example_pb2 import Example
from tensorflow.core.example.feature_pb2 import Feature
from tensorflow_serving.apis.classification_pb2 import (
    ClassificationRequest,
    ClassificationResponse,
)
from tensorflow_serving.apis.input_pb2 import Input
from tensorflow_serving.apis.regression_pb2 import RegressionRequest, RegressionResponse

from mtl_rec.serving.local.classifying import answer_classify
from mtl_rec.serving.local.json_documents import parsed_object, signature_name_of
from mtl_rec.serving.local.json_tensors import bytes_of, decoded_base64, is_base64
from mtl_rec.serving.local.loaded_version import LoadedVersion
from mtl_rec.serving.local.regressing import answer_regress
from mtl_rec.serving.local.status import invalid_argument
from mtl_rec.serving.local.tensors import shortest_float32


def reply_classify(version: LoadedVersion, body: bytes) -> dict[str, Any]:
    """The reply to a request, of one version."""
    document = parsed_object(body)
    request = ClassificationRequest(input=_input(document))
    request.model_spec.signature_name = _checked_signature(document)
    return {"results": _classes(answer_classify(version, request))}


def reply_regress(version: LoadedVersion, body: bytes) -> dict[str, Any]:
    """The reply to a request, of one version."""
    document = parsed_object(body)
    request = RegressionRequest(input=_input(document))
    request.model_spec.signature_name = _checked_signature(document)
    return {"results": _numbers(answer_regress(version, request))}


def _classes(response: ClassificationResponse) -> list[list[list[Any]]]:
    return [
        [[class_.label, shortest_float32(class_.score)] for class_ in row.classes]
        for row in response.result.classifications
    ]


def _numbers(response: RegressionResponse) -> list[float]:
    return [shortest_float32(row.value) for row in response.result.regressions]


def _checked_signature(document: dict[str, Any]) -> str:
    name = signature_name_of(document)
    # A message takes no other text.
    return bytes_of(name).decode("utf-8", "replace")


def _input(document: dict[str, Any]) -> Input:
    examples = document.get("examples")
    if not isinstance(examples, list):
        raise invalid_argument("Expecting 'examples' value to be an list/array")
    if not examples:
        raise invalid_argument("'examples' value is an empty array")
    filled = Input()
    if "context" in document:
        filled.example_list_with_context.context.CopyFrom(_example(document["context"]))
        listed = filled.example_list_with_context.examples
    else:
        listed = filled.example_list.examples
    listed.extend(_example(value) for value in examples)
    return filled


def _example(value: Any) -> Example:
    if not isinstance(value, dict):
        raise invalid_argument(
            f"Example must be JSON object but got {reprlib.repr(value)}"
        )
    example = Example()
    for name, content in value.items():
        # A message takes no other text.
        text = bytes_of(name).decode("utf-8", "replace")
        values = content if isinstance(content, list) else [content]
        example.features.feature[text].CopyFrom(_feature(name, values))
    return example


def _feature(name: str, values: list[Any]) -> Feature:
    """A list of one kind, which the values' own spelling decides: 5 is no float."""
    feature = Feature()
    kinds = {_kind(name, value) for value in values}
    if len(kinds) > 1:
        raise invalid_argument(
            f"Unexpected element type in feature: {name} has several types: "
            f"{', '.join(sorted(kinds))}"
        )
    match next(iter(kinds), None):
        case "bytes":
            feature.bytes_list.value.extend(_bytes(value) for value in values)
        case "float":
            feature.float_list.value.extend(values)
        case "int64":
            _fill_int64(feature, name, values)
    return feature


def _kind(name: str, value: Any) -> str:
    if isinstance(value, str) or is_base64(value):
        return "bytes"
    if isinstance(value, bool | int):
        return "int64"
    if isinstance(value, float):
        return "float"
    raise invalid_argument(
        f"Feature: {name} has element with unexpected JSON type: {reprlib.repr(value)}"
    )


def _bytes(value: str | dict[str, str]) -> bytes:
    return bytes_of(value) if isinstance(value, str) else decoded_base64(value)


def _fill_int64(feature: Feature, name: str, values: list[int]) -> None:
    try:
        feature.int64_list.value.extend(int(value) for value in values)
    except ValueError as error:
        raise invalid_argument(
            f"Feature: {name} has an element beyond int64. Only int64_t is supported."
        ) from error
