"""Rows per second from files to training batches.

    python benchmarks/input_pipeline.py

A million rows of 20 categories and 6 numbers. Each way is measured in turn, several
times over, so that what else the machine does falls on all alike.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import tensorflow as tf
from reporting import Bar, argument_parser, report

from mtl_rec.config.data import Data
from mtl_rec.config.features import Categorical, Numeric
from mtl_rec.config.tasks import Task
from mtl_rec.data import open_exposures
from mtl_rec.preprocess import Preprocessor
from mtl_rec.schema.encoded import joined
from mtl_rec.schema.encoded_files import open_encoded, write_encoded
from mtl_rec.training import Batches

NUM_CATEGORIES, NUM_NUMBERS = 20, 6
CATEGORIES = [f"category_{number}" for number in range(NUM_CATEGORIES)]
NUMBERS = [f"number_{number}" for number in range(NUM_NUMBERS)]
# The simplest ways of tf.data are so slow that they are judged by their first rows.
SLOW_ROWS = 50_000
BATCH_SIZE = 4096


def make_rows(num_rows: int) -> pa.Table:
    random = np.random.default_rng(1)
    columns = {}
    for number, name in enumerate(CATEGORIES):
        known = pa.array([f"value_{n}" for n in range(10 * 2 ** (number % 12))])
        skewed = (len(known) * random.random(num_rows) ** 2).astype(np.int64)
        columns[name] = known.take(pa.array(skewed))
    for name in NUMBERS:
        columns[name] = random.normal(size=num_rows).astype(np.float32)
    columns["click"] = random.integers(0, 2, num_rows)
    # Nearly all rows are for training: the other parts are not what is measured.
    part = np.full(num_rows, "train", "U10")
    part[:2] = ["validation", "test"]
    return pa.table(columns | {"part": part})


def write_tfrecord(rows: pa.Table, path: Path) -> None:
    with tf.io.TFRecordWriter(str(path)) as writer:
        for batch in rows.to_batches(10_000):
            for row in batch.to_pylist():
                writer.write(_example(row).SerializeToString())


def _example(row: dict) -> tf.train.Example:
    features = {}
    for name, value in row.items():
        if isinstance(value, str):
            own = {"bytes_list": tf.train.BytesList(value=[value.encode()])}
        elif isinstance(value, float):
            own = {"float_list": tf.train.FloatList(value=[value])}
        else:
            own = {"int64_list": tf.train.Int64List(value=[value])}
        features[name] = tf.train.Feature(**own)
    return tf.train.Example(features=tf.train.Features(feature=features))


def declared() -> tuple[tuple, tuple]:
    features = [
        Categorical(kind="categorical", name=name, side="item") for name in CATEGORIES
    ]
    numbers = [Numeric(kind="numeric", name=name, side="item") for name in NUMBERS]
    return (*features, *numbers), (Task(name="click"),)


def open_rows(path: Path):
    source = {"kind": "table", "path": str(path)}
    data = Data(source=source, split={"kind": "column", "column": "part"})
    return open_exposures(data, *declared()).train


def count(batches: Batches) -> int:
    return sum(len(batches[i][1]["click"]) for i in range(len(batches)))


def ways(place: Path, rows: pa.Table) -> dict[str, Callable[[], int]]:
    """What is measured, by its name; each returns how many rows it gave."""
    paths = {name: place / f"rows.{name}" for name in ("parquet", "csv", "tfrecord")}
    pq.write_table(rows, paths["parquet"], row_group_size=250_000)
    pacsv.write_csv(rows, paths["csv"])
    few = rows.slice(0, 4 * SLOW_ROWS)
    write_tfrecord(few, paths["tfrecord"])
    preprocessor = Preprocessor.fit(*declared(), open_rows(paths["parquet"]))
    in_memory = preprocessor.encode(open_rows(paths["parquet"]))
    write_encoded(place / "encoded", in_memory.chunks())
    stored = open_encoded(place / "encoded", preprocessor.schema)

    def streamed(name: str) -> int:
        chunks = preprocessor.encode_chunks(open_rows(paths[name]))
        return count(Batches(joined(chunks), BATCH_SIZE))

    def through_files() -> int:
        folder = Path(tempfile.mkdtemp(dir=place)) / "train"
        write_encoded(folder, preprocessor.encode_chunks(open_rows(paths["parquet"])))
        return count(Batches(open_encoded(folder, preprocessor.schema), BATCH_SIZE))

    columns = {name: rows[name].slice(0, SLOW_ROWS).to_numpy() for name in NUMBERS}
    columns |= {
        name: rows[name].slice(0, SLOW_ROWS).to_numpy().astype(bytes)
        for name in CATEGORIES
    }

    def row_wise() -> int:
        dataset = tf.data.Dataset.from_tensor_slices(columns).batch(BATCH_SIZE)
        return sum(len(batch[NUMBERS[0]]) for batch in dataset)

    def csv_dataset() -> int:
        dataset = tf.data.experimental.make_csv_dataset(
            str(paths["csv"]), BATCH_SIZE, num_epochs=1, shuffle=False
        )
        taken = dataset.take(SLOW_ROWS // BATCH_SIZE)
        return sum(len(batch[NUMBERS[0]]) for batch in taken)

    return {
        "Parquet, encoded, to batches": lambda: streamed("parquet"),
        "Parquet, encoded into files, to batches": through_files,
        "CSV, encoded, to batches": lambda: streamed("csv"),
        "TFRecord, encoded, to batches": lambda: streamed("tfrecord"),
        "encoded in memory, to batches": lambda: count(Batches(in_memory, BATCH_SIZE)),
        "encoded in files, to batches": lambda: count(Batches(stored, BATCH_SIZE)),
        "tf.data, rows of raw columns in memory, then batched": row_wise,
        "tf.data, make_csv_dataset, raw": csv_dataset,
    }


def measure(
    timed: dict[str, Callable[[], int]], repetitions: int
) -> Iterator[tuple[str, float, float]]:
    """Yields name, rows/s, and rows per CPU-second; the first turn warms up."""
    for repetition in range(repetitions + 1):
        for name, way in timed.items():
            begun, cpu = time.perf_counter(), time.process_time()
            num_rows = way()
            seconds = time.perf_counter() - begun
            cpu_seconds = time.process_time() - cpu
            if repetition:
                yield name, num_rows / seconds, num_rows / cpu_seconds


def main() -> int:
    parser = argument_parser(__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int)
    parser.add_argument("--repetitions", type=int, default=5)
    options = parser.parse_args()
    num_rows = options.rows or (50_000 if options.quick else 1_000_000)
    with tempfile.TemporaryDirectory() as place:
        timed = ways(Path(place), make_rows(num_rows))
        figures = list(measure(timed, 1 if options.quick else options.repetitions))
    return show(figures, list(timed), options)


def show(
    figures: list[tuple[str, float, float]],
    names: list[str],
    options: argparse.Namespace,
) -> int:
    table, rates = [], {}
    for name in names:
        own = [figure for figure in figures if figure[0] == name]
        rates[name] = [rate for _, rate, _ in own]
        table.append(
            {
                "way": name,
                "rows/s": median(rates[name]),
                "lowest": min(rates[name]),
                "highest": max(rates[name]),
                "rows per CPU-second": median(rate for *_, rate in own),
            }
        )
    ours, theirs = names[0], names[-1]
    ratios = [a / b for a, b in zip(rates[ours], rates[theirs], strict=True)]
    spread = (min(ratios), max(ratios))
    bars = [Bar(f"{ours} / {theirs}", median(ratios), 3.0, interval=spread)]
    return report("input_pipeline", table, bars, figures, options)


if __name__ == "__main__":
    sys.exit(main())
