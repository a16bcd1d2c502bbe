"""A run that goes on in its folder has each point once."""

import shutil

import board_run
import pytest
from tensorboard.backend.event_processing.plugin_event_accumulator import (
    EventAccumulator,
)
from tensorboard.util.tensor_util import make_ndarray

STEPS_PER_EPOCH = board_run.ROWS // board_run.BATCH_SIZE


def steps_by_tag(folder):
    events = EventAccumulator(str(folder), tensor_size_guidance={"scalars": 0}).Reload()
    tags = events.PluginTagToContent("scalars")
    return {tag: [point.step for point in events.Tensors(tag)] for tag in tags}


@pytest.fixture(scope="module")
def resumed(written_here, tmp_path_factory):
    """Killed while it wrote the second epoch; goes on from the end of the first."""
    folder = tmp_path_factory.mktemp("resumed")
    shutil.copytree(written_here.folder, folder, dirs_exist_ok=True)
    for run in ("train", "validation"):
        (file,) = (folder / run).iterdir()
        file.write_bytes(file.read_bytes()[:-7])
    model = board_run.make_model()
    model.optimizer.iterations.assign(STEPS_PER_EPOCH)
    # No loss will be below that of the first epoch.
    earlier = [{"val_loss": 0.0}]
    board_run.fit(model, folder, range(1, 3), earlier_epochs=earlier)
    return folder


@pytest.mark.parametrize("run", ["train", "validation"])
def test_each_step_has_one_point(resumed, run):
    ends = [1200, 2400, 3600]

    for tag, steps in steps_by_tag(resumed / run).items():
        assert steps == sorted(set(steps)), tag
        if not tag.startswith("running_loss/"):
            assert steps == ends, tag


def test_the_best_epoch_may_be_one_before(resumed):
    events = EventAccumulator(str(resumed / "result")).Reload()

    points = events.Tensors("best/epoch")
    assert [point.step for point in points] == [1200, 2400, 3600]
    assert [float(make_ndarray(point.tensor_proto)) for point in points] == [1, 1, 1]
    assert [point.step for point in events.Tensors("data")] == [0]
