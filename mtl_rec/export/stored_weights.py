"""Reads the stored variables of a version: all there, and each of them once."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from mtl_rec.errors import ArtifactError

_OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
_SHARD = re.compile(r"variables\.data-(\d{5})-of-(\d{5})")
_MOST_BYTES_PER_BYTE = 1.05
_SLACK_BYTES = 4096


def find_weight_problem(version_directory: Path, meta_graph: Any) -> str | None:
    """What is wrong with the stored variables, or None.

    Args:
        version_directory: The SavedModel.
        meta_graph: Its `MetaGraphDef`.
    """
    import tensorflow as tf

    folder = version_directory / "variables"
    problem = _find_shard_problem(folder)
    if problem:
        return problem
    try:
        checkpoint = tf.train.load_checkpoint(str(folder / "variables"))
        return _find_size_problem(checkpoint, folder) or _find_repetition(
            checkpoint, meta_graph
        )
    except (tf.errors.OpError, LookupError, ValueError, RuntimeError) as error:
        return f"The variables can't be read: {error}."


def weights_sha256(version_directory: Path) -> str:
    """A hash of the stored weights, equal for two exports of the same.

    The files of two exports differ, as they also hold what graph the weights are of.

    Raises:
        ArtifactError: The variables can't be read.
    """
    import tensorflow as tf

    path = version_directory / "variables" / "variables"
    digest = hashlib.sha256()
    try:
        checkpoint = tf.train.load_checkpoint(str(path))
        for key in sorted(checkpoint.get_variable_to_shape_map()):
            if key == _OBJECT_GRAPH:
                continue
            values = np.asarray(checkpoint.get_tensor(key))
            digest.update(f"{key} {values.dtype} {values.shape}\n".encode())
            for part in _contents(values):
                digest.update(part)
    except (tf.errors.OpError, LookupError, ValueError, RuntimeError) as error:
        raise ArtifactError(
            f"The weights of '{path}' can't be read: {error}."
        ) from error
    return digest.hexdigest()


def _contents(values: np.ndarray) -> Iterator[bytes | memoryview]:
    if values.dtype.kind != "O":
        yield np.ascontiguousarray(values).view(np.uint8).data
        return
    for text in values.ravel():
        yield f"{len(text)} ".encode()
        yield text


def _find_shard_problem(folder: Path) -> str | None:
    """The index names shards only by their count, which every shard's name repeats."""
    if not (folder / "variables.index").is_file():
        return "File 'variables/variables.index' is missing."
    shards = [match for path in folder.iterdir() if (match := _SHARD.match(path.name))]
    if not shards:
        return "File 'variables/variables.data-00000-of-00001' is missing."
    count = int(shards[0][2])
    found = {(int(shard[1]), int(shard[2])) for shard in shards}
    if found != {(number, count) for number in range(count)}:
        names = sorted(shard[0] for shard in shards)
        return f"The files of variables are not one complete set: {names}."
    return None


def _find_size_problem(checkpoint: Any, folder: Path) -> str | None:
    dtypes = checkpoint.get_variable_to_dtype_map()
    shapes = checkpoint.get_variable_to_shape_map()
    texts = [key for key, dtype in dtypes.items() if dtype.name == "string"]
    numbers = shapes.keys() - set(texts)
    listed = sum(int(np.prod(shapes[key])) * dtypes[key].size for key in numbers)
    stored = sum(path.stat().st_size for path in folder.glob("variables.data-*"))
    if stored < listed:
        return f"The variables need {listed} bytes and only {stored} are stored."
    text_bytes = sum(_text_bytes(checkpoint.get_tensor(key)) for key in texts)
    if stored > _MOST_BYTES_PER_BYTE * listed + text_bytes + _SLACK_BYTES:
        return f"The variables need {listed} bytes and {stored} are stored."
    return None


def _text_bytes(values: Any) -> int:
    """Of texts, each with its length, which takes a byte for every seven bits."""
    lengths = [len(value) for value in np.asarray(values, object).ravel()]
    return sum(own + max(1, -(-own.bit_length() // 7)) for own in lengths)


def _find_repetition(checkpoint: Any, meta_graph: Any) -> str | None:
    keys_by_name = _variable_keys(checkpoint)
    stored = sum(len(keys) for keys in keys_by_name.values())
    created = sum(_creates_weight(node) for node in meta_graph.graph_def.node)
    if created > stored:
        return (
            f"The graph creates {created} variables of {stored} stored: it copies some."
        )
    for name, keys in keys_by_name.items():
        copies = _find_copies(checkpoint, keys) if len(keys) > 1 else None
        if copies:
            return f"Weight '{name}' is stored twice, as {copies}."
    return None


def _variable_keys(checkpoint: Any) -> dict[str, list[str]]:
    """Keys of the checkpoint by the name of the variable that they hold."""
    from tensorflow.core.protobuf.trackable_object_graph_pb2 import (
        TrackableObjectGraph,
    )

    graph = TrackableObjectGraph.FromString(checkpoint.get_tensor(_OBJECT_GRAPH))
    keys = defaultdict(set)
    for node in graph.nodes:
        for attribute in node.attributes:
            if attribute.name == "VARIABLE_VALUE":
                keys[attribute.full_name].add(attribute.checkpoint_key)
    return {name: sorted(own) for name, own in keys.items()}


def _creates_weight(node: Any) -> bool:
    """A variable of strings is none: the graph has one for the path of each asset."""
    from tensorflow.core.framework.types_pb2 import DT_STRING

    return node.op == "VarHandleOp" and node.attr["dtype"].type != DT_STRING


def _find_copies(checkpoint: Any, keys: list[str]) -> tuple[str, str] | None:
    """Two keys with the same values; constants, such as new biases, don't count."""
    key_by_content = {}
    for key in keys:
        values = checkpoint.get_tensor(key)
        if values.size < 2 or (values == values.flat[0]).all():
            continue
        content = (values.shape, hashlib.sha256(values.tobytes()).digest())
        if content in key_by_content:
            return key_by_content[content], key
        key_by_content[content] = key
    return None
