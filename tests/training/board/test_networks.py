"""Where every task has tables of its own, each is shown under the task's name."""

import board_run
import keras
import numpy as np

from mtl_rec.config.model import Model, SingleTask
from mtl_rec.models import build_model
from mtl_rec.training.board.projector import FOLDER, Projector
from mtl_rec.training.board.tables import row_norms, vocabulary_rows

TASKS = ("click", "buy", "value")


def make_model():
    keras.utils.set_random_seed(0)
    architecture = SingleTask(kind="single_task", bottom_units=(4,), tower_units=(4,))
    model = Model(architecture=architecture, embedding_dim=4)
    return build_model(model, board_run.SCHEMA)


def known_rows(model, task, name, num_unknown):
    """Weights of the known values of a vocabulary."""
    (layer,) = (
        layer
        for layer in model.layers
        if layer.name.startswith(f"{task}.")
        and name in getattr(layer, "row_blocks", ())
    )
    first, num_rows = layer.row_blocks[name]
    (table,) = layer.get_weights()
    return table[first + 1 + num_unknown : first + num_rows]


def test_norms_are_those_of_each_task_s_rows():
    model = make_model()
    places = vocabulary_rows(model, board_run.SCHEMA.vocabularies)

    norms = row_norms(places)

    for task in TASKS:
        users = np.linalg.norm(known_rows(model, task, "user", 1), axis=1)
        np.testing.assert_allclose(norms[f"{task}.user_known"], users, rtol=1e-6)
    assert not {"user_known", "item_known"} & norms.keys()


def test_the_projector_has_the_points_of_each_task(tmp_path):
    labels = {"item": {"": board_run.ITEM_NAMES}}
    model = make_model()

    Projector(tmp_path, board_run.SCHEMA, labels).write(model)

    for task in TASKS:
        items = known_rows(model, task, "item", 2)
        points = np.loadtxt(tmp_path / FOLDER / f"{task}.item.tsv")
        np.testing.assert_allclose(points, items, rtol=1e-3, atol=1e-6)
