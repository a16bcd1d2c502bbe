"""Models that are given vectors of ids, which training leaves as they are."""

import keras
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from keras import ops

from mtl_rec.config.features import Categorical, IdSequence, Vector
from mtl_rec.config.model import MMoE, Model, SharedBottom, SingleTask
from mtl_rec.config.tasks import Task
from mtl_rec.config.training import Training
from mtl_rec.errors import ArtifactError
from mtl_rec.models import build_model, load_model
from mtl_rec.models.weight_blocks import weight_blocks
from mtl_rec.preprocess import Preprocessor
from mtl_rec.schema.given_vectors import GivenVectors, write_vectors
from mtl_rec.training import Batches, make_trainable

ARCHITECTURES = [
    SharedBottom(kind="shared_bottom", bottom_units=(8,), tower_units=(4,)),
    SharedBottom(kind="shared_bottom", bottom_units=(), tower_units=(4,)),
    MMoE(kind="mmoe", num_experts=2, expert_units=(8,), tower_units=(4,)),
    SingleTask(kind="single_task", bottom_units=(8,), tower_units=(4,)),
]
IDS = [f"i{number}" for number in range(60)]
DIM = 9
TASKS = (Task(name="click"), Task(name="buy", after="click"))
NEW, NEVER = "i59", "nobody knows it"


def write(path, vectors, ids=IDS):
    write_vectors(path, GivenVectors(pa.array(ids), vectors), "item_id", {})


@pytest.fixture
def vectors(tmp_path):
    """Of all items; those of the training rows are the first 50."""
    values = np.random.default_rng(0).normal(size=(len(IDS), DIM)).astype("float32")
    write(tmp_path / "v.parquet", values)
    return values


@pytest.fixture
def preprocessor(tmp_path, vectors):
    features = (
        Categorical(kind="categorical", name="user", side="user"),
        IdSequence(
            kind="sequence", name="seen", side="user", max_length=3, shares="item_text"
        ),
        Vector(
            kind="vector",
            name="item_text",
            side="item",
            path=str(tmp_path / "v.parquet"),
            embedding_dim=5,
        ),
    )
    return Preprocessor.fit(features, TASKS, rows(200))


def rows(number):
    random = np.random.default_rng(1)
    items = random.integers(0, 50, (number, 4))
    return pd.DataFrame(
        {
            "user": random.integers(0, 9, number),
            "seen": [[IDS[i] for i in own[:n]] for own in items for n in [own[3] % 4]],
            "item_text": [IDS[i] for i in items[:, 3]],
            "click": (items[:, 3] % 2).astype(float),
            "buy": (items[:, 3] % 4 == 1).astype(float),
        }
    )


def built(preprocessor, architecture):
    keras.utils.set_random_seed(0)
    return build_model(Model(architecture=architecture), preprocessor.schema)


def predicted(model, preprocessor, **columns):
    frame = rows(1).drop(columns=["click", "buy"])
    for name, value in columns.items():
        frame[name] = [value]
    inputs = dict(preprocessor.encode(frame, with_labels=False).inputs)
    outputs = model({n: ops.convert_to_tensor(v) for n, v in inputs.items()})
    return ops.convert_to_numpy(outputs["click"])


@pytest.mark.parametrize(
    ("architecture", "jit", "rows_per_column"),
    [
        (ARCHITECTURES[2], False, 512),
        pytest.param(ARCHITECTURES[1], True, 512, marks=pytest.mark.slow),
        pytest.param(ARCHITECTURES[3], True, 1, marks=pytest.mark.slow),
    ],
)
def test_training_leaves_vectors_as_they_are_given(
    preprocessor, vectors, architecture, jit, rows_per_column, tmp_path, monkeypatch
):
    place = "mtl_rec.models.given_vectors.ROWS_PER_COLUMN"
    monkeypatch.setattr(place, rows_per_column)
    model = built(preprocessor, architecture)
    exposures = preprocessor.encode(rows(200))
    training = Training(batch_size=50, jit=jit)
    trainable = make_trainable(model, training, preprocessor.schema)
    before = [np.array(w) for w in model.trainable_weights]

    trainable.fit(Batches(exposures, 50), epochs=2, shuffle=False, verbose=0)

    trainable.save(tmp_path / "m.keras")
    for own in (model, load_model(tmp_path / "m.keras")):
        (table,) = own.non_trainable_weights
        assert table.path == "item_text_vectors/table"
        np.testing.assert_array_equal(ops.convert_to_numpy(table)[2:], vectors)
    for old, weight in zip(before, model.trainable_weights, strict=True):
        assert not np.array_equal(old, ops.convert_to_numpy(weight)), weight.path


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_weight_has_a_block_and_vectors_are_there_once(
    preprocessor, architecture
):
    model = built(preprocessor, architecture)
    blocks = weight_blocks(Model(architecture=architecture), preprocessor.schema)
    covered = {w.path: np.zeros(w.shape, int) for w in model.weights}

    for block in blocks:
        covered[block.path][block.region] += 1

    assert all((own == 1).all() for own in covered.values())
    assert len({block.key for block in blocks}) == len(blocks)
    assert sum("vectors" in path for path in covered) == 1


def test_an_item_without_exposures_is_known_by_its_vector(preprocessor, vectors):
    model = built(preprocessor, ARCHITECTURES[2])

    by_item = {
        item: predicted(model, preprocessor, item_text=item)
        for item in (NEW, IDS[0], NEVER, "")
    }

    assert not np.array_equal(by_item[NEW], by_item[NEVER])
    assert not np.array_equal(by_item[NEW], by_item[IDS[0]])
    # Nothing is known of either: they are the mean of all.
    np.testing.assert_array_equal(by_item[NEVER], by_item[""])


def test_a_history_reads_the_vectors_of_its_items(preprocessor):
    model = built(preprocessor, ARCHITECTURES[0])

    histories = [[], [NEW], [IDS[0]], [NEW, IDS[0]], [IDS[0], NEW]]
    *different, swapped = [predicted(model, preprocessor, seen=h) for h in histories]

    assert len({own.tobytes() for own in different}) == len(different)
    np.testing.assert_allclose(swapped, different[-1], rtol=1e-5)


def test_vectors_that_have_changed_since_are_refused(preprocessor, vectors, tmp_path):
    write(tmp_path / "v.parquet", vectors, IDS[::-1])

    with pytest.raises(ArtifactError, match=r"have changed since .* --fresh`"):
        built(preprocessor, ARCHITECTURES[0])
