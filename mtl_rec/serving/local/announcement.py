"""What a running server tells who started it: what it serves, where, how to ask."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tensorflow.core.framework.types_pb2 import DT_FLOAT, DT_STRING
from tensorflow.core.protobuf.meta_graph_pb2 import TensorInfo

from mtl_rec.serving.local.loaded_version import DEFAULT_SIGNATURE, LoadedVersion
from mtl_rec.serving.local.metrics_path import METRICS_PATH
from mtl_rec.serving.local.server import LocalServer

_EXAMPLES = {DT_STRING: "", DT_FLOAT: 0.0}


def announcement(server: LocalServer) -> Iterator[str]:
    """Lines about a server that is started."""
    address = f"http://{server.host}:{server.rest_port}"
    for version in server.newest_versions():
        yield f"serving  {version.name} version {version.number}, {version.directory}"
    yield f"gRPC     {server.host}:{server.grpc_port}"
    yield f"REST     {address}/v1/models/<model>:predict"
    yield f"metrics  {address}{METRICS_PATH}"
    for version in server.newest_versions():
        yield ""
        yield from _commands(version, f"{address}/v1/models/{version.name}")


def _commands(version: LoadedVersion, address: str) -> Iterator[str]:
    yield f"curl {address}/metadata"
    signature = version.signatures.get(DEFAULT_SIGNATURE)
    if signature is not None:
        body = json.dumps({"instances": [_row(signature.inputs)]})
        yield f"curl -d '{body}' {address}:predict"


def _row(inputs: Mapping[str, TensorInfo]) -> dict[str, Any]:
    return {name: _value(tensor) for name, tensor in sorted(inputs.items())}


def _value(tensor: TensorInfo) -> Any:
    """A value of the right type and shape, without the dimension of the batch."""
    value: Any = _EXAMPLES.get(tensor.dtype, 0)
    for dimension in reversed(tensor.tensor_shape.dim[1:]):
        value = [value] * max(dimension.size, 1)
    return value
