"""The ranker and the retrieval models of a config, by the commands of the README."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

KINDS = ("two_tower", "content", "item_knn", "popularity")


def make_versions(config: Path, work: Path, settings: Sequence[str]) -> None:
    """Trains and exports what is not there yet.

    Args:
        config: Of the run.
        work: Where commands run, and what they make is kept.
        settings: That replace the config's.
    """
    work.mkdir(parents=True, exist_ok=True)
    name = config.stem
    commands = {name: ["train", str(config.resolve())]}
    commands |= {
        f"{name}-{kind}": [
            *("retrieve", str(config.resolve())),
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
