"""Figures on answers: exact, close whatever the way to ask, and of huge values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mtl_rec.errors import ArtifactError
from mtl_rec.export.answers import check_answers
from mtl_rec.export.c_library import AS_A_SERVER, ask_c_library
from mtl_rec.export.earlier_rungs import earlier_rungs
from mtl_rec.export.proofs import Proofs
from mtl_rec.export.requests import arrays_of
from mtl_rec.export.verification import climb
from mtl_rec.schema.schema import Schema
from mtl_rec.serving.server_rung import answers_of_server
from serving_load.differences import (
    answers_in_batches,
    differing_bits,
    exact_settings,
    largest_difference,
    one_dnn,
    row_requests,
    served_rows,
)
from serving_load.figures import Figure
from serving_load.huge_values import cost_of, huge_requests
from serving_load.subject import Subject, read_predictions
from serving_load.wire import Address

TOLERANCE = 1e-6
MOST_SECONDS, MOST_MIB = 1.0, 50.0
ANY_DIFFERENCE = float("inf")


@dataclass(frozen=True)
class Exported:
    """A version of a subject.

    Attributes:
        subject: What was trained.
        version: What was exported.
        schema: Of its features.
        raw: The subject's rows as inputs of `serving_default`.
        proofs: What every signature must answer to the first rows.
    """

    subject: Subject
    version: Path
    schema: Schema
    raw: Mapping[str, np.ndarray]
    proofs: Proofs

    @property
    def predictions(self) -> dict[str, np.ndarray]:
        """Of the process that trained it."""
        return read_predictions(self.subject.predictions_path)

    def rows(self, count: int) -> dict[str, np.ndarray]:
        """The first rows as inputs of `serving_default`."""
        return {name: values[:count] for name, values in self.raw.items()}


def exactness(exported: Exported, batch_sizes: tuple[int, ...]) -> Iterator[Figure]:
    """R7: bits that differ where nothing should change one."""
    for size in batch_sizes:
        expected = exported.subject.exact_predictions(size)
        served = served_rows(exported.version, exported.raw, size, exact_settings())
        count = len(next(iter(expected.values())))
        what = f"differing values in exact mode, {count:,} rows, batches of {size:,}"
        yield Figure("R7", what, differing_bits(served, expected), 0)


def differences(
    exported: Exported, rows_by_batch: Mapping[int, int]
) -> Iterator[Figure]:
    """R8: the largest differences of a server as it is set up."""
    asked = arrays_of(exported.proofs)
    for size, count in rows_by_batch.items():
        asked |= row_requests(exported.rows(count), size)
    for is_on in (True, False):
        answers = ask_c_library(
            "oneDNN", exported.version, asked, settings=one_dnn(is_on)
        )
        largest = [_largest(exported.proofs, answers)]
        for size, count in rows_by_batch.items():
            expected = {n: v[:count] for n, v in exported.predictions.items()}
            largest.append(
                largest_difference(answers_in_batches(answers, size), expected)
            )
        batches = ", ".join(f"{size:,}" for size in rows_by_batch)
        what = (
            f"largest difference {'with' if is_on else 'without'} oneDNN, all "
            f"signatures, batches of {batches}"
        )
        yield Figure("R8", what, max(largest), TOLERANCE)


def differences_over(
    exported: Exported, address: Address, model: str
) -> Iterator[Figure]:
    """R8: the largest differences over both protocols."""
    urls = {"gRPC": f"grpc://{address.grpc}", "REST": address.rest}
    for protocol, url in urls.items():
        answers = answers_of_server(url, model, exported.proofs)
        what = f"largest difference over {protocol}, all signatures"
        yield Figure("R8", what, _largest(exported.proofs, answers), TOLERANCE)


def earlier_servers(exported: Exported) -> Iterator[Figure]:
    """R9: the same in the libraries of earlier releases."""
    for rung in earlier_rungs():
        what = f"largest difference in the library of {rung.name}"
        try:
            [result] = climb(exported.version, exported.proofs, [rung])
            reached = float(result.max_difference or 0.0)
        except ArtifactError:
            reached = float("nan")
        yield Figure("R9", what, reached, TOLERANCE)


def across_backends(exported: Exported, backend: str) -> Iterator[Figure]:
    """R12: served by TensorFlow, trained on another backend."""
    served = served_rows(exported.version, exported.raw, 512, AS_A_SERVER)
    largest = largest_difference(served, exported.predictions)
    what = f"largest difference from {backend}, which trained it, over the same rows"
    yield Figure("R12", what, largest, TOLERANCE)


def huge_values(exported: Exported) -> Iterator[Figure]:
    """R26: seconds and memory of values of megabytes."""
    huge = huge_requests(exported.raw, exported.schema.features)
    costs = cost_of(exported.version, exported.rows(1), huge)
    for name, cost in costs.items():
        yield Figure("R26", f"{name}: seconds", cost.seconds, MOST_SECONDS)
        yield Figure("R26", f"{name}: more memory, MiB", cost.growth_mib, MOST_MIB)


def _largest(proofs: Proofs, answers: Mapping[str, Any]) -> float:
    return check_answers("measured", proofs, answers, ANY_DIFFERENCE)
