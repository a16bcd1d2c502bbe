"""The loss of each of the first steps, on the backend that KERAS_BACKEND names.

    KERAS_BACKEND=jax python benchmarks/agreement/single_steps.py RUN ENCODED 200

RUN is the folder of a prepared run, ENCODED that of its encoded splits. Prints JSON:
the loss of every step, and the tables that are trained row by row.
"""

import json
import sys
from pathlib import Path

import keras

from mtl_rec.models import build_model
from mtl_rec.run import RunFolder
from mtl_rec.schema import Schema
from mtl_rec.schema.encoded_files import open_encoded
from mtl_rec.training import Batches, make_trainable


def main(run: str, encoded: str, num_steps: str) -> None:
    folder = RunFolder(Path(run))
    config = folder.config()
    schema = Schema.from_json((folder.preprocessor / "schema.json").read_text())
    keras.utils.set_random_seed(config.seed)
    model = build_model(config.model, schema)
    trainable = make_trainable(model, config.training, schema)
    train = open_encoded(Path(encoded) / "train", schema)
    batches = Batches(train, config.training.batch_size, config.seed)
    losses = [_loss(trainable, *batches[step]) for step in range(int(num_steps))]
    row_tables = [layer.name for layer in trainable.row_tables]
    print(json.dumps({"losses": losses, "row_tables": row_tables}))


def _loss(model, inputs, labels) -> float:
    """Of one batch, before its step; the running means would hide single steps."""
    model.reset_metrics()
    return float(model.train_on_batch(inputs, labels, return_dict=True)["loss"])


if __name__ == "__main__":
    main(*sys.argv[1:])
