"""Classify, Regress and MultiInference: `tf.Example`s in, classes or numbers out."""

import numpy as np
from tensorflow.core.framework.types_pb2 import DT_STRING
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef
from tensorflow_serving.apis.input_pb2 import Input
from tensorflow_serving.apis.model_pb2 import ModelSpec

from mtl_rec.serving.local.loaded_version import DEFAULT_SIGNATURE, LoadedVersion
from mtl_rec.serving.local.status import invalid_argument

INPUT = "inputs"


def serialized_examples(examples: Input) -> np.ndarray:
    """The examples of a request, each with its context if there is one."""
    match examples.WhichOneof("kind"):
        case "example_list":
            listed, context = examples.example_list.examples, b""
        case "example_list_with_context":
            with_context = examples.example_list_with_context
            listed = with_context.examples
            context = with_context.context.SerializeToString()
        case _:
            listed, context = (), b""
    if not listed:
        raise invalid_argument("Input is empty.")
    serialized = np.empty(len(listed), object)
    # One message after another is the message of both.
    serialized[:] = [context + example.SerializeToString() for example in listed]
    return serialized


def named_signature(version: LoadedVersion, spec: ModelSpec) -> SignatureDef:
    """The signature that a request asks for.

    Args:
        version: Which has it.
        spec: Of the request.
    """
    name = spec.signature_name or DEFAULT_SIGNATURE
    if name not in version.signatures:
        raise invalid_argument(
            f"No signature was found with the name: {name}. Known: "
            f"{', '.join(sorted(version.signatures))}."
        )
    return version.signatures[name]


def run_examples(
    version: LoadedVersion, signature: SignatureDef, outputs: list[str], rows: Input
) -> dict[str, np.ndarray]:
    """Runs a signature on examples.

    Args:
        version: What to run.
        signature: One of its signatures, with one input.
        outputs: Names of those to fetch.
        rows: The examples.
    """
    serialized = serialized_examples(rows)
    arrays = version.run(
        {INPUT: serialized},
        signature.inputs,
        [signature.outputs[name] for name in outputs],
    )
    by_name = dict(zip(outputs, arrays, strict=True))
    for name, array in by_name.items():
        _check_rows(name, array, len(serialized))
    return by_name


def check_input(signature: SignatureDef, kind: str) -> None:
    """Refuses a signature that does not take examples.

    Args:
        signature: Of the request.
        kind: What was asked of it, for the error.
    """
    inputs = signature.inputs
    if len(inputs) != 1 or INPUT not in inputs:
        raise invalid_argument(
            f"Expected one input Tensor for {kind}, named '{INPUT}'. "
            f"Received: {', '.join(sorted(inputs)) or 'none'}."
        )
    if inputs[INPUT].dtype != DT_STRING:
        raise invalid_argument(f"Expected '{INPUT}' for {kind} to have type DT_STRING.")


def answered_spec(version: LoadedVersion, spec: ModelSpec) -> ModelSpec:
    """What a reply says about the version that gave it.

    Args:
        version: The one that did.
        spec: Of the request.
    """
    answered = ModelSpec(
        name=version.name, signature_name=spec.signature_name or DEFAULT_SIGNATURE
    )
    answered.version.value = version.number
    return answered


def _check_rows(name: str, array: np.ndarray, num_examples: int) -> None:
    if array.shape[:1] != (num_examples,):
        raise invalid_argument(
            f"Expected output '{name}' to have {num_examples} rows. "
            f"Received: shape {list(array.shape)}."
        )
