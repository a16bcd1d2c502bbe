"""DeepCTR's MMOE of the same fields and sizes, exported as its documentation does.

Runs in DeepCTR's own environment: python deepctr_export.py ABOUT.json FOLDER
"""

import json
import os
import sys
from pathlib import Path


def main(about_path: str, folder: str) -> None:
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    sys.path.append(str(Path(__file__).parents[1]))
    from peers.deepctr import keep_from_asking_for_updates

    keep_from_asking_for_updates()
    from deepctr.feature_column import DenseFeat, SparseFeat, VarLenSparseFeat
    from deepctr.models import MMOE
    from tensorflow import keras

    keras.utils.set_random_seed(1)
    about = json.loads(Path(about_path).read_text())
    dim = about["embedding_dim"]
    features = [
        SparseFeat(name, size, embedding_dim=dim) for name, size in about["ids"].items()
    ]
    for name, size in about["lists"].items():
        owner = about["shares"][name]
        sparse = SparseFeat(name, size, embedding_dim=dim, embedding_name=owner)
        length = about["list_lengths"][name]
        features.append(VarLenSparseFeat(sparse, maxlen=length, combiner="mean"))
    features += [DenseFeat(name) for name in about["numbers"]]
    model = MMOE(
        features,
        about["num_experts"],
        expert_dnn_hidden_units=tuple(about["expert_units"]),
        tower_dnn_hidden_units=tuple(about["tower_units"]),
        task_types=["binary"] * len(about["tasks"]),
        task_names=about["tasks"],
    )
    model.save(folder, save_format="tf")


if __name__ == "__main__":
    main(*sys.argv[1:])
