"""A SavedModel loaded and run through TensorFlow's C API."""

import ctypes
from collections.abc import Mapping
from contextlib import ExitStack
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from .c_bindings import Endpoint
from .c_tensors import NUMERIC, STRING, array_of, tensor_of


class TypedEndpoint(NamedTuple):
    """A tensor of the graph, and TensorFlow's number of its type."""

    endpoint: Endpoint
    data_type: int


Endpoints = Mapping[str, TypedEndpoint]


class Session:
    """The `serve` graph of a version; leaving its context frees it.

    Args:
        library: The C API.
        version_directory: The SavedModel.
        config: A serialized `ConfigProto`.
    """

    def __init__(
        self, library: SimpleNamespace, version_directory: str, config: bytes = b""
    ) -> None:
        self._library = library
        self._config = config
        with ExitStack() as resources:
            self._status = library.TF_NewStatus()
            resources.callback(library.TF_DeleteStatus, self._status)
            self._graph = library.TF_NewGraph()
            resources.callback(library.TF_DeleteGraph, self._graph)
            self._session = self._load(version_directory)
            resources.callback(self._delete_session)
            self._resources = resources.pop_all()

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

    def find(
        self, role: str, tensors: Mapping[str, tuple[str, int]]
    ) -> dict[str, TypedEndpoint]:
        """The graph's tensors for one side of a signature, by name.

        Args:
            role: What the tensors are, for errors.
            tensors: Tensor name and TensorFlow's number of its type, by name.
        """
        found = {}
        for name, (tensor, data_type) in tensors.items():
            endpoint = self._endpoint(tensor)
            if endpoint is None:
                raise LookupError(
                    f"The graph has no tensor '{tensor}', which is {role}: '{name}'."
                )
            actual = self._library.TF_OperationOutputType(endpoint)
            if actual != data_type:
                raise TypeError(
                    f"'{name}', {role}, must have type number {data_type}. "
                    f"Received: {actual}."
                )
            found[name] = TypedEndpoint(endpoint, data_type)
        return found

    def run(
        self, inputs: Endpoints, outputs: Endpoints, batch: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """Runs the graph once.

        Args:
            inputs: Where the values go.
            outputs: What to fetch.
            batch: Values of the inputs.
        """
        for name, output in outputs.items():
            if output.data_type not in (*NUMERIC, STRING):
                reason = f"type number {output.data_type}, which can't be checked."
                raise TypeError(f"Output '{name}' has {reason}")
        library = self._library
        fetched = (ctypes.c_void_p * len(outputs))()
        with ExitStack() as tensors:
            fed = [
                tensors.enter_context(tensor_of(library, batch[name], item.data_type))
                for name, item in inputs.items()
            ]
            values = (ctypes.c_void_p * len(fed))(*fed)
            self.run_tensors(endpoints(inputs), values, endpoints(outputs), fetched)
            for tensor in fetched:
                tensors.callback(library.TF_DeleteTensor, tensor)
            return {
                name: array_of(library, tensor, output.data_type)
                for (name, output), tensor in zip(outputs.items(), fetched, strict=True)
            }

    def run_tensors(
        self,
        inputs: "ctypes.Array[Endpoint]",
        values: "ctypes.Array[ctypes.c_void_p]",
        outputs: "ctypes.Array[Endpoint]",
        fetched: "ctypes.Array[ctypes.c_void_p]",
    ) -> None:
        """Runs the graph once on tensors, and nothing besides.

        Args:
            inputs: Where the values go.
            values: A tensor for each.
            outputs: What to fetch.
            fetched: Gets a tensor for each, which the caller deletes.
        """
        self._library.TF_SessionRun(
            *(self._session, None),
            *(inputs, values, len(values)),
            *(outputs, fetched, len(fetched)),
            *(None, 0, None, self._status),
        )
        self._check()

    def _load(self, version_directory: str) -> int:
        library = self._library
        tags = (ctypes.c_char_p * 1)(b"serve")
        with ExitStack() as resources:
            options = library.TF_NewSessionOptions()
            resources.callback(library.TF_DeleteSessionOptions, options)
            library.TF_SetConfig(options, self._config, len(self._config), self._status)
            self._check()
            session = library.TF_LoadSessionFromSavedModel(
                *(options, None, version_directory.encode()),
                *(tags, len(tags), self._graph, None, self._status),
            )
            self._check()
        return session

    def _delete_session(self) -> None:
        self._library.TF_CloseSession(self._session, self._status)
        self._library.TF_DeleteSession(self._session, self._status)

    def _check(self) -> None:
        if self._library.TF_GetCode(self._status):
            message = self._library.TF_Message(self._status)
            raise RuntimeError(message.decode(errors="replace"))

    def _endpoint(self, tensor: str) -> Endpoint | None:
        name, _, index = tensor.partition(":")
        operation = self._library.TF_GraphOperationByName(self._graph, name.encode())
        if not operation:
            return None
        endpoint = Endpoint(operation, int(index or 0))
        count = self._library.TF_OperationNumOutputs(operation)
        return endpoint if endpoint.index < count else None


def endpoints(found: Endpoints) -> "ctypes.Array[Endpoint]":
    """As the library takes them."""
    return (Endpoint * len(found))(*(item.endpoint for item in found.values()))
