"""torch-rechub: `MTLTrainer` on its `DataGenerator` (`loader`), or without (`slices`).

Its defaults are kept: batch normalisation in every stack and gate, weight decay.
"""

from types import SimpleNamespace

import numpy as np
import torch
from torch_rechub.basic.features import DenseFeature, SparseFeature
from torch_rechub.models.multi_task import MMOE, SharedBottom
from torch_rechub.trainers import MTLTrainer
from torch_rechub.utils.data import DataGenerator

from peers.torch_slices import Slices, num_parameters
from peers.worker import Rows, Trainer, serve


def make(rows: Rows, case: SimpleNamespace, variant: str, source: None) -> Trainer:
    torch.manual_seed(1)
    features = [
        SparseFeature(name, num_ids, embed_dim=case.embedding_dim)
        for name, num_ids in rows.num_ids.items()
    ]
    features += [DenseFeature(name) for name in rows.number_names]
    tasks = ["classification"] * len(rows.task_names)
    stack, towers = {"dims": case.units}, [{"dims": case.tower_units}] * len(tasks)
    model = (
        MMOE(features, tasks, case.num_experts, stack, towers)
        if case.architecture == "mmoe"
        else SharedBottom(features, tasks, stack, towers)
    )
    columns = rows.columns()
    tensors = {name: torch.from_numpy(column) for name, column in columns.items()}
    labels = torch.from_numpy(rows.labels)
    if variant == "loader":
        head = {name: column[:1] for name, column in columns.items()}
        unused = {
            "x_val": head,
            "y_val": rows.labels[:1],
            "x_test": head,
            "y_test": rows.labels[:1],
        }
        generator = DataGenerator(columns, rows.labels)
        batches, _, _ = generator.generate_dataloader(
            batch_size=case.batch_size, **unused
        )
    else:
        batches = Slices(
            len(labels),
            case.batch_size,
            lambda part: ({n: t[part] for n, t in tensors.items()}, labels[part]),
        )
    decay = {"lr": case.learning_rate, "weight_decay": 1e-5}
    trainer = MTLTrainer(model, tasks, optimizer_params=decay)

    def train(epochs: int) -> int:
        for _ in range(epochs):
            trainer.train_one_epoch(batches)
        return epochs * len(labels)

    def probabilities(count: int) -> np.ndarray:
        model.eval()
        with torch.no_grad():
            return model({n: t[:count] for n, t in tensors.items()}).numpy()

    return Trainer(num_parameters(model), train, probabilities)


if __name__ == "__main__":
    serve(make, ["torch", "torch-rechub"])
