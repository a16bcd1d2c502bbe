"""The weights of a finished run as the start of another."""

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import keras
import numpy as np
from keras import ops

from mtl_rec.config.run import RunConfig
from mtl_rec.errors import ArtifactError, ConfigError
from mtl_rec.models import load_model
from mtl_rec.models.blocks import Block
from mtl_rec.models.weight_blocks import weight_blocks
from mtl_rec.run.folder import RunFolder
from mtl_rec.run.source_run import source_run
from mtl_rec.training.warm_start import (
    Learned,
    WarmStartReport,
    Weights,
    take_weights,
)
from mtl_rec.whole_files import write_json


def warm_start(
    model: keras.Model, folder: RunFolder, config: RunConfig
) -> WarmStartReport | None:
    """Gives a fresh model the weights of the run that `training.warm_start` names.

    Args:
        model: As `build_model` made it; what the source does not have stays.
        folder: Of the run that begins; has its preprocessor, and gets the report.
        config: Of the run that begins.

    Returns:
        What was taken; None where the config names no run.

    Raises:
        ArtifactError: It names what is no finished run, or one of another version.
        ConfigError: The two runs have nothing in common.
    """
    named = config.training.warm_start
    if named is None:
        return None
    source_folder = source_run(named)
    with _untouched_randomness():
        source = _weights(
            load_model(source_folder.model_path), source_folder, source_folder.config()
        )
    own = _weights(model, folder, config)
    report = WarmStartReport(str(source_folder.path), tuple(take_weights(own, source)))
    if not report.taken:
        raise ConfigError(
            "`training.warm_start` must name a run that has features or tasks in "
            f"common with this one. Received: '{named}', which has none. Leave it out "
            "to start from random weights."
        )
    for weight in model.weights:
        weight.assign(own.arrays[weight.path])
    write_json(folder.warm_start_path, report.to_json())
    return report


def _weights(model: keras.Model, folder: RunFolder, config: RunConfig) -> Weights:
    """Copies of a model's weights, and what they mean."""
    learned = Learned.read(folder.preprocessor)
    blocks = weight_blocks(config.model, learned.schema)
    arrays = {w.path: np.array(ops.convert_to_numpy(w)) for w in model.weights}
    if _extents(blocks) != {path: array.shape for path, array in arrays.items()}:
        raise ArtifactError(
            f"The model of the run in '{folder.path}' is not what its config "
            "describes: another version of this program made it, or its files are of "
            "several runs. Train it again with this version to start from it."
        )
    return Weights(blocks, arrays, learned)


def _extents(blocks: Sequence[Block]) -> Mapping[str, tuple[int, ...]]:
    """The shape of every weight that the blocks cover."""
    shapes: dict[str, tuple[int, ...]] = {}
    for block in blocks:
        stops = tuple(own.stop for own in block.region)
        shapes[block.path] = tuple(map(max, stops, shapes.get(block.path, stops)))
    return shapes


@contextmanager
def _untouched_randomness() -> Iterator[None]:
    """Loading a model draws random weights; what is drawn later shall not differ."""
    state, numpy_state = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(state)
        np.random.set_state(numpy_state)
