"""Callbacks that a process which trains can load by name."""

import os
import signal
import sys
import time

import keras


class TensorFlowIsAbsent(keras.callbacks.Callback):
    """Fails where TensorFlow could be imported, or was."""

    def on_train_end(self, logs=None):
        if sys.modules["tensorflow"] is not None:
            raise AssertionError("TensorFlow can be imported.")


class InterruptsItsParent(keras.callbacks.Callback):
    """As a Ctrl-C does, before the first step."""

    def on_train_begin(self, logs=None):
        os.kill(os.getppid(), signal.SIGINT)
        time.sleep(60)


class IsKilled(keras.callbacks.Callback):
    """As the system kills what takes too much memory, before the first step."""

    def on_train_begin(self, logs=None):
        os.kill(os.getpid(), signal.SIGKILL)


class SaysItsProcess(keras.callbacks.Callback):
    """Writes its process to a file, and trains for a minute."""

    def __init__(self, path):
        super().__init__()
        self._path = path

    def on_train_begin(self, logs=None):
        self._path.write_text(str(os.getpid()))
        time.sleep(60)
