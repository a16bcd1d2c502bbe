"""Reads a version without running it: what a stock server would refuse or misread."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mtl_rec.errors import VerificationError
from mtl_rec.export.stored_weights import find_weight_problem

if TYPE_CHECKING:
    import tensorflow as tf

STRUCTURE = "structure"

_OUTPUT_TYPE = "float32 [-1]"
_INITIALIZER = "__saved_model_init_op"
_FOREIGN_OPERATIONS = re.compile(
    r"XlaCallModule|XlaLaunch|PyFunc|PyFuncStateless|EagerPyFunc|Cudnn.*"
)
_FOREIGN_DEVICES = re.compile(r"GPU|TPU", re.IGNORECASE)


@dataclass(frozen=True)
class SignatureType:
    """Names and types of one signature.

    Args:
        inputs: Type and shape of every input by name, None for any size.
        outputs: Names of the outputs; each is one float32 per row.
    """

    inputs: Mapping[str, tf.TensorSpec]
    outputs: Collection[str]


def check_structure(
    version_directory: Path, signatures: Mapping[str, SignatureType]
) -> None:
    """Refuses a SavedModel that a stock CPU server can't serve as declared.

    Args:
        version_directory: The SavedModel.
        signatures: All signatures that it must have, by name.

    Raises:
        VerificationError: With the first problem found.
    """
    meta_graph = read_meta_graph(version_directory)
    problem = (
        _find_signature_problem(meta_graph, signatures)
        or _find_graph_problem(meta_graph)
        or _find_file_problem(meta_graph, version_directory)
        or find_weight_problem(version_directory, meta_graph)
    )
    if problem:
        raise VerificationError(STRUCTURE, problem)


def read_meta_graph(version_directory: Path) -> Any:
    """The `MetaGraphDef` that a server loads: the one tagged `serve` and nothing else.

    Raises:
        VerificationError: saved_model.pb is missing or damaged, or has no such graph.
    """
    from google.protobuf.message import DecodeError
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    path = version_directory / "saved_model.pb"
    try:
        saved_model = SavedModel.FromString(path.read_bytes())
    except OSError as error:
        reason = f"'{path}' can't be read: {error.strerror}."
        raise VerificationError(STRUCTURE, reason) from error
    except DecodeError as error:
        reason = f"'{path}' is damaged: {error}."
        raise VerificationError(STRUCTURE, reason) from error
    tags = [sorted(graph.meta_info_def.tags) for graph in saved_model.meta_graphs]
    if tags.count(["serve"]) != 1:
        reason = f"One graph must have the tag 'serve' alone. Received: {tags}."
        raise VerificationError(STRUCTURE, reason)
    return saved_model.meta_graphs[tags.index(["serve"])]


def tensor_names(meta_graph: Any) -> dict[str, dict[str, dict[str, tuple[str, int]]]]:
    """Tensor and type number of every input and output, by signature and side."""
    return {
        name: {
            side: {key: (info.name, info.dtype) for key, info in infos.items()}
            for side, infos in (("inputs", value.inputs), ("outputs", value.outputs))
        }
        for name, value in _signatures(meta_graph).items()
    }


def _signatures(meta_graph: Any) -> dict[str, Any]:
    signatures = dict(meta_graph.signature_def)
    signatures.pop(_INITIALIZER, None)
    return signatures


def _find_signature_problem(
    meta_graph: Any, expected: Mapping[str, SignatureType]
) -> str | None:
    found = _signatures(meta_graph)
    if found.keys() != expected.keys():
        return f"Signatures must be {sorted(expected)}. Received: {sorted(found)}."
    for name, signature in expected.items():
        inputs = {key: _describe(spec) for key, spec in signature.inputs.items()}
        outputs = dict.fromkeys(signature.outputs, _OUTPUT_TYPE)
        problem = _find_type_problem(
            f"inputs of '{name}'", found[name].inputs, inputs
        ) or _find_type_problem(f"outputs of '{name}'", found[name].outputs, outputs)
        if problem:
            return problem
    return None


def _find_type_problem(
    role: str, found: Mapping[str, Any], expected: Mapping[str, str]
) -> str | None:
    if found.keys() != expected.keys():
        return f"The {role} must be {sorted(expected)}. Received: {sorted(found)}."
    for name, declared in expected.items():
        actual = _describe_found(found[name])
        if actual != declared:
            return (
                f"'{name}' of the {role} must be {declared} (-1 is any size). "
                f"Received: {actual}."
            )
    return None


def _describe(spec: tf.TensorSpec) -> str:
    sizes = [-1 if size is None else size for size in spec.shape.as_list()]
    return f"{spec.dtype.name} {sizes}"


def _describe_found(info: Any) -> str:
    import tensorflow as tf

    if info.WhichOneof("encoding") != "name":
        return "not a dense tensor"
    try:
        dtype = tf.dtypes.as_dtype(info.dtype).name
    except TypeError:
        dtype = f"type number {info.dtype}"
    if info.tensor_shape.unknown_rank:
        return f"{dtype} of any shape"
    return f"{dtype} {[dimension.size for dimension in info.tensor_shape.dim]}"


def _find_graph_problem(meta_graph: Any) -> str | None:
    if not meta_graph.meta_info_def.stripped_default_attrs:
        return (
            "Attributes at their default must be stripped, or an older server may "
            "refuse them."
        )
    functions = meta_graph.graph_def.library.function
    for holder in (*_nodes(meta_graph.graph_def), *functions):
        if "_XlaMustCompile" in holder.attr and holder.attr["_XlaMustCompile"].b:
            name = getattr(holder, "name", None) or holder.signature.name
            return f"'{name}' needs XLA (jit_compile=True), which a server has off."
    for node in _nodes(meta_graph.graph_def):
        if _FOREIGN_OPERATIONS.fullmatch(node.op):
            return f"Operation {node.op} ('{node.name}') can't run on a CPU server."
        if _FOREIGN_DEVICES.search(node.device):
            return f"'{node.name}' is tied to device '{node.device}'."
    return None


def _nodes(graph_def: Any) -> Iterator[Any]:
    yield from graph_def.node
    for function in graph_def.library.function:
        yield from function.node_def


def _find_file_problem(meta_graph: Any, version_directory: Path) -> str | None:
    assets = [f"assets/{asset.filename}" for asset in meta_graph.asset_file_def]
    for name in ("fingerprint.pb", *assets):
        if not (version_directory / name).is_file():
            return f"File '{name}' is missing."
    return None
