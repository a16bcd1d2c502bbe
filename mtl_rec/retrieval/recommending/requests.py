"""What is known of a user and a moment, as the inputs of several versions."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mtl_rec.errors import ArtifactError
from mtl_rec.serving.client.columns import single_row
from mtl_rec.serving.client.inputs import row_inputs
from mtl_rec.serving.client.signatures import Signature, TensorType

Inputs = Mapping[str, TensorType]


def joint_inputs(inputs: Iterable[tuple[Path, Inputs]]) -> dict[str, TensorType]:
    """Every feature that some version reads of a request.

    Args:
        inputs: Versions with theirs.

    Raises:
        ArtifactError: Two read one feature in different shapes.
    """
    joint: dict[str, TensorType] = {}
    first: dict[str, Path] = {}
    for version, own in inputs:
        for name, kind in own.items():
            if joint.setdefault(name, kind) != kind:
                raise ArtifactError(
                    "Versions that are used together must read a feature alike. "
                    f"Received: '{name}' is {_shown(joint[name])} in '{first[name]}', "
                    f"and {_shown(kind)} in '{version}'. Export them from one config."
                )
            first.setdefault(name, version)
    return joint


def request_arrays(
    inputs: Inputs, request: Mapping[str, Any], fill_missing: bool
) -> dict[str, np.ndarray]:
    """One row of every input.

    Args:
        inputs: From `joint_inputs`.
        request: Values by feature.
        fill_missing: Whether features that are not there are missing values.

    Raises:
        RequestError: A feature is unknown or missing, or holds something else.
    """
    signature = Signature("recommend", inputs, {})
    row = single_row(request, "request")
    return dict(row_inputs(signature, row, fill_missing).arrays)


def _shown(kind: TensorType) -> str:
    return f"{kind.dtype} {kind.shape}"
