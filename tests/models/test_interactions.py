"""Every kind of interaction stands in front of every architecture."""

import keras
import numpy as np
import pytest
from compilation import EAGER
from keras import ops

from mtl_rec.config.interactions import (
    Concat,
    Cross,
    Dot,
    FactorizationMachine,
    SideProducts,
)
from mtl_rec.config.model import Model, SharedBottom
from mtl_rec.losses import funnel_losses
from mtl_rec.models import build_model, load_model
from mtl_rec.models.inputs import embed_fields, packed_inputs
from mtl_rec.models.layers.request_rows import RequestGrid, requests_of_rows

from .test_models import ARCHITECTURES

KINDS = [
    SideProducts(kind="side_products"),
    Concat(kind="concat"),
    FactorizationMachine(kind="fm"),
    Dot(kind="dot"),
    Cross(kind="cross"),
    Cross(kind="cross", num_layers=1, rank=3),
]
WIDTH = 6
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)


@pytest.fixture
def vectors(schema, batch):
    """What an architecture sees of a batch, with large embeddings."""

    def see(kind):
        inputs = packed_inputs(schema)
        fields = embed_fields(inputs, schema, WIDTH, interactions=kind)
        model = keras.Model(inputs, fields.joined())
        random = np.random.default_rng(0)
        for weight in model.weights:
            weight.assign(random.normal(size=weight.shape))
        return ops.convert_to_numpy(model(batch)), fields.width

    return see


def test_concat_is_the_fields_alone_and_others_come_beside_them(vectors):
    plain, width = vectors(Concat(kind="concat"))
    # Three fields of the user and three of the item are 6 wide, user and title 4.
    more = {"side_products": 1 * 3 + 1, "fm": 6 + 4, "dot": 5 * 4 // 2 + 1}

    for kind in KINDS[:4]:
        vector, own = vectors(kind)
        assert vector.shape[1] == own == width + more.get(kind.kind, 0)
        # The user's come first, and what is new last.
        np.testing.assert_array_equal(vector[:, :width], plain)


def test_a_vector_of_pairs_adds_up_to_the_products_of_pairs(vectors):
    _, width = vectors(Concat(kind="concat"))
    sums, products = (
        vectors(kind)[0][:, width:].sum(axis=1)
        for kind in (FactorizationMachine(kind="fm"), Dot(kind="dot"))
    )

    np.testing.assert_allclose(sums, products, rtol=1e-4, atol=1e-4)


def test_crosses_take_the_place_of_the_embedded_fields_and_leave_numbers(vectors):
    plain, width = vectors(Concat(kind="concat"))

    vector, own = vectors(Cross(kind="cross", num_layers=1))

    assert own == width
    is_kept = [(vector == column[:, None]).all(axis=0).any() for column in plain.T]
    assert sum(is_kept) == 3


@every_kind
def test_a_user_encoded_once_for_all_candidates_is_the_user_of_every_row(
    kind, schema, batch
):
    model = build_model(
        Model(architecture=ARCHITECTURES[0], embedding_dim=WIDTH, interactions=kind),
        schema,
    )
    for weight in model.weights:
        weight.assign(np.random.default_rng(0).normal(size=weight.shape) * 0.5)
    users = ("user_ids", "user_numbers", "history")
    requests = {n: a[:4] if n in users else a for n, a in batch.items()}
    rows = {
        n: np.repeat(a, 8, axis=0) if n in users else a for n, a in requests.items()
    }

    with requests_of_rows(RequestGrid(4, 8)):
        grid = model(requests)

    for name, expected in model(rows).items():
        np.testing.assert_allclose(
            ops.convert_to_numpy(grid[name]), ops.convert_to_numpy(expected), rtol=2e-5
        )


# In the quick run each kind meets one architecture.
QUICK = {"fm": 0, "dot": 1, "cross": 2}


@pytest.mark.parametrize(
    ("kind", "architecture"),
    [
        pytest.param(
            kind,
            architecture,
            marks=[] if QUICK.get(kind.kind) == position else [pytest.mark.slow],
            id=f"{kind.kind}-{architecture.kind}",
        )
        for kind in (*KINDS[1:4], KINDS[5])
        for position, architecture in enumerate(ARCHITECTURES)
    ],
)
def test_every_weight_learns_and_a_saved_file_predicts_the_same(
    kind, architecture, schema, batch, tmp_path
):
    keras.utils.set_random_seed(0)
    config = Model(architecture=architecture, embedding_dim=WIDTH, interactions=kind)
    model = build_model(config, schema)
    before = model.get_weights()
    model.compile(
        keras.optimizers.SGD(1.0), funnel_losses(schema.tasks), run_eagerly=EAGER
    )
    labels = {task.name: np.ones((32, 1), "float32") for task in schema.tasks}

    model.train_on_batch(batch, labels)
    model.save(tmp_path / "model.keras")

    for weight, old in zip(model.weights, before, strict=True):
        assert not np.array_equal(ops.convert_to_numpy(weight), old), weight.path
    restored = load_model(tmp_path / "model.keras")(batch)
    for name, value in model(batch).items():
        np.testing.assert_array_equal(
            ops.convert_to_numpy(restored[name]), ops.convert_to_numpy(value)
        )


def test_nothing_interacts_where_there_is_one_field(schema):
    (item,) = (feature for feature in schema.features if feature.name == "item_id")
    alone = type(schema)(
        (item,), schema.tasks, {"item_id": schema.vocabularies["item_id"]}, {}
    )
    bottom = SharedBottom(kind="shared_bottom", bottom_units=())
    for kind in KINDS[:4]:
        config = Model(architecture=bottom, embedding_dim=WIDTH, interactions=kind)

        model = build_model(config, alone)

        towers = model.get_layer("towers").input
        assert towers.shape == (None, WIDTH)
