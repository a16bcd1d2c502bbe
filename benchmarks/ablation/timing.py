"""How fast a model trains, beside whatever else an epoch does."""

import time

import keras


class EpochTimes(keras.callbacks.Callback):
    """Seconds and CPU-seconds that the batches of each epoch took."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self.cpu_seconds: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._begun = time.perf_counter(), time.process_time()
        self.seconds.append(0.0)
        self.cpu_seconds.append(0.0)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        wall, cpu = self._begun
        self.seconds[-1] = time.perf_counter() - wall
        self.cpu_seconds[-1] = time.process_time() - cpu
