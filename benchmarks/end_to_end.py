"""From exposures in Parquet to a verified model: time, memory, waiting for input.

    python benchmarks/end_to_end.py --rows 10_000_000

Simulated exposures are written once to a cache folder. Then a process of its own does
what `mtl-rec train` does with `configs/quickstart.yaml`, while this one samples its
memory. Waiting is what the batch source takes to hand over a batch: an upper bound, as
Keras fetches ahead.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from reporting import Bar, argument_parser, report

ROOT = Path(__file__).resolve().parents[1]
CACHE = Path(tempfile.gettempdir()) / "mtl_rec_benchmarks"
PART_ROWS = 1_000_000
MIB = 2**20


def write_shop(folder: Path, num_rows: int) -> None:
    """Shops of a million exposures, one month after the other, a file each."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in range(-(-num_rows // PART_ROWS)):
        path = folder / f"part-{part:03d}.parquet"
        if not path.exists():
            command = [sys.executable, __file__, "--part", str(part), "--to", str(path)]
            size = min(PART_ROWS, num_rows - part * PART_ROWS)
            subprocess.run([*command, "--rows", str(size)], check=True)


def write_part(number: int, num_rows: int, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from mtl_rec.data.synthetic_shop import simulate_shop

    shop = simulate_shop(
        num_exposures=num_rows, num_users=50_000, num_items=20_000, num_days=30,
        seed=number + 1,
    )  # fmt: skip
    position = shop.column_names.index("timestamp")
    months = pa.scalar(number * 30 * 86_400, pa.int64())
    times = pc.add(shop["timestamp"], months)
    unfinished = path.with_suffix(".unfinished")
    pq.write_table(
        shop.set_column(position, "timestamp", times),
        unfinished,
        row_group_size=250_000,
    )
    os.replace(unfinished, path)


def train_once(options: argparse.Namespace) -> None:
    """Runs in a process of its own and prints one JSON object."""
    import keras

    from mtl_rec.config import load_config
    from mtl_rec.run import train_run
    from mtl_rec.training import Batches

    started = time.perf_counter()
    stages, waiting, epochs = {}, [0.0], []

    @contextmanager
    def stage(text: str):
        begun, cpu = time.perf_counter(), time.process_time()
        yield lambda *_: None
        stages[text] = (time.perf_counter() - begun, time.process_time() - cpu)

    fetch = Batches.__getitem__

    def timed_fetch(self, index):
        begun = time.perf_counter()
        batch = fetch(self, index)
        waiting[0] += time.perf_counter() - begun
        return batch

    Batches.__getitem__ = timed_fetch

    class Clock(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.begun, self.cpu = time.perf_counter(), time.process_time()
            waiting[0] = 0.0

        def on_train_batch_end(self, batch, logs=None):
            now = time.perf_counter(), time.process_time()
            self.took = now[0] - self.begun, now[1] - self.cpu, waiting[0]

        def on_epoch_end(self, epoch, logs=None):
            seconds, cpu, waited = self.took
            all_seconds = time.perf_counter() - self.begun
            epochs.append(
                {
                    "seconds": seconds,
                    "cpu": cpu,
                    "waited": waited,
                    "with_validation": all_seconds,
                }
            )

    source = json.dumps({"kind": "table", "path": str(options.train)})
    settings = [
        f"data.source={source}",
        f"training.batch_size={options.batch_size}",
        f"training.epochs={options.epochs}",
    ]
    if options.memory_gib is not None:
        settings.append(f"data.encoded.memory_gib={options.memory_gib}")
    config = load_config(ROOT / "configs" / "quickstart.yaml", settings)
    result = train_run(config, Path("runs"), stage, (Clock(),))
    rows = json.loads(result.folder.data_path.read_text())
    usage = resource.getrusage(resource.RUSAGE_SELF)
    files = list(Path("prepared").rglob("*.bin"))
    about = {
        "seconds": time.perf_counter() - started,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "stages": stages,
        "epochs": epochs,
        "rows": {name: split["rows"] for name, split in rows.items()},
        "click_auc": result.metrics["click"]["auc"],
        "files_mib": sum(file.stat().st_size for file in files) / MIB,
    }
    print(json.dumps(about))


def run_and_watch(command: list[str]) -> tuple[dict, dict[str, float]]:
    """The JSON that a command prints, and its peaks of memory in MiB."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, stdout=output, env=environment)
        peaks = {"RssAnon": 0.0, "RssFile": 0.0, "VmHWM": 0.0}
        while process.poll() is None:
            for name, size in _memory(process.pid).items():
                peaks[name] = max(peaks[name], size)
            time.sleep(0.05)
        output.seek(0)
        text = output.read()
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return json.loads(text.strip().splitlines()[-1]), peaks


def _memory(process: int) -> dict[str, float]:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return {}
    fields = dict(line.split(":", 1) for line in lines)
    names = ("RssAnon", "RssFile", "VmHWM")
    return {n: int(fields[n].split()[0]) / 1024 for n in names if n in fields}


def main() -> int:
    parser = argument_parser(__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=None)
    parser.add_argument("--batch-size", type=int, default=2048)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument(
        "--memory-gib", type=float, help="limit for what is encoded; 0 uses files only"
    )
    parser.add_argument("--cache", type=Path, default=CACHE, help="keeps the exposures")
    parser.add_argument("--part", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--to", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--train", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part is not None:
        write_part(options.part, options.rows, options.to)
        return 0
    if options.train:
        train_once(options)
        return 0
    num_rows = options.rows or (200_000 if options.quick else 10_000_000)
    folder = options.cache / f"shop-{num_rows}"
    write_shop(folder, num_rows)
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, __file__, "--train", str(folder)]
        command += ["--batch-size", str(options.batch_size)]
        command += ["--epochs", str(options.epochs)]
        if options.memory_gib is not None:
            command += ["--memory-gib", str(options.memory_gib)]
        os.chdir(place)
        about, peaks = run_and_watch(command)
        os.chdir(ROOT)
    return show(num_rows, about, peaks, options)


def show(num_rows: int, about: dict, peaks: dict, options: argparse.Namespace) -> int:
    train_rows = about["rows"]["train"]
    # The first epoch compiles the step.
    epoch = min(about["epochs"], key=lambda own: own["seconds"])
    training_rate = train_rows / epoch["seconds"]
    encode_seconds, encode_cpu = about["stages"]["encode the train split"]
    input_rate = train_rows / (encode_seconds + epoch["waited"])
    table = [
        {"stage": name, "seconds": seconds, "CPU-seconds": cpu, "rows/s": None}
        for name, (seconds, cpu) in about["stages"].items()
    ]
    table += [
        {
            "stage": f"epoch {number + 1}, training",
            "seconds": own["seconds"],
            "CPU-seconds": own["cpu"],
            "rows/s": train_rows / own["seconds"],
        }
        for number, own in enumerate(about["epochs"])
    ]
    table.append(
        {
            "stage": "Parquet to batches, training split",
            "seconds": encode_seconds + epoch["waited"],
            "CPU-seconds": encode_cpu,
            "rows/s": input_rate,
        }
    )
    table.append(
        {
            "stage": f"all, {num_rows:,} exposures",
            "seconds": about["seconds"],
            "CPU-seconds": about["cpu_seconds"],
            "rows/s": num_rows / about["seconds"],
        }
    )
    peak = max(peaks["VmHWM"], peaks["RssAnon"]) / 1024
    bars = [
        Bar("peak memory, GiB", peak, 4 * 10**9 / 2**30, at_least=False),
        Bar(
            "share of training that waits for input",
            epoch["waited"] / epoch["seconds"],
            0.1,
            at_least=False,
        ),
        Bar("Parquet to batches / training rate", input_rate / training_rate, 3.0),
    ]
    print({**peaks, **{k: about[k] for k in ("files_mib", "click_auc", "rows")}})
    return report("end_to_end", table, bars, {**about, "peaks_mib": peaks}, options)


if __name__ == "__main__":
    sys.exit(main())
