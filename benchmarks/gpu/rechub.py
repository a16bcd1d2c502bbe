"""torch-rechub's MMOE with torch's Adam, in a process of its own: prints JSON."""

import argparse
import json
from importlib.metadata import version

import torch
from gpu import data
from torch_rechub.basic.features import SparseFeature
from torch_rechub.models.multi_task import MMOE


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table-rows", type=int, required=True)
    parser.add_argument("--batch-size", type=int, required=True)
    parser.add_argument("--repetitions", type=int, required=True)
    options = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(0)
    block = data.rows_of_a_field(options.table_rows)
    features = [
        SparseFeature(f"f{field}", vocab_size=block, embed_dim=data.WIDTH)
        for field in range(data.FIELDS)
    ]
    model = MMOE(
        features,
        ["classification"] * len(data.TASKS),
        data.NUM_EXPERTS,
        {"dims": [data.EXPERT_UNITS]},
        [{"dims": [data.TOWER_UNITS]}] * len(data.TASKS),
    ).to(device)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    ids, labels = data.exposures(options.batch_size, options.table_rows)
    columns = torch.as_tensor(ids, device=device).long()
    inputs = {f"f{field}": columns[:, field] for field in range(data.FIELDS)}
    target = torch.cat([torch.as_tensor(y) for y in labels.values()], 1).to(device)

    def step() -> None:
        loss = torch.nn.functional.binary_cross_entropy(model(inputs), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if device.type == "cuda":
            torch.cuda.synchronize()

    data.timed(step, 2)
    timing = data.timed(step, options.repetitions)
    name = torch.cuda.get_device_name() if device.type == "cuda" else "cpu"
    found = {
        "device": name,
        "torch": torch.__version__,
        "torch_rechub": version("torch-rechub"),
        "seconds": timing.seconds,
        "cpu_seconds": timing.cpu_seconds,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
