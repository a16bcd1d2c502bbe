"""What a log says of the steps of a history, up to the vector that a model makes."""

import keras
import numpy as np
import pandas as pd
import pytest
from keras import ops

from mtl_rec.config.events import Events
from mtl_rec.config.features import Categorical, IdSequence
from mtl_rec.config.model import Model, SharedBottom
from mtl_rec.config.tasks import Task
from mtl_rec.data.events import build_exposures
from mtl_rec.models import build_model
from mtl_rec.preprocess import Preprocessor

LOG = Events(
    kind="events",
    path="a frame",
    event_types={"view": "view", "cart": "cart"},
    window_hours=24,
    ends="2026-03-05",
    labels={"click": {"events": ("view",), "implied": True}},
)
# All look at a shoe and a hat before the bag. Bob does within hours what takes the
# others days, and Cid puts the shoe into the cart.
EVENTS = pd.DataFrame(
    [
        ("ann", "shoe", "view", "2026-03-01 10:00"),
        ("ann", "hat", "view", "2026-03-02 10:00"),
        ("ann", "bag", "view", "2026-03-03 10:00"),
        ("bob", "shoe", "view", "2026-03-03 07:00"),
        ("bob", "hat", "view", "2026-03-03 09:00"),
        ("bob", "bag", "view", "2026-03-03 10:00"),
        ("cid", "shoe", "cart", "2026-03-01 10:00"),
        ("cid", "hat", "view", "2026-03-02 10:00"),
        ("cid", "bag", "view", "2026-03-03 10:00"),
    ],
    columns=["user_id", "item_id", "event_type", "event_time"],
)
TASKS = [Task(name="click")]
USERS = ("ann", "bob", "cid")


def features(along):
    own = {"side": "user", "max_length": 4}
    din = {"kind": "din", "units": [4]}
    return [
        Categorical(kind="categorical", name="item_id", side="item"),
        IdSequence(
            kind="sequence",
            name="history_item_id",
            shares="item_id",
            encoder=din,
            along=along,
            **own,
        ),
        *(IdSequence(kind="sequence", name=name, **own) for name in along),
    ]


@pytest.mark.parametrize(
    ("along", "same"),
    [
        ((), {"bob", "cid"}),
        (("history_time_gap",), {"cid"}),
        (("history_event_type",), {"bob"}),
        (("history_time_gap", "history_event_type"), set()),
    ],
)
def test_a_history_is_known_by_what_runs_along_with_it_and_by_nothing_else(along, same):
    keras.utils.set_random_seed(0)
    exposures = build_exposures(EVENTS, LOG, TASKS, ["history_item_id", *along])
    preprocessor = Preprocessor.fit(features(along), TASKS, exposures)
    bottom = SharedBottom(kind="shared_bottom", bottom_units=[4], tower_units=[2])
    model = build_model(Model(architecture=bottom), preprocessor.schema)
    vectors = keras.Model(model.inputs, model.get_layer("history_item_id_din").output)

    bags = exposures[exposures["item_id"] == "bag"].set_index("user_id").loc[[*USERS]]
    encoded = preprocessor.encode(bags.reset_index()).inputs
    found = dict(zip(USERS, ops.convert_to_numpy(vectors(encoded)), strict=True))

    is_same = {u for u in USERS[1:] if np.allclose(found[u], found["ann"], rtol=1e-6)}
    assert is_same == same
