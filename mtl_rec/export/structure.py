"""Reads a version without running it: what a stock server would refuse or misread."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mtl_rec.errors import VerificationError
from mtl_rec.export.proofs import Proofs
from mtl_rec.export.signature_types import signatures_of, stored_type, type_text
from mtl_rec.export.stored_weights import find_weight_problem

if TYPE_CHECKING:
    import tensorflow as tf

STRUCTURE = "structure"

_FOREIGN_OPERATIONS = re.compile(
    r"XlaCallModule|XlaLaunch|PyFunc|PyFuncStateless|EagerPyFunc|Cudnn.*"
)
_FOREIGN_DEVICES = re.compile(r"GPU|TPU", re.IGNORECASE)


def check_structure(version_directory: Path, proofs: Proofs) -> None:
    """Refuses a SavedModel that a stock CPU server can't serve as declared.

    Args:
        version_directory: The SavedModel.
        proofs: Declare all signatures that it must have, by name.

    Raises:
        VerificationError: With the first problem found.
    """
    meta_graph = read_meta_graph(version_directory)
    problem = (
        _find_signature_problem(meta_graph, proofs)
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


def _find_signature_problem(meta_graph: Any, proofs: Proofs) -> str | None:
    found = signatures_of(meta_graph)
    if found.keys() != proofs.keys():
        return f"Signatures must be {sorted(proofs)}. Received: {sorted(found)}."
    for name, proof in proofs.items():
        problem = _find_type_problem(
            f"inputs of '{name}'", found[name].inputs, proof.inputs
        ) or _find_type_problem(
            f"outputs of '{name}'", found[name].outputs, proof.outputs
        )
        if problem:
            return problem
    return None


def _find_type_problem(
    role: str, found: Mapping[str, Any], expected: Mapping[str, tf.TensorSpec]
) -> str | None:
    if found.keys() != expected.keys():
        return f"The {role} must be {sorted(expected)}. Received: {sorted(found)}."
    for name, spec in expected.items():
        declared, actual = type_text(spec), stored_type(found[name])
        if actual != declared:
            return (
                f"'{name}' of the {role} must be {declared} (-1 is any size). "
                f"Received: {actual}."
            )
    return None


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
