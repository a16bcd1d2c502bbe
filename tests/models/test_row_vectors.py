"""Models of which rows have vectors, which are projected as those of ids are."""

import keras
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from compilation import JIT
from keras import ops

from mtl_rec.config.features import Categorical, Vector
from mtl_rec.config.interactions import Cross, FactorizationMachine
from mtl_rec.config.model import MMoE, Model, SharedBottom, SingleTask
from mtl_rec.config.tasks import Task
from mtl_rec.config.training import Training
from mtl_rec.models import build_model, load_model
from mtl_rec.models.weight_blocks import weight_blocks
from mtl_rec.preprocess import Preprocessor
from mtl_rec.schema.given_vectors import GivenVectors, write_vectors
from mtl_rec.training import Batches, make_trainable

MIXTURE = MMoE(kind="mmoe", num_experts=2, expert_units=(8,), tower_units=(4,))
BOTTOM = SharedBottom(kind="shared_bottom", bottom_units=(8,), tower_units=(4,))
MODELS = [
    Model(architecture=MIXTURE),
    Model(architecture=BOTTOM, interactions=FactorizationMachine(kind="fm")),
    Model(architecture=BOTTOM, interactions=Cross(kind="cross")),
    Model(
        architecture=SingleTask(kind="single_task", bottom_units=(8,), tower_units=(4,))
    ),
]
TASKS = (Task(name="click"), Task(name="buy", after="click"))
USER = Categorical(kind="categorical", name="user", side="user")
ITEM = Categorical(kind="categorical", name="item", side="item")
PROFILE = Vector(kind="vector", name="profile", side="user", dim=4, embedding_dim=3)
PHOTO = Vector(kind="vector", name="photo", side="item", dim=9)
NUM_ROWS, NUM_ITEMS = 200, 40


@pytest.fixture
def photos():
    return np.random.default_rng(0).normal(size=(NUM_ITEMS, 9)).astype("float32")


@pytest.fixture
def frame(photos):
    random = np.random.default_rng(1)
    users, items = random.integers(0, 9, NUM_ROWS), random.integers(0, 40, NUM_ROWS)
    profiles = random.normal(size=(9, 4))
    return pd.DataFrame(
        {
            "user": users.astype(str),
            "item": items.astype(str),
            "profile": [None if user == 3 else profiles[user] for user in users],
            "photo": list(photos[items]),
            "click": (items % 2).astype(float),
            "buy": (items % 4 == 1).astype(float),
        }
    )


@pytest.fixture
def preprocessor(frame):
    return Preprocessor.fit((USER, ITEM, PROFILE, PHOTO), TASKS, frame)


def trained(preprocessor, frame, config, groups_requests=False):
    keras.utils.set_random_seed(0)
    model = build_model(config, preprocessor.schema)
    training = Training(batch_size=50, group_requests=groups_requests, jit=JIT)
    trainable = make_trainable(model, training, preprocessor.schema)
    exposures = preprocessor.encode(frame)
    batches = Batches(exposures, 50, groups_requests=groups_requests)
    trainable.fit(batches, epochs=3, shuffle=False, verbose=0)
    return trainable, exposures


@pytest.mark.parametrize("config", MODELS)
def test_every_weight_has_one_block(preprocessor, config):
    model = build_model(config, preprocessor.schema)
    covered = {w.path: np.zeros(w.shape, int) for w in model.weights}

    blocks = list(weight_blocks(config, preprocessor.schema))
    for block in blocks:
        covered[block.path][block.region] += 1

    assert all((own == 1).all() for own in covered.values())
    assert len({block.key for block in blocks}) == len(blocks)


@pytest.mark.parametrize("groups_requests", [False, True])
def test_projections_of_both_sides_learn_and_are_saved(
    preprocessor, frame, groups_requests, tmp_path
):
    untrained = build_model(MODELS[0], preprocessor.schema)
    keras.utils.set_random_seed(0)
    model, exposures = trained(preprocessor, frame, MODELS[0], groups_requests)

    model.save(tmp_path / "m.keras")

    restored = load_model(tmp_path / "m.keras")
    inputs = {n: ops.convert_to_tensor(v) for n, v in exposures.inputs.items()}
    for name, values in restored(inputs).items():
        np.testing.assert_allclose(values, model(inputs)[name], rtol=1e-6)
    for name in ("profile", "photo"):
        kernels = [
            ops.convert_to_numpy(own.get_layer(f"{name}_projection").kernel)
            for own in (untrained, model)
        ]
        assert not np.allclose(*kernels)


def test_rows_and_ids_with_the_same_vectors_train_alike(frame, photos, tmp_path):
    ids = pa.array([str(item) for item in range(NUM_ITEMS)])
    write_vectors(tmp_path / "v.parquet", GivenVectors(ids, photos), "item", {})
    path = str(tmp_path / "v.parquet")
    given = Vector(kind="vector", name="photo", side="item", column="item", path=path)
    by_row, by_id = (
        Preprocessor.fit((USER, ITEM, own), TASKS, frame) for own in (PHOTO, given)
    )

    model, exposures = trained(by_row, frame, MODELS[0])
    other, others = trained(by_id, frame, MODELS[0])

    expected = model.predict_on_batch(dict(exposures.inputs))
    for name, values in other.predict_on_batch(dict(others.inputs)).items():
        np.testing.assert_allclose(values, expected[name], rtol=0, atol=1e-5)
