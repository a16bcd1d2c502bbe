"""Trains one table on Keras, ours or stock, and prints step times and memory."""

import json
import sys
import time

import keras
from vocabulary_batches import BATCH_SIZE, NUM_FIELDS, WIDTH, batches, resident_bytes

from mtl_rec.models.layers import FusedEmbedding
from mtl_rec.optimizers import LazyAdam, RowAdagrad
from mtl_rec.training import TrainableModel

WARM_UP_STEPS = 3


class StepTimes(keras.callbacks.Callback):
    """Seconds and CPU-seconds of every step; reading the loss waits for its end."""

    def __init__(self):
        super().__init__()
        self.wall, self.cpu, self.losses = [], [], []

    def on_train_batch_begin(self, batch, logs=None):
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def on_train_batch_end(self, batch, logs=None):
        self.losses.append(float(logs["loss"]))
        self.wall.append(time.perf_counter() - self._wall)
        self.cpu.append(time.process_time() - self._cpu)
        self.resident = resident_bytes()


def main(optimizer: str, num_rows: int, num_steps: int) -> None:
    keras.utils.set_random_seed(0)
    ours = optimizer != "keras_adam"
    inputs = keras.Input((NUM_FIELDS,), dtype="int32", name="ids")
    embedding = (
        FusedEmbedding(num_rows, WIDTH, [0] * NUM_FIELDS)
        if ours
        else keras.layers.Embedding(num_rows, WIDTH)
    )
    x = keras.layers.Flatten()(embedding(inputs))
    x = keras.layers.Dense(32, "relu")(x)
    outputs = keras.layers.Dense(1, "sigmoid")(x)
    model = (TrainableModel if ours else keras.Model)({"ids": inputs}, outputs)
    chosen = {
        "lazy_adam": LazyAdam,
        "row_adagrad": RowAdagrad,
        "keras_adam": keras.optimizers.Adam,
    }[optimizer]
    model.compile(chosen(0.001), "binary_crossentropy")
    ids, labels = batches(num_rows, num_steps + WARM_UP_STEPS)
    times = StepTimes()
    model.fit(
        {"ids": ids},
        labels,
        batch_size=BATCH_SIZE,
        shuffle=False,
        verbose=0,
        callbacks=[times],
    )
    wall = [1000 * seconds for seconds in times.wall[WARM_UP_STEPS:]]
    cpu = [1000 * seconds for seconds in times.cpu[WARM_UP_STEPS:]]
    result = {
        "step_milliseconds": wall,
        "cpu_milliseconds": sum(cpu) / len(cpu),
        "resident_bytes": times.resident,
        "loss": times.losses[-1],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
