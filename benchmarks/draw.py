"""Draws the README's chart from the committed results.

    python benchmarks/draw.py

Left: throughput per CPU-second against the peers; right: step time against the size of
the vocabulary. Needs `pip install 'mtl-rec[report]'`.
"""

import json

import matplotlib
from reporting import RESULTS

matplotlib.use("svg")
import matplotlib.pyplot as plt

OURS, PEER = "#1f6f8b", "#b8b8b8"
CHART = RESULTS / "speed.svg"


def main() -> None:
    plt.rcParams.update({"font.size": 9, "svg.hashsalt": "mtl_rec"})
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    _throughput(left, json.loads((RESULTS / "training_throughput.json").read_text()))
    _vocabulary(right, json.loads((RESULTS / "vocabulary_growth.json").read_text()))
    figure.savefig(CHART, metadata={"Date": None})
    print(CHART)


def _throughput(axes, results: dict) -> None:
    """Rows a CPU-second of one case, the fastest at the top."""
    rows = [row for row in results["table"] if row["case"] == "mmoe-2048"]
    rows.sort(key=lambda row: -row["CPU us/row"])
    speeds = [1e6 / row["CPU us/row"] for row in rows]
    names = [row["contender"] for row in rows]
    colors = [OURS if name.startswith("ours") else PEER for name in names]
    bars = axes.barh(names, speeds, color=colors)
    axes.bar_label(bars, [f"{speed / 1000:.0f}k" for speed in speeds], padding=3)
    axes.set_title("MMoE, batch 2048: rows trained per CPU-second", loc="left")
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.set_xticks([])
    axes.margins(x=0.15)


def _vocabulary(axes, results: dict) -> None:
    """Step time of every optimizer by rows of the table."""
    sizes = (100_000, 1_000_000, 10_000_000)
    for row in results["table"]:
        ours = row["optimizer"].startswith(("LazyAdam", "RowAdagrad"))
        times = [row[f"{size:,} rows, ms"] for size in sizes]
        (line,) = axes.plot(sizes, times, marker="o", ms=3, lw=2 if ours else 1)
        if not ours:
            line.set_linestyle("--")
        line.set_label(row["optimizer"])
    axes.set(xscale="log", yscale="log", xlabel="rows of the table")
    axes.set_title("milliseconds a step, equal distinct rows", loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)


if __name__ == "__main__":
    main()
