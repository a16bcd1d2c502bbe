import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import board_run
import pytest
from tensorboard.backend.event_processing.plugin_event_accumulator import (
    EventAccumulator,
)
from tensorboard.util.tensor_util import make_ndarray

WITHOUT_TENSORFLOW = """
import runpy, sys
sys.modules["tensorflow"] = None
runpy.run_path(sys.argv[1], run_name="__main__")
"""


@dataclass(frozen=True)
class Written:
    """What TensorBoard reads of a folder."""

    folder: Path
    facts: dict

    def events(self, run):
        events = EventAccumulator(
            str(self.folder / run), tensor_size_guidance={"scalars": 0}
        )
        return events.Reload()

    def scalars(self, run):
        """Points by tag, (step, value)."""
        events = self.events(run)
        return {
            tag: [
                (point.step, float(make_ndarray(point.tensor_proto)))
                for point in events.Tensors(tag)
            ]
            for tag in events.PluginTagToContent("scalars")
        }

    def arrays(self, run, tag):
        """Points of another kind, (step, array)."""
        points = self.events(run).Tensors(tag)
        return [(point.step, make_ndarray(point.tensor_proto)) for point in points]


@pytest.fixture(scope="session")
def written_here(tmp_path_factory):
    """A small model trained for two epochs on this backend."""
    folder = tmp_path_factory.mktemp("board")
    model = board_run.make_model()
    board_run.fit(model, folder, range(board_run.EPOCHS))
    return Written(folder, board_run.facts(model))


@pytest.fixture(scope="session", params=["here", "on JAX without TensorFlow"])
def written(request, written_here, tmp_path_factory):
    """The same, and what another process leaves that has JAX alone."""
    if request.param == "here":
        return written_here
    folder = tmp_path_factory.mktemp("board")
    command = [sys.executable, "-W", "ignore", "-c", WITHOUT_TENSORFLOW]
    path = [str(Path(board_run.__file__).parent), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [*command, board_run.__file__, str(folder)],
        env={
            **os.environ,
            "KERAS_BACKEND": "jax",
            "PYTHONPATH": os.pathsep.join(path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Written(folder, json.loads((folder / "facts.json").read_text()))
