"""The ranker and the retrieval models of a shop, by the commands of the README."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

CONFIG = Path(__file__).parents[2] / "configs" / "quickstart.yaml"
KINDS = ("two_tower", "content", "item_knn", "popularity")
AGES = "ages.csv"


def make_versions(work: Path, settings: Sequence[str]) -> None:
    """Trains and exports what is not there yet.

    Args:
        work: Where commands run, and what they make is kept.
        settings: That replace those of `CONFIG`.
    """
    work.mkdir(parents=True, exist_ok=True)
    commands = {CONFIG.stem: ["train", str(CONFIG)]}
    commands |= {
        f"{CONFIG.stem}-{kind}": [
            *("retrieve", str(CONFIG)),
            *("--set", f"retrieval.architecture={{kind: {kind}}}"),
        ]
        for kind in KINDS
    }
    for model, command in commands.items():
        if not any((work / "saved_models" / model).glob("[0-9]*")):
            given = [part for own in settings for part in ("--set", own)]
            print(f"mtl-rec {' '.join([*command, *given])}", flush=True)
            arguments = [sys.executable, "-m", "mtl_rec", *command, *given, "--quiet"]
            subprocess.run(arguments, cwd=work, check=True, stdout=subprocess.DEVNULL)


def write_ages(work: Path, age_days: np.ndarray) -> None:
    """What a shop knows of its items today, and no model reads."""
    lines = [f"i{item},{age}\n" for item, age in enumerate(age_days.tolist())]
    (work / AGES).write_text("item_id,age_days\n" + "".join(lines))
