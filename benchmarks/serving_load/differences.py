"""Answers of a version beside what Keras predicts."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from mtl_rec.config.served_names import ROWS
from mtl_rec.export.c_library import LibrarySettings, ask_c_library
from mtl_rec.export.rungs.rung_protocol import Arrays, array_name, requests_of
from mtl_rec.export.warm_up import warm_up_requests

ASKED = "the C library"


def exact_settings() -> LibrarySettings:
    """Nothing that changes a bit: the graph as it is, one operation after another."""
    from tensorflow.core.protobuf.config_pb2 import ConfigProto

    config = ConfigProto(intra_op_parallelism_threads=1)
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return LibrarySettings(config.SerializeToString(), one_dnn(False).environment)


def one_dnn(on: bool) -> LibrarySettings:
    """As a server does, with oneDNN or without, whatever the processor's default."""
    return LibrarySettings(environment={"TF_ENABLE_ONEDNN_OPTS": str(int(on))})


def slices(arrays: Arrays, size: int) -> Iterator[dict[str, np.ndarray]]:
    """Rows of all arrays, so many at a time."""
    count = len(next(iter(arrays.values())))
    for start in range(0, count, size):
        yield {name: values[start : start + size] for name, values in arrays.items()}


def served_rows(
    version: Path, raw: Arrays, batch_size: int, settings: LibrarySettings
) -> dict[str, np.ndarray]:
    """What `serving_default` answers in the C library, all rows joined.

    Args:
        version: With warm-up requests: every signature must be asked something.
        raw: Inputs by name.
        batch_size: Rows at a time.
        settings: Of the library.
    """
    asked = warm_up_requests(version) | row_requests(raw, batch_size)
    answers = ask_c_library(ASKED, version, asked, settings=settings)
    return answers_in_batches(answers, batch_size)


def row_requests(raw: Arrays, batch_size: int) -> dict[str, np.ndarray]:
    """Requests to `serving_default` for all rows, so many at a time.

    Args:
        raw: Inputs by name.
        batch_size: Rows at a time; tells these requests apart from others.
    """
    return {
        array_name(ROWS, f"{batch_size} rows from {batch}", name): values
        for batch, own in enumerate(slices(raw, batch_size))
        for name, values in own.items()
    }


def answers_in_batches(answers: Arrays, batch_size: int) -> dict[str, np.ndarray]:
    """The answers to `row_requests` of one size, all rows joined."""
    own = [
        outputs
        for name, outputs in requests_of(answers, ROWS).items()
        if name.startswith(f"{batch_size} rows ")
    ]
    return joined(own)


def joined(batches: list[Arrays]) -> dict[str, np.ndarray]:
    """Outputs of several batches as one."""
    return {
        name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]
    }


def differing_bits(received: Arrays, expected: Arrays) -> int:
    """Values of all outputs that differ in any bit."""
    _require_outputs(received, expected)
    return sum(
        int(np.count_nonzero(_bits(received[name]) != _bits(values)))
        for name, values in expected.items()
    )


def largest_difference(received: Arrays, expected: Arrays) -> float:
    """Over all outputs; absolute up to 1, relative beyond. That of NaN is infinite."""
    _require_outputs(received, expected)
    largest = [0.0]
    for name, values in expected.items():
        wide = values.astype(np.float64)
        distance = np.abs(received[name] - wide) / np.maximum(1, np.abs(wide))
        largest.append(np.where(np.isnan(distance), np.inf, distance).max(initial=0))
    return float(max(largest))


def wrongly_ordered(scores: np.ndarray, expected: np.ndarray, tie: float = 2e-6) -> int:
    """Neighbours in the order of some scores that others put the other way round.

    Args:
        scores: Whose order is looked at, `(rows,)`.
        expected: Of the same rows.
        tie: Difference of two of `expected` that no order is asked of.
    """
    in_order = expected[np.argsort(-scores, kind="stable")]
    return int(np.count_nonzero(np.diff(in_order.astype(np.float64)) > tie))


def _require_outputs(received: Arrays, expected: Mapping) -> None:
    for name, values in expected.items():
        if received[name].shape != values.shape:
            raise ValueError(
                f"'{name}' must have the shape {values.shape}. "
                f"Received: {received[name].shape}."
            )


def _bits(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values, np.float32).view(np.uint32)
