"""The same models in torch without a library, as one who knows torch would write them.

One table for all fields, experts and gates as one wide product, deeper layers and
towers as batched products, fused Adam, rows shuffled by one gather a batch.
"""

import itertools
from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import torch
from torch import nn

from peers.torch_slices import num_parameters
from peers.worker import Rows, Trainer, serve


class ParallelLayers(nn.Module):
    """`(networks, batch, inputs)` to `(networks, batch, outputs)`, ReLU in between."""

    def __init__(self, num_networks: int, widths: Sequence[int], ends_in_relu: bool):
        super().__init__()
        self.kernels, self.biases = nn.ParameterList(), nn.ParameterList()
        for inputs, outputs in itertools.pairwise(widths):
            kernel = nn.Parameter(torch.empty(num_networks, inputs, outputs))
            limit = (6 / (inputs + outputs)) ** 0.5
            self.kernels.append(nn.init.uniform_(kernel, -limit, limit))
            self.biases.append(nn.Parameter(torch.zeros(num_networks, 1, outputs)))
        self.num_relus = len(self.kernels) - (0 if ends_in_relu else 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        pairs = zip(self.kernels, self.biases, strict=True)
        for depth, (kernel, bias) in enumerate(pairs):
            x = torch.baddbmm(bias, x, kernel)
            x = torch.relu(x) if depth < self.num_relus else x
        return x


class MultiTask(nn.Module):
    """MMoE, or a shared bottom, which is one expert without gates."""

    def __init__(self, rows: Rows, case: SimpleNamespace):
        super().__init__()
        sizes = np.array(list(rows.num_ids.values()))
        self.register_buffer(
            "offsets", torch.from_numpy(np.concatenate([[0], np.cumsum(sizes)[:-1]]))
        )
        self.table = nn.Embedding(int(sizes.sum()), case.embedding_dim)
        nn.init.uniform_(self.table.weight, -0.05, 0.05)
        width = len(sizes) * case.embedding_dim + len(rows.number_names)
        self.num_tasks = len(rows.task_names)
        self.num_experts = case.num_experts if case.architecture == "mmoe" else 1
        self.first = nn.Linear(width, self.num_experts * case.units[0])
        self.deeper = ParallelLayers(self.num_experts, case.units, ends_in_relu=True)
        if self.num_experts > 1:
            gates = self.num_tasks * self.num_experts
            self.gates = nn.Linear(width, gates, bias=False)
        self.towers = ParallelLayers(
            self.num_tasks,
            [case.units[-1], *case.tower_units, 1],
            ends_in_relu=False,
        )

    def forward(self, ids: torch.Tensor, numbers: torch.Tensor) -> torch.Tensor:
        """Logits, `(batch, tasks)`."""
        embedded = self.table(ids + self.offsets).flatten(1)
        x = torch.cat([embedded, numbers], dim=1)
        experts = torch.relu(self.first(x)).unflatten(1, (self.num_experts, -1))
        if len(self.deeper.kernels):
            experts = self.deeper(experts.transpose(0, 1)).transpose(0, 1)
        if self.num_experts > 1:
            gates = self.gates(x).unflatten(1, (self.num_tasks, -1)).softmax(dim=-1)
            vectors = torch.bmm(gates, experts).transpose(0, 1)
        else:
            vectors = experts.transpose(0, 1).expand(self.num_tasks, -1, -1)
        return self.towers(vectors).squeeze(-1).T


def make(rows: Rows, case: SimpleNamespace, variant: str, source: None) -> Trainer:
    torch.manual_seed(1)
    model = MultiTask(rows, case)
    optimizer = torch.optim.Adam(model.parameters(), lr=case.learning_rate, fused=True)
    loss = nn.BCEWithLogitsLoss()
    arrays = (rows.ids.astype(np.int64), rows.numbers, rows.labels)
    ids, numbers, labels = (torch.from_numpy(array) for array in arrays)

    def train(epochs: int) -> int:
        model.train()
        for _ in range(epochs):
            for part in torch.randperm(len(labels)).split(case.batch_size):
                optimizer.zero_grad()
                loss(model(ids[part], numbers[part]), labels[part]).backward()
                optimizer.step()
        return epochs * len(labels)

    def probabilities(count: int) -> np.ndarray:
        with torch.no_grad():
            return model(ids[:count], numbers[:count]).sigmoid().numpy()

    return Trainer(num_parameters(model), train, probabilities)


if __name__ == "__main__":
    serve(make, ["torch"])
