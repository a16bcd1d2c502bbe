"""What approximate indexes find of the best 100 of a million items, and how fast.

    python benchmarks/retrieval_index.py --check

Two kinds of vectors: clustered ones, 32 and 64 wide, drawn category by category, and
those of a two-tower model that is trained here on a simulated shop, where an item is
known by category, brand, price and a hash of its id; what its layers make, 32 or 64
numbers, stands beside 96 of embeddings. Each index is built once and searched with
other settings after that. Exact search is what is fastest of two: ours (a product of
matrices, and what exceeds the best so far) and faiss' flat index.

All run on one core, which the process is bound to. A search's cost is its CPU time, of
one query asked alone, as a server asks, and of a batch of 256, median of the rounds.
Last, items are removed from an index and added to it again.
"""

import argparse
import os
import sys
import time
from importlib.metadata import version
from typing import Any

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
from nearest.cases import DIMS, ORIGINS, Sweep, sweeps_of, vectors_of
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
    parser.add_argument("--rounds", type=int, default=3, help="of each search")
    parser.add_argument("--dims", type=int, nargs="+", default=DIMS)
    parser.add_argument("--only", nargs="+", choices=ORIGINS, default=ORIGINS)
    options = parser.parse_args()
    if options.quick:
        options.items, options.rounds, options.dims = 20_000, 1, (32,)
    # The threads that are started from here on have the same one.
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    table: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    details: dict[str, Any] = {"changes": changes}
    status = 0
    for origin in options.only:
        for dim in options.dims:
            vectors = vectors_of(origin, options.items, BATCH, dim)
            case = {"vectors": f"{origin} {vectors.items.shape[1]}"}
            race = Race(vectors, options.rounds)
            table += [{**case, **row} for row in race.references()]
            for sweep in sweeps_of(origin, dim, options.quick):
                rows, moved = race.run(sweep)
                table += [{**case, **row} for row in rows]
                changes.append({**case, **moved})
                details[case["vectors"]] = race.repetitions
                # After each, as the whole takes an hour where cores are shared.
                status = written(table, changes, details, options)
    return status


def written(
    table: list[dict[str, Any]],
    changes: list[dict[str, Any]],
    details: dict[str, Any],
    options: argparse.Namespace,
) -> int:
    libraries = {name: version(name) for name in ("faiss-cpu", "usearch")}
    notes = ["Items that are removed, and then added again:", markdown(changes)]
    bars = bars_of(table)
    return report("retrieval_index", table, bars, details, options, libraries, notes)


class Race:
    """Indexes of the same vectors against exact search of them."""

    def __init__(self, vectors: Vectors, rounds: int) -> None:
        self._items, self._queries = vectors.items, vectors.queries
        self._rounds, num_items = rounds, len(vectors.items)
        self._ids = np.array([f"item-{place}" for place in range(num_items)], object)
        exact = Exact(kind="exact")
        self._exact = VectorIndex.build(exact, self._ids, self._items)
        self._true = self._exact.search(self._queries, K).item_ids
        self._costs = {
            "exact": self._cost(search_of(self._exact)),
            "faiss flat": self._cost(flat_search(vectors)),
        }
        self._fastest = {
            mode: min(cost.rows()[f"ms {mode}"] for cost in self._costs.values())
            for mode in MODES
        }
        self.repetitions = {name: vars(own) for name, own in self._costs.items()}

    def references(self) -> list[dict[str, Any]]:
        return [
            row_of(name, "", 0.0, 1.0, cost, self._fastest)
            for name, cost in self._costs.items()
        ]

    def run(self, sweep: Sweep) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Rows of the table, and what comes of items that go and come back."""
        start = time.process_time()
        index = VectorIndex.build(sweep.built, self._ids, self._items)
        built = time.process_time() - start
        rows = []
        for change in sweep.changes:
            settings = sweep.built.model_copy(update=change)
            index.engine.settings = settings
            cost = self._cost(search_of(index))
            found = index.search(self._queries, K).item_ids
            kind, recall = settings.kind, shared(found, self._true)
            described = described_settings(settings)
            rows.append(row_of(kind, described, built, recall, cost, self._fastest))
            self.repetitions[f"{kind} {described}"] = vars(cost)
        moved = changed(index, self._exact, self._ids, self._items, self._queries)
        return rows, moved

    def _cost(self, search: Search) -> Cost:
        return cost_of(search, self._queries, self._rounds)


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


def bars_of(table: list[dict[str, Any]]) -> list[Bar]:
    """The fastest of faiss that finds enough, against the fastest exact search."""
    bars = []
    for case in dict.fromkeys(row["vectors"] for row in table):
        enough = [
            row
            for row in table
            if row["vectors"] == case
            and row["kind"].startswith("faiss_")
            and row[f"recall@{K}"] >= LEAST_RECALL
        ]
        for mode in MODES:
            fastest = max((row[f"x {mode}"] for row in enough), default=float("nan"))
            name = f"{case}: speed {mode} at recall@{K} of {LEAST_RECALL}, x exact"
            bars.append(Bar(name, fastest, LEAST_SPEED))
    return bars


if __name__ == "__main__":
    sys.exit(main())
