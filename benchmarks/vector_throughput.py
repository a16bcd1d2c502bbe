"""What frozen vectors of item texts cost in training, against no text at all.

    python benchmarks/vector_throughput.py --check

The model of `configs/quickstart.yaml` without its titles, and with vectors of 384
numbers, as MiniLM's are: of the item, and of the items in the user's history too, which
share them. Beside them the titles as a bag of words, which is trained. The shop has the
config's 2,000 items, and 20,000. The vectors are random ones of length 1: training
costs as much with these as with others.

All models of a shop are in one process, warm; then, round after round, each trains for
some epochs while the others wait. A row's cost is CPU-seconds of the process. Ratios
are taken within a round; shown are medians over rounds with the lowest and highest.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import numpy as np
import pyarrow as pa
from reporting import Bar, argument_parser, report

QUICKSTART = Path(__file__).parents[1] / "configs" / "quickstart.yaml"
DIM = 384
NO_TEXT, ITEM, HISTORY = "no text", "vectors of the item", "and of its history"
BAG = "title, bag of words"
SHOPS = {"2,000 items": 2_000, "20,000 items": 20_000}
MOST = {(shop, ITEM): 1.15 for shop in SHOPS} | {("2,000 items", HISTORY): 1.5}
"""By shop and model, CPU a row over that of no text."""


def main() -> int:
    parser = argument_parser((__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--epochs", type=int, default=2, help="of one repetition")
    parser.add_argument("--only", nargs="+", choices=SHOPS, metavar="SHOP")
    options = parser.parse_args()
    rounds, epochs, num_exposures = options.rounds, options.epochs, 200_000
    if options.quick:
        rounds, epochs, num_exposures = 1, 1, 20_000

    table: list[dict[str, Any]] = []
    bars, details = [], {}
    for shop in options.only or list(SHOPS)[: 1 if options.quick else None]:
        with tempfile.TemporaryDirectory() as folder:
            models = trainers(SHOPS[shop], num_exposures, Path(folder))
        runs = race(models, rounds, epochs)
        details[shop] = runs
        for name, own in runs.items():
            ratios = cpu_ratios(own, runs[NO_TEXT])
            table.append(table_row(shop, name, own, ratios))
            limit = MOST.get((shop, name))
            if limit is not None:
                title = f"{shop}: CPU a row, {name} over {NO_TEXT}"
                interval = min(ratios), max(ratios)
                bars.append(Bar(title, median(ratios), limit, False, interval))
    return report("vector_throughput", table, bars, details, options)


def trainers(
    num_items: int, num_exposures: int, folder: Path
) -> dict[str, Callable[[int], int]]:
    """By model, what trains it for some epochs and gives the rows of these.

    Args:
        num_items: Of the simulated shop.
        num_exposures: Likewise.
        folder: Gets the file of vectors.
    """
    from mtl_rec.config import load_config
    from mtl_rec.data import open_exposures

    source = f"data.source.num_items={num_items}"
    rows = f"data.source.num_exposures={num_exposures}"
    config = load_config(QUICKSTART, [source, rows])
    features = {
        name: [own.model_dump(exclude_none=True) for own in config.features]
        for name in (NO_TEXT, ITEM, HISTORY, BAG)
    }
    for name, own in features.items():
        if name != BAG:
            own[:] = [f for f in own if f["kind"] != "text"]
        if name in (ITEM, HISTORY):
            own.append(vector_feature(folder / "vectors.parquet"))
        if name == HISTORY:
            (history,) = (f for f in own if f["name"] == "history_items")
            of_texts = {"name": "history_texts", "column": "history_items"}
            own.append({**history, **of_texts, "shares": "item_text"})
    splits = open_exposures(config.data, config.features, config.tasks)
    stream = list(splits.train)
    write_random_vectors(folder / "vectors.parquet", stream)
    made = {}
    for name, own in features.items():
        typed = type(config).model_validate(
            {**config.model_dump(exclude_none=True), "features": own}
        )
        made[name] = trainer(typed, stream)
    return made


def vector_feature(path: Path) -> dict[str, Any]:
    """Reads vectors by the item's id."""
    own = {"kind": "vector", "name": "item_text", "side": "item"}
    return {**own, "column": "item_id", "path": str(path)}


def write_random_vectors(path: Path, chunks: Sequence[pa.Table]) -> None:
    """A vector for every item that is shown."""
    from mtl_rec.schema.given_vectors import GivenVectors, write_vectors

    ids = pa.chunked_array([c for own in chunks for c in own["item_id"].chunks])
    ids = ids.cast(pa.string()).unique()
    values = np.random.default_rng(0).normal(size=(len(ids), DIM)).astype("float32")
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    write_vectors(path, GivenVectors(ids, values), "item_id", {})


def trainer(config: Any, chunks: Sequence[pa.Table]) -> Callable[[int], int]:
    """A model of a config that is trained as a run trains it."""
    import keras

    from mtl_rec.models import build_model
    from mtl_rec.preprocess import Preprocessor
    from mtl_rec.schema.rows import canonical
    from mtl_rec.training import Batches, make_trainable
    from mtl_rec.training.batches import usual_steps_per_call

    keras.utils.set_random_seed(1)
    typed = [canonical(c, config.features, config.tasks) for c in chunks]
    preprocessor = Preprocessor.fit(config.features, config.tasks, typed)
    model = build_model(config.model, preprocessor.schema)
    trainable = make_trainable(model, config.training, preprocessor.schema)
    exposures = preprocessor.encode(typed)
    size = config.training.batch_size
    steps = usual_steps_per_call(len(exposures), size)
    batches = Batches(
        exposures,
        size,
        steps_per_call=steps,
        groups_requests=config.training.group_requests,
    )

    def train(epochs: int) -> int:
        trainable.fit(batches, epochs=epochs, shuffle=False, verbose=0)
        return epochs * len(batches) * batches.batch_size * batches.steps_per_call

    return train


def race(
    models: Mapping[str, Callable[[int], int]], rounds: int, epochs: int
) -> dict[str, list[dict[str, float]]]:
    """Trains every model once a round, beginning with another one each time."""
    names = list(models)
    for name in names:
        models[name](1)
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in [*names[first:], *names[:first]]:
            wall, cpu = time.perf_counter(), time.process_time()
            rows = models[name](epochs)
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            runs[name].append({"rows": rows, "wall": wall, "cpu": cpu})
        print(f"  round {number + 1} of {rounds}", flush=True)
    return runs


def cpu_ratios(runs: Sequence[Mapping], others: Sequence[Mapping]) -> list[float]:
    """CPU-seconds a row over those of others, by round."""
    pairs = zip(runs, others, strict=True)
    return [
        own["cpu"] / own["rows"] / (other["cpu"] / other["rows"])
        for own, other in pairs
    ]


def table_row(
    shop: str, name: str, runs: Sequence[Mapping], ratios: Sequence[float]
) -> dict[str, Any]:
    return {
        "shop": shop,
        "model": name,
        "CPU us/row": 1e6 * median(own["cpu"] / own["rows"] for own in runs),
        "rows/s": median(own["rows"] / own["wall"] for own in runs),
        "CPU ratio": median(ratios),
        "lowest": min(ratios),
        "highest": max(ratios),
    }


if __name__ == "__main__":
    sys.exit(main())
