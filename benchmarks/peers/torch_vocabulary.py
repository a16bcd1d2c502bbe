"""Trains one table with torch's SparseAdam and prints step times and memory."""

import json
import sys
import time

import torch
from vocabulary_batches import BATCH_SIZE, NUM_FIELDS, WIDTH, batches, resident_bytes

WARM_UP_STEPS = 3


def main(num_rows: int, num_steps: int) -> None:
    torch.manual_seed(0)
    embedding = torch.nn.Embedding(num_rows, WIDTH, sparse=True)
    dense = torch.nn.Sequential(
        torch.nn.Linear(NUM_FIELDS * WIDTH, 32), torch.nn.ReLU(), torch.nn.Linear(32, 1)
    )
    for_table = torch.optim.SparseAdam(list(embedding.parameters()), 0.001)
    for_dense = torch.optim.Adam(dense.parameters(), 0.001)
    ids, labels = batches(num_rows, num_steps + WARM_UP_STEPS)
    loss_of = torch.nn.BCEWithLogitsLoss()
    wall, cpu = [], []
    for step in range(num_steps + WARM_UP_STEPS):
        rows = slice(step * BATCH_SIZE, (step + 1) * BATCH_SIZE)
        started, cpu_started = time.perf_counter(), time.process_time()
        x = embedding(torch.from_numpy(ids[rows])).flatten(1)
        loss = loss_of(dense(x), torch.from_numpy(labels[rows]))
        for_table.zero_grad()
        for_dense.zero_grad()
        loss.backward()
        for_table.step()
        for_dense.step()
        wall.append(1000 * (time.perf_counter() - started))
        cpu.append(1000 * (time.process_time() - cpu_started))
    measured = cpu[WARM_UP_STEPS:]
    result = {
        "step_milliseconds": wall[WARM_UP_STEPS:],
        "cpu_milliseconds": sum(measured) / len(measured),
        "resident_bytes": resident_bytes(),
        "loss": loss.item(),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(int(sys.argv[2]), int(sys.argv[3]))
