"""What approximate indexes find of the best 100 of a million items, and how fast.

    python benchmarks/retrieval_index.py --check

Two kinds of vectors, 32 and 64 wide: clustered ones, drawn category by category, and
those of a two-tower model that is trained here on a simulated shop, where an item is
known by category, brand, price and a hash of its id. Each index is built once and
searched with other settings after that. Exact search is what is fastest of two: ours
(a product of matrices, and what exceeds the best so far) and faiss' flat index.

All run on one core, which the process is bound to. A search's cost is its CPU time, of
one query asked alone, as a server asks, and of a batch of 256, median of the rounds.
Last, items are removed from an index and added to it again.
"""

import gc
import os
import sys
import time
from importlib.metadata import version
from typing import Any

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
from nearest.cases import CLUSTERED, DIMS, TWO_TOWER, Sweep, sweeps_of, vectors_of
from nearest.changes import changed
from nearest.measuring import BATCH, Cost, K, Search, cost_of, flat_search, shared
from nearest.vectors import Vectors
from reporting import Bar, argument_parser, markdown, report

from mtl_rec.config.retrieval_index import Exact
from mtl_rec.retrieval.indexes import VectorIndex

LEAST_RECALL, LEAST_SPEED = 0.95, 10
MODES = ("alone", "in batch")


def main() -> int:
    parser = argument_parser((__doc__ or "").partition("\n")[0])
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dims", type=int, nargs="+", default=DIMS)
    options = parser.parse_args()
    if options.quick:
        options.items, options.rounds, options.dims = 20_000, 1, (32,)
    # The threads that are started from here on have the same one.
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    table: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    bars, details = [], {}
    for origin in (CLUSTERED, TWO_TOWER):
        for dim in options.dims:
            case = f"{origin} {dim}"
            vectors = vectors_of(origin, options.items, BATCH, dim)
            sweeps = sweeps_of(origin, dim, options.quick)
            own, repetitions, moved = measured(vectors, sweeps, options.rounds)
            table += [{"vectors": case, **row} for row in own]
            changes += [{"vectors": case, **row} for row in moved]
            bars += bars_of(case, own)
            details[case] = repetitions
    details["changes"] = changes
    libraries = {name: version(name) for name in ("faiss-cpu", "usearch")}
    notes = ["Items that are removed, and then added again:", markdown(changes)]
    return report("retrieval_index", table, bars, details, options, libraries, notes)


def measured(
    vectors: Vectors, sweeps: list[Sweep], rounds: int
) -> tuple[list[dict], dict[str, Any], list[dict]]:
    """Rows of the table, all repetitions, and rows of items that went and came."""
    ids = np.array([f"item-{number}" for number in range(len(vectors.items))], object)
    exact = VectorIndex.build(Exact(kind="exact"), ids, vectors.items)
    references = {
        "exact": cost_of(search_of(exact), vectors.queries, rounds),
        "faiss flat": cost_of(flat_search(vectors), vectors.queries, rounds),
    }
    fastest = {
        mode: min(cost.rows()[f"ms {mode}"] for cost in references.values())
        for mode in MODES
    }
    rows = [
        row_of(name, "", 0.0, 1.0, own, fastest) for name, own in references.items()
    ]
    repetitions = {name: vars(own) for name, own in references.items()}
    true = exact.search(vectors.queries, K).item_ids
    moved = []
    for sweep in sweeps:
        start = time.process_time()
        index = VectorIndex.build(sweep.built, ids, vectors.items)
        built = time.process_time() - start
        for change in sweep.changes:
            index.engine.settings = sweep.built.model_copy(update=change)
            cost = cost_of(search_of(index), vectors.queries, rounds)
            found = index.search(vectors.queries, K).item_ids
            described = described_settings(index.engine.settings)
            kind = sweep.built.kind
            recall = shared(found, true)
            rows.append(row_of(kind, described, built, recall, cost, fastest))
            repetitions[f"{kind} {described}"] = vars(cost)
            print(rows[-1], flush=True)
        moved.append(changed(index, exact, ids, vectors.queries))
        print(moved[-1], flush=True)
        del index
        gc.collect()
    return rows, repetitions, moved


def search_of(index: VectorIndex) -> Search:
    return lambda queries: index.search(queries, K)


def described_settings(settings: Any) -> str:
    """Those that are not what they are if nothing is said, and those of the search."""
    searched = {"probes", "reranked", "search_breadth"}
    own = settings.model_dump(exclude={"kind"})
    default = {
        name: field.default for name, field in type(settings).model_fields.items()
    }
    return ", ".join(
        f"{name} {value}"
        for name, value in own.items()
        if name in searched or value != default[name]
    )


def row_of(
    kind: str,
    settings: str,
    built: float,
    recall: float,
    cost: Cost,
    fastest: dict[str, float],
) -> dict[str, Any]:
    own = cost.rows()
    times = {f"x {mode}": fastest[mode] / own[f"ms {mode}"] for mode in MODES}
    return {
        "kind": kind,
        "settings": settings,
        "CPU s to build": built,
        f"recall@{K}": recall,
        **own,
        **times,
    }


def bars_of(case: str, rows: list[dict[str, Any]]) -> list[Bar]:
    """The fastest of faiss that finds enough, against the fastest exact search."""
    enough = [
        row
        for row in rows
        if row["kind"].startswith("faiss_") and row[f"recall@{K}"] >= LEAST_RECALL
    ]
    return [
        Bar(
            f"{case}: speed of faiss {mode} at recall@{K} of {LEAST_RECALL}, x exact",
            max((row[f"x {mode}"] for row in enough), default=float("nan")),
            LEAST_SPEED,
        )
        for mode in MODES
    ]


if __name__ == "__main__":
    sys.exit(main())
