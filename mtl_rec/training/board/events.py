"""Files of events as TensorBoard reads them, written without TensorFlow."""

import io
import os
import socket
import time
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter


class EventFile:
    """A new file of events in the folder of one of TensorBoard's runs.

    TensorBoard's own `EventFileWriter` opens its file through TensorFlow wherever that
    is installed, which a process that trains on JAX must not import.

    Args:
        folder: Of the run; made where it is not there.
        first_step: Points of earlier files from this step on are no longer shown: they
            are of a process that ended before it could save what it did. None leaves
            all as they are.
    """

    def __init__(self, folder: Path, first_step: int | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        # TensorBoard reads files by alphabet: later ones must have later names.
        name = f"{time.time():.6f}.{socket.gethostname()}.{os.getpid()}"
        self._path = folder / f"events.out.tfevents.{name}"
        self._waiting = io.BytesIO()
        self._write(Event(file_version="brain.Event:2"))
        if first_step is not None:
            start = SessionLog(status=SessionLog.START)
            self._write(Event(step=first_step, session_log=start))
        self.flush()

    def add(self, step: int, *summaries: Summary) -> None:
        """Adds what was measured at a step."""
        for summary in summaries:
            self._write(Event(step=step, summary=summary))

    def flush(self) -> None:
        """Lets readers see what was added."""
        # Open no longer than that: nothing is told when training ends by an error.
        with self._path.open("ab") as file:
            file.write(self._waiting.getvalue())
        self._waiting = io.BytesIO()

    def _write(self, event: Event) -> None:
        event.wall_time = time.time()
        RecordWriter(self._waiting).write(event.SerializeToString())
