"""What a served model survives: the reliability rows of issue 5, with figures.

    python benchmarks/serving_reliability.py --check

The quickstart's model is trained for one epoch on few rows, once on TensorFlow and once
on JAX, and exported and proved as any other. Most of the 10,000 rows it is asked about
have values that no training row has: unseen, empty, of any script, no numbers.

Answers are TensorFlow's C library's, the one that TensorFlow Serving is made of, or the
local server's, in a process of its own; that runs the same library from Python, so its
latencies and its memory are not those of TensorFlow Serving.
"""

import argparse
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np
from reporting import argument_parser, report
from serving_load import measure_answers, measure_server, measure_versions
from serving_load.figures import Figure, bars_of, table_of
from serving_load.measure_answers import Exported
from serving_load.server_process import serving
from serving_load.subject import train_subject
from serving_load.versions import write_version

from mtl_rec.config.served_names import ROWS
from mtl_rec.export import export_model
from mtl_rec.models import load_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.preprocess.arrays import raw_tensors

MODEL = measure_server.MODEL
PROVED_ROWS = 1000
ASKED_ROWS = 4
VARIANTS = 2


class Sizes(NamedTuple):
    """How much of everything."""

    exposures: int
    rows: int
    exact_batches: tuple[int, ...]
    rows_by_batch: dict[int, int]
    publishes: int
    flips: int
    swaps: int
    clients: int
    hostile: int
    requests_per_thread: int
    soak_seconds: float


WHOLE = Sizes(
    exposures=20_000,
    rows=10_000,
    exact_batches=(1, 512, 10_000),
    rows_by_batch={1: 500, 13: 5000, 512: 10_000},
    publishes=200,
    flips=20,
    swaps=50,
    clients=8,
    hostile=10_000,
    requests_per_thread=1000,
    soak_seconds=600,
)
QUICK = Sizes(
    exposures=2000,
    rows=500,
    exact_batches=(500,),
    rows_by_batch={1: 20, 512: 500},
    publishes=4,
    flips=2,
    swaps=1,
    clients=2,
    hostile=100,
    requests_per_thread=5,
    soak_seconds=2,
)


def main() -> int:
    parser = argument_parser((__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--soak-seconds",
        type=float,
        help=f"how long one client asks on (default: {WHOLE.soak_seconds:g})",
    )
    options = parser.parse_args()
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    sizes = sizes_of(options)
    with tempfile.TemporaryDirectory() as name:
        figures = list(measured(Path(name), sizes, is_quick=options.quick))
    figures.sort(key=lambda figure: int(figure.row.removeprefix("R")))
    details = {"sizes": sizes._asdict(), "figures": [f._asdict() for f in figures]}
    return report(
        "serving_reliability", table_of(figures), bars_of(figures), details, options
    )


def sizes_of(options: argparse.Namespace) -> Sizes:
    sizes = QUICK if options.quick else WHOLE
    if options.soak_seconds is not None:
        sizes = sizes._replace(soak_seconds=options.soak_seconds)
    return sizes


def measured(folder: Path, sizes: Sizes, *, is_quick: bool) -> Iterable[Figure]:
    """All figures, in the order of the rows."""
    exported, variants = shop_of(folder, "tensorflow", sizes)
    columns, asked = columns_of(exported, 0), exported.rows(1)
    steps: list[tuple[str, Callable[[], Iterable[Figure]]]] = [
        (
            "publishers are killed",
            lambda: measure_versions.kills(
                exported.version, asked, folder, sizes.publishes
            ),
        ),
        (
            "files are damaged",
            lambda: measure_versions.damages(exported.version, folder, sizes.flips),
        ),
        (
            "exact mode",
            lambda: measure_answers.exactness(exported, sizes.exact_batches),
        ),
        (
            "all ways to ask the C library",
            lambda: measure_answers.differences(exported, sizes.rows_by_batch),
        ),
    ]
    if not is_quick:
        steps.append(
            ("earlier releases", lambda: measure_answers.earlier_servers(exported))
        )
        steps.append(("trained on JAX", lambda: trained_on_jax(folder, sizes)))
    steps += [
        (
            "hot swaps",
            lambda: measure_server.swaps(
                variants, columns, folder, sizes.swaps, sizes.clients
            ),
        ),
        (
            "a rollback",
            lambda: measure_versions.rollback(
                (variants[0][0], variants[1][0]), columns, folder
            ),
        ),
        ("huge values", lambda: measure_answers.huge_values(exported)),
        ("a server under load", lambda: of_a_server(exported, sizes)),
    ]
    for title, measure in steps:
        started = time.perf_counter()
        yield from measure()
        seconds = time.perf_counter() - started
        print(f"{seconds:6.1f} s  {title}", file=sys.stderr, flush=True)


def trained_on_jax(folder: Path, sizes: Sizes) -> Iterable[Figure]:
    exported, _ = shop_of(folder, "jax", sizes)
    return measure_answers.across_backends(exported, "JAX")


def of_a_server(exported: Exported, sizes: Sizes) -> Iterable[Figure]:
    """Hostile requests last: memory that they took may be given back meanwhile."""
    requests = [columns_of(exported, start) for start in range(0, 40, ASKED_ROWS)]
    signatures = list(exported.proofs)
    with serving({MODEL: exported.version.parent}) as server:
        yield from measure_answers.differences_over(exported, server.address, MODEL)
        yield from measure_server.parallel(server, requests, sizes.requests_per_thread)
        yield from measure_server.soaked(server, requests[0], sizes.soak_seconds)
        yield from measure_server.hostile(
            server, requests[0], signatures, sizes.hostile
        )


def shop_of(
    folder: Path, backend: str, sizes: Sizes
) -> tuple[Exported, list[tuple[Path, dict[str, np.ndarray]]]]:
    """The model trained on a backend and exported; and versions that differ from it."""
    place = folder / backend
    (place / "subject").mkdir(parents=True)
    subject = train_subject(
        place / "subject", backend=backend, exposures=sizes.exposures, rows=sizes.rows
    )
    preprocessor = Preprocessor.load(subject.preprocessor_path)
    model = load_model(subject.model_path)
    rows = subject.rows.slice(0, PROVED_ROWS)
    version = export_model(model, preprocessor, rows, place / MODEL).path
    raw = raw_tensors(preprocessor.schema, subject.rows)
    variants, proofs = [], {}
    for number in range(VARIANTS):
        variant = place / "variants" / str(number)
        own = write_version(variant, model, preprocessor, rows)
        proofs = proofs or own
        expected = {n: v[:ASKED_ROWS] for n, v in own[ROWS].expected.items()}
        variants.append((variant, expected))
        bias = model.get_layer("logits").bias
        bias.assign(bias + 0.5)
    return Exported(subject, version, preprocessor.schema, raw, proofs), variants


def columns_of(exported: Exported, start: int) -> dict[str, list]:
    """Some rows as clients send them: text and numbers."""
    rows = {n: v[start : start + ASKED_ROWS] for n, v in exported.raw.items()}
    return {
        name: json.loads(json.dumps(values.tolist(), default=bytes.decode))
        for name, values in rows.items()
    }


if __name__ == "__main__":
    sys.exit(main())
