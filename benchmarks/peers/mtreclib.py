"""MTReclib: its data set, loader and training loop (`loader`), or `slices` instead.

Its weight decay and batch normalisation are kept. Its dropout is not, as no other
contender drops units, nor are the four processes of its loader: one process costs it
less CPU at these sizes. Its data set reads a file through names that NumPy no longer
has, so it is given its arrays.
"""

import sys
from types import SimpleNamespace

import numpy as np
import torch

from peers.torch_slices import Slices, num_parameters
from peers.worker import Rows, Trainer, serve


def make(rows: Rows, case: SimpleNamespace, variant: str, source: str) -> Trainer:
    # Some of its models import each other as if from their own folder.
    sys.path[:0] = [source, f"{source}/models"]
    import main as mtreclib
    from datasets.aliexpress import AliExpressDataset

    torch.manual_seed(1)
    settings = {
        "embed_dim": case.embedding_dim,
        "bottom_mlp_dims": case.units,
        "tower_mlp_dims": case.tower_units,
        "task_num": len(rows.task_names),
        "dropout": 0.0,
    }
    sizes = list(rows.num_ids.values()), len(rows.number_names)
    model = (
        mtreclib.MMoEModel(*sizes, expert_num=case.num_experts, **settings)
        if case.architecture == "mmoe"
        else mtreclib.SharedBottomModel(*sizes, **settings)
    )
    ids, numbers = rows.ids.astype(np.int64), rows.numbers
    tensors = [torch.from_numpy(array) for array in (ids, numbers, rows.labels)]
    if variant == "loader":
        dataset = AliExpressDataset.__new__(AliExpressDataset)
        dataset.categorical_data, dataset.numerical_data = ids, numbers
        dataset.labels = rows.labels
        batches = torch.utils.data.DataLoader(dataset, case.batch_size, shuffle=True)
    else:
        batches = Slices(
            len(rows.labels), case.batch_size, lambda part: [t[part] for t in tensors]
        )
    optimizer = torch.optim.Adam(
        model.parameters(), lr=case.learning_rate, weight_decay=1e-6
    )
    criterion, device = torch.nn.BCELoss(), torch.device("cpu")

    def train(epochs: int) -> int:
        for _ in range(epochs):
            mtreclib.train(model, optimizer, batches, criterion, device)
        return epochs * len(rows.labels)

    def probabilities(count: int) -> np.ndarray:
        model.eval()
        with torch.no_grad():
            outputs = model(tensors[0][:count], tensors[1][:count])
        return torch.stack(outputs, dim=1).numpy()

    return Trainer(num_parameters(model), train, probabilities)


if __name__ == "__main__":
    serve(make, ["torch"])
