"""What a served model takes and returns, as the server describes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mtl_rec.config.checks import suggestion
from mtl_rec.serving.client.errors import RequestError

_NAMES = {"DT_FLOAT": "float32", "DT_DOUBLE": "float64", "DT_HALF": "float16"}


@dataclass(frozen=True)
class TensorType:
    """The type of an input or output.

    Attributes:
        dtype: As NumPy names it; "string" for text.
        shape: With None for any size; None itself for any shape.
    """

    dtype: str
    shape: tuple[int | None, ...] | None


@dataclass(frozen=True)
class Signature:
    """One function of a served model.

    Attributes:
        name: The function.
        inputs: By name.
        outputs: By name.
    """

    name: str
    inputs: Mapping[str, TensorType]
    outputs: Mapping[str, TensorType]

    def require_outputs(self, names: tuple[str, ...]) -> None:
        """Refuses outputs that it has not.

        Raises:
            RequestError: With the nearest of those it has.
        """
        for name in names:
            if name not in self.outputs:
                raise RequestError(
                    f"Signature '{self.name}' has no output '{name}'."
                    f"{suggestion(name, self.outputs)} Outputs: {sorted(self.outputs)}."
                )


@dataclass(frozen=True)
class ModelMetadata:
    """What a server tells of a version.

    Attributes:
        version: The version that answered.
        signatures: By name.
    """

    version: int
    signatures: Mapping[str, Signature]

    def signature(self, name: str) -> Signature:
        """One of the signatures.

        Raises:
            RequestError: The model has none of this name.
        """
        if name not in self.signatures:
            raise RequestError(
                f"The served model has no signature '{name}'."
                f"{suggestion(name, self.signatures)} "
                f"Signatures: {sorted(self.signatures)}."
            )
        return self.signatures[name]


@dataclass(frozen=True)
class VersionStatus:
    """The state of a version in a server.

    Attributes:
        version: Its number.
        state: START, LOADING, AVAILABLE, UNLOADING or END.
        error: Why it could not be loaded; empty if it could.
    """

    version: int
    state: str
    error: str


def read_metadata(version: Any, signatures: Mapping[str, Any]) -> ModelMetadata:
    """Reads the signatures of a reply.

    Args:
        version: The version that answered.
        signatures: `SignatureDef` by name, as the JSON form of protocol buffers.
    """
    return ModelMetadata(
        int(version),
        {
            name: Signature(
                name,
                _tensor_types(value.get("inputs", {})),
                _tensor_types(value.get("outputs", {})),
            )
            for name, value in signatures.items()
            # Not to be called: it fills look-up tables while a version is loaded.
            if name != "__saved_model_init_op"
        },
    )


def read_status(versions: list[Mapping[str, Any]]) -> list[VersionStatus]:
    """Reads `ModelVersionStatus` in the JSON form of protocol buffers, newest first."""
    statuses = [
        VersionStatus(
            int(value.get("version", 0)),
            value.get("state", "UNKNOWN"),
            value.get("status", {}).get("error_message", ""),
        )
        for value in versions
    ]
    return sorted(statuses, key=lambda status: status.version, reverse=True)


def _tensor_types(infos: Mapping[str, Any]) -> dict[str, TensorType]:
    # Protocol buffers keep no order: ours is the same with every server.
    return {name: _tensor_type(infos[name]) for name in sorted(infos)}


def _tensor_type(info: Mapping[str, Any]) -> TensorType:
    kind: str = info.get("dtype", "DT_INVALID")
    dtype = _NAMES.get(kind, kind.removeprefix("DT_").lower())
    shape = info.get("tensor_shape", {})
    if shape.get("unknown_rank"):
        return TensorType(dtype, None)
    # Sizes are 64 bits wide, which JSON has as text.
    sizes = [int(size.get("size", 0)) for size in shape.get("dim", [])]
    return TensorType(dtype, tuple(None if size < 0 else size for size in sizes))
