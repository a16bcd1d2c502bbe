"""DeepCTR's SharedBottom and MMOE on our encoded rows.

Both get the embedding and layer widths, batch size, epochs and rule for stopping of the
config that ours are trained with, and keep DeepCTR's defaults otherwise.
"""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import mtl_rec
from contenders.columns import write_columns
from contenders.datasets import DataSet
from contenders.runs import Place

BENCHMARKS = Path(__file__).parents[1]
ARCHITECTURES = {"DeepCTR SharedBottom": "shared_bottom", "DeepCTR MMOE": "mmoe"}
"""By contender, the architecture of ours that it is compared with."""

REQUIREMENTS = (BENCHMARKS / "peers" / "requirements-deepctr.txt").read_text()
VERSIONS = dict(line.split("==") for line in REQUIREMENTS.splitlines() if "==" in line)
"""Of what decides how it trains."""


def settings_of(data_set: DataSet, contender: str, rows: str) -> dict[str, Any]:
    """All that decides what DeepCTR predicts, but for the seed.

    Args:
        data_set: Whose config is followed.
        contender: One of `ARCHITECTURES`.
        rows: Fingerprint of the columns.
    """
    kind = ARCHITECTURES[contender]
    config = data_set.with_architecture(kind)
    architecture, training = config.model.architecture, config.training
    units = {"mmoe": "expert_units", "shared_bottom": "bottom_units"}[kind]
    own = {"num_experts": architecture.num_experts} if kind == "mmoe" else {}
    stopping = training.early_stopping
    return {
        "library": f"deepctr {VERSIONS['deepctr']}",
        "rows": rows,
        "architecture": kind,
        "units": list(getattr(architecture, units)),
        "tower_units": list(architecture.tower_units),
        **own,
        "widths": {
            name: vocabulary.embedding_dim or config.model.embedding_dim
            for name, vocabulary in data_set.schema.vocabularies.items()
        },
        "dropout": 0.0,
        "learning_rate": 0.001,
        "batch_size": training.batch_size,
        "epochs": training.epochs,
        "metric": stopping.metric,
        "patience": stopping.patience,
        "min_delta": stopping.min_delta,
    }


def train(place: Place, seed: int, data_set: DataSet, python: Path) -> None:
    """Trains in a process of its own, which leaves the run in its place.

    Raises:
        RuntimeError: The process failed.
    """
    rows = place.folder / "rows" / f"{place.data_set}-{place.settings['rows']}"
    write_columns(data_set, rows)
    output = place.file(seed)
    output.parent.mkdir(parents=True, exist_ok=True)
    command = [python, "-m", "peers.deepctr_quality", "--rows", rows]
    command += ["--settings", json.dumps(place.settings)]
    command += ["--seed", seed, "--output", output]
    paths = [BENCHMARKS, Path(mtl_rec.__file__).parents[1]]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "CUDA_VISIBLE_DEVICES": "",
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }
    log = output.with_suffix(".log")
    with log.open("w") as stream:
        status = subprocess.run(
            list(map(str, command)),
            stdout=stream,
            stderr=subprocess.STDOUT,
            env=environment,
            check=False,
        ).returncode
    if status:
        end = "\n".join(log.read_text().splitlines()[-30:])
        raise RuntimeError(f"{place.contender} has failed. Its last words:\n{end}")
