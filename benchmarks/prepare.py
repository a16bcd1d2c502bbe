"""Time and memory of `mtl-rec prepare` on a synthetic log.

    python benchmarks/prepare.py --events 20_000_000

Writes a log of views, carts and purchases to Parquet, then makes exposures of it with
histories of 50 events, counts and rates in a process of its own, and prints seconds,
CPU-seconds and peak memory by stage. The log is made anew only if it is not there.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

FILE_EVENTS = 1_000_000
DAY = 86_400


def write_log(folder: Path, num_events: int, seed: int = 1) -> None:
    """A log in files of a million events, in the order of time as servers write it."""
    random = np.random.default_rng(seed)
    num_users, num_items = num_events // 30, num_events // 100
    folder.mkdir(parents=True)
    num_files = -(-num_events // FILE_EVENTS)
    for number in range(num_files):
        size = min(FILE_EVENTS, num_events - number * FILE_EVENTS)
        # Few users and few items are in most events.
        users = (num_users * random.random(size) ** 1.5).astype(np.int64)
        items = (num_items * random.random(size) ** 3).astype(np.int64)
        start = 30 * DAY * number / num_files
        times = np.sort(start + 30 * DAY / num_files * random.random(size))
        events = random.choice(["view", "cart", "purchase"], size, p=[0.92, 0.06, 0.02])
        table = pa.table(
            {
                "user_id": users,
                "item_id": items,
                "event_type": pa.array(events).dictionary_encode(),
                "event_time": (1_700_000_000 + times).astype(np.int64),
                "category": items % 1000,
                "price": np.round(items % 997 * 1.1, 2),
            }
        )
        pq.write_table(table, folder / f"events-{number:04d}.parquet")


def log_section(path: Path, prepared: Path, negatives: int) -> dict:
    sampling = {"kind": "uniform", "per_exposure": negatives}
    return {
        "kind": "events",
        "path": str(path),
        "item_columns": ("category", "price"),
        "event_types": {"view": "view", "cart": "cart", "purchase": "purchase"},
        "window_hours": 24,
        "labels": {
            "click": {"events": ("view",), "implied": True},
            "add_to_cart": {"events": ("cart",)},
            "purchase": {"events": ("purchase",)},
        },
        "history_length": 50,
        "prepared": str(prepared),
        "negatives": sampling if negatives else None,
    }


COLUMNS = (
    "user_id", "item_id", "category", "price", "hour", "history_item_id",
    "history_category", "history_event_type", "history_time_gap", "user_num_events",
    "user_num_purchase", "user_hours_since_event", "user_category_num_events",
    "item_num_events", "item_days_since_first_event", "item_purchase_rate",
    "category_num_events", "category_purchase_rate",
)  # fmt: skip


def prepare_once(section: dict) -> None:
    """Runs in a process of its own and prints one JSON object."""
    from mtl_rec.config.events import Events
    from mtl_rec.config.tasks import Task
    from mtl_rec.data.events.prepared import prepare

    started, stages = time.perf_counter(), {}

    def progress(what: str, done: int, total: int | None) -> None:
        stages[what] = time.perf_counter() - started

    tasks = [
        Task(name="click"),
        Task(name="add_to_cart", after="click"),
        Task(name="purchase", after="click"),
    ]
    made = prepare(Events(**section), COLUMNS, tasks, progress)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    about = {
        "seconds": time.perf_counter() - started,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_gib": usage.ru_maxrss / 2**20,
        "seconds_at_end_of": stages,
        "exposures": made.summary["exposures"],
        "sampled_negatives": made.summary["sampled_negatives"],
        "gib_written": sum(f.stat().st_size for f in made.folder.iterdir()) / 2**30,
    }
    print(json.dumps(about))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--negatives", type=int, default=0)
    parser.add_argument("--log", type=Path, help="Keeps the log here.")
    parser.add_argument("--section", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.section:
        prepare_once(json.loads(options.section))
        return
    with tempfile.TemporaryDirectory() as place:
        log = options.log or Path(place) / "log"
        if not log.exists():
            write_log(log, options.events)
        section = log_section(log, Path(place) / "prepared", options.negatives)
        command = [sys.executable, __file__, "--section", json.dumps(section)]
        output = subprocess.run(command, check=True, capture_output=True, text=True)
    about = json.loads(output.stdout)
    print(f"{options.events:,} events, {os.cpu_count()} cores")
    print(json.dumps(about, indent=2))


if __name__ == "__main__":
    main()
