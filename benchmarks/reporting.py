"""What every benchmark leaves: JSON, a markdown table, and bars that hold or do not."""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import mtl_rec

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("keras", "tensorflow", "jax", "numpy", "pyarrow")


@dataclass(frozen=True)
class Bar:
    """A figure and what it must reach.

    Attributes:
        name: What is measured, with its unit.
        measured: The median of this run; NaN where it could not be measured.
        limit: The bar.
        at_least: Whether more is better; else the bar is a ceiling.
        interval: Lowest and highest of the repetitions.
    """

    name: str
    measured: float
    limit: float
    at_least: bool = True
    interval: tuple[float, float] | None = None

    @property
    def holds(self) -> bool:
        """Whether the bar is reached; what was not measured does not hold."""
        if self.at_least:
            return self.measured >= self.limit
        return self.measured <= self.limit

    def __str__(self) -> str:
        spread = (
            ""
            if self.interval is None
            else " ({:.3g} to {:.3g})".format(*self.interval)
        )
        bound = "at least" if self.at_least else "at most"
        verdict = "holds" if self.holds else "MISSED"
        figure = f"{self.name} {self.measured:.3g}{spread}"
        return f"{verdict}: {figure}, {bound} {self.limit:g}"


def argument_parser(description: str) -> argparse.ArgumentParser:
    """The options that all benchmarks share."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--quick",
        action="store_true",
        help="within a minute; a smoke test, not a figure",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="exit with 1 when a bar is missed, the figures last",
    )
    parser.add_argument(
        "--output",
        type=Path,
        help="folder of the files (default: benchmarks/results; none with --quick)",
    )
    return parser


def kept_runs_parser(
    description: str, data_sets: Iterable[str], work: Path
) -> argparse.ArgumentParser:
    """The options that benchmarks share whose trained models are kept.

    Args:
        description: Of the benchmark.
        data_sets: What it may be asked for.
        work: Where runs are kept if nothing else is said.
    """
    parser = argument_parser(description)
    parser.add_argument("--only", nargs="+", choices=data_sets, metavar="DATA")
    parser.add_argument("--seeds", nargs="+", type=int, metavar="SEED")
    parser.add_argument(
        "--work", type=Path, default=work, help=f"where runs are kept ({work})"
    )
    return parser


def report(
    name: str,
    table: Sequence[Mapping[str, Any]],
    bars: Sequence[Bar],
    details: Any,
    options: argparse.Namespace,
    versions: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
) -> int:
    """Writes and prints the results of one benchmark.

    Args:
        name: Of the files, without extension.
        table: Rows that a reader compares, all with the same keys.
        bars: What must hold; with `--quick` they are shown and never fail.
        details: Every repetition, for the JSON file.
        options: From `argument_parser`.
        versions: Of packages that live in other environments.
        notes: Sentences that say what the figures show.

    Returns:
        The exit status.
    """
    text = markdown(table)
    folder = options.output or (None if options.quick else RESULTS)
    about = {
        "command": " ".join(["python", *sys.argv]),
        "machine": _machine(),
        "versions": {**_versions(), **(versions or {})},
    }
    print(text)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        content = {
            **about,
            "table": list(table),
            "bars": [asdict(bar) for bar in bars],
            "notes": list(notes),
            "details": details,
        }
        (folder / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n")
        lines = [
            f"# {name}",
            "",
            f"`{about['command']}`",
            "",
            f"{about['machine']}; "
            + ", ".join(f"{k} {v}" for k, v in about["versions"].items())
            + ".",
            "",
            text,
        ]
        lines += [line for note in notes for line in ("", note)]
        lines += ["", *(f"- {bar}" for bar in bars)]
        (folder / f"{name}.md").write_text("\n".join(lines) + "\n")
    for line in (*notes, *bars):
        print(line)
    missed = [bar for bar in bars if not bar.holds]
    return int(options.check and not options.quick and bool(missed))


def markdown(table: Sequence[Mapping[str, Any]]) -> str:
    """A table with the keys of its rows as header."""
    if not table:
        return ""
    header = list(table[0])
    rows = [[_shown(row[key]) for key in header] for row in table]
    return "\n".join(
        "| " + " | ".join(cells) + " |"
        for cells in [header, ["---"] * len(header), *rows]
    )


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return str(value)


def _machine() -> str:
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            line.split(":", 1)[1].strip()
            for line in cpuinfo.read_text().splitlines()
            if line.startswith("model name")
        ]
        model = names[0] if names else model
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent,
        check=False,
    ).stdout.strip()
    cores = len(os.sched_getaffinity(0))
    python = platform.python_version()
    return f"{model}, {cores} cores, Python {python}, commit {commit or 'unknown'}"


def _versions() -> dict[str, str]:
    # What an editable install says of itself is as old as the install.
    found = {"mtl-rec": mtl_rec.__version__}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
