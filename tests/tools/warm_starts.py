"""Architectures of runs that start from others, and what is held of them."""

import numpy as np
from keras import ops

from mtl_rec.config.model import MMoE, SharedBottom, SingleTask
from mtl_rec.models import probability_model

MMOE = MMoE(kind="mmoe", num_experts=2, expert_units=(8, 6), tower_units=(5,))
BOTTOM = SharedBottom(kind="shared_bottom", bottom_units=(8, 6), tower_units=(5,))
NO_BOTTOM = SharedBottom(kind="shared_bottom", bottom_units=(), tower_units=(5,))
SINGLE_TASK = SingleTask(kind="single_task", bottom_units=(8, 6), tower_units=(5,))


def predictions(run, rows):
    """By task, (rows, 1)."""
    encoded = run.preprocessor.encode(rows, with_labels=False)
    outputs = probability_model(run.model)(dict(encoded.inputs))
    return {name: ops.convert_to_numpy(output) for name, output in outputs.items()}


def assert_same_predictions(run, source, rows, rtol=1e-5):
    ours, theirs = predictions(run, rows), predictions(source, rows)
    for name in ours.keys() & theirs.keys():
        np.testing.assert_allclose(ours[name], theirs[name], rtol, 1e-7, err_msg=name)


def assert_rest_is_fresh(run):
    """What the report says is taken is all that differs from the random start."""
    changed = {w.path: np.array(w) != run.fresh[w.path] for w in run.model.weights}
    assert sum(int(own.sum()) for own in changed.values()) == run.report.taken
    assert sum(own.size for own in changed.values()) == (
        run.report.taken + run.report.new
    )


def part(run, kind, name):
    (found,) = (p for p in run.report.parts if (p.kind, p.name) == (kind, name))
    return found
