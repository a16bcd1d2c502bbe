"""Texts that stand in for vectors which a file lacks; needs `[text]`."""

import keras
import numpy as np
import pandas as pd
import pytest
from keras import ops
from tiny_bert import write_tiny_bert

from mtl_rec.config.features import Categorical, IdSequence, Text, Vector
from mtl_rec.config.model import MMoE, Model, SharedBottom, SingleTask
from mtl_rec.config.tasks import Task
from mtl_rec.config.training import Training
from mtl_rec.errors import ArtifactError
from mtl_rec.evaluation import predict
from mtl_rec.models import build_model, load_model
from mtl_rec.models.weight_blocks import weight_blocks
from mtl_rec.preprocess import Preprocessor
from mtl_rec.pretrained import load_text_encoder
from mtl_rec.pretrained.encoding_items import encode_items
from mtl_rec.training import Batches, make_trainable

pytest.importorskip("keras_hub", reason="needs the extra `text`")
pytest.importorskip("tensorflow_text", reason="needs the extra `text`")

MIXED = MMoE(kind="mmoe", num_experts=2, expert_units=(8,), tower_units=(4,))
APART = SingleTask(kind="single_task", bottom_units=(8,), tower_units=(4,))
SHARED = SharedBottom(kind="shared_bottom", bottom_units=(8,), tower_units=(4,))
WORDS = ("red", "blue", "shoe", "tea-pot", "über", "漂亮", "word")
IDS = [f"i{n}" for n in range(40)]
TASKS = (Task(name="click"), Task(name="buy", after="click"))
LACKED = ("i3", "i17", "i39")
TEXTS = {
    own: " ".join(WORDS[(n * k) % 7] for k in range(1, 2 + n % 5))
    for n, own in enumerate(IDS)
} | {"i17": "", "i39": "blue word " * 30}
KNOWN = [own for own in IDS if own not in LACKED]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A language model, and files of all vectors and of all but some."""
    place = tmp_path_factory.mktemp("vectors")
    encoder = load_text_encoder(str(write_tiny_bert(place / "tiny")))
    encode_items(TEXTS, encoder, place / "all.parquet")
    some = {own: TEXTS[own] for own in KNOWN}
    encode_items(some, encoder, place / "some.parquet")
    return place


def features_of(place, file, fallback=True, source="tiny"):
    encoder = {"kind": "pretrained", "source": str(place / source)}
    encode = {"fallback": {"kind": "encode", "text": "title"}}
    vector = {"name": "item", "path": str(place / file), "embedding_dim": 5}
    return (
        Categorical(kind="categorical", name="user", side="user"),
        IdSequence(
            kind="sequence", name="seen", side="user", max_length=3, shares="item"
        ),
        # Before the vector by alphabet, so that it is not in the first column.
        Categorical(kind="categorical", name="brand", side="item"),
        Vector(kind="vector", side="item", **vector, **(encode if fallback else {})),
        *([Text(kind="text", name="title", side="item", encoder=encoder)] * fallback),
    )


def rows_of(items):
    random = np.random.default_rng(1)
    number = len(items)
    histories = random.choice(KNOWN, (number, 2))
    return pd.DataFrame(
        {
            "user": random.integers(0, 9, number),
            "seen": [list(own[: n % 3]) for n, own in enumerate(histories)],
            "brand": random.integers(0, 4, number),
            "item": items,
            "title": [TEXTS.get(own, "") for own in items],
            "click": [float(n % 2) for n in range(number)],
            "buy": [float(n % 4 == 1) for n in range(number)],
        }
    )


def training_rows():
    return rows_of([KNOWN[n % len(KNOWN)] for n in range(120)])


@pytest.fixture(scope="module")
def preprocessors(place):
    """By file, and of the one that lacks some without a fallback."""
    of = {
        "all": features_of(place, "all.parquet"),
        "some": features_of(place, "some.parquet"),
        "mean": features_of(place, "some.parquet", fallback=False),
    }
    rows = training_rows()
    return {n: Preprocessor.fit(features, TASKS, rows) for n, features in of.items()}


def trained(preprocessor, architecture=MIXED, **settings):
    keras.utils.set_random_seed(0)
    schema = preprocessor.schema
    model = build_model(Model(architecture=architecture), schema)
    training = Training(batch_size=20, **settings)
    trainable = make_trainable(model, training, schema)
    batches = Batches(
        preprocessor.encode(training_rows()),
        20,
        steps_per_call=2,
        groups_requests=training.group_requests,
    )
    trainable.fit(batches, epochs=2, shuffle=False, verbose=0)
    return trainable


def weights_of(model):
    """What it has learned, by path."""
    return {w.path: ops.convert_to_numpy(w) for w in model.trainable_weights}


@pytest.mark.parametrize(
    ("architecture", "settings"),
    [
        (MIXED, {"jit": False, "group_requests": True}),
        pytest.param(SHARED, {"jit": True}, marks=pytest.mark.slow),
        pytest.param(APART, {"jit": False}, marks=pytest.mark.slow),
    ],
    ids=["mixed", "shared", "apart"],
)
def test_what_a_file_lacks_is_predicted_as_if_it_were_there(
    architecture, settings, preprocessors, tmp_path
):
    model = trained(preprocessors["some"], architecture, **settings)
    without = trained(preprocessors["mean"], architecture, **settings)
    model.save(tmp_path / "m.keras")
    whole = build_model(Model(architecture=architecture), preprocessors["all"].schema)
    for weight in whole.trainable_weights:
        weight.assign(weights_of(model)[weight.path])
    rows = rows_of([*LACKED, *KNOWN[:4], *LACKED])

    def predicted(model, which):
        return predict(model, preprocessors[which].encode(rows))

    expected = predicted(whole, "all")
    of_mean = predicted(without, "mean")

    # Training does not know of texts: it is the same to the last bit.
    for path, values in weights_of(without).items():
        np.testing.assert_array_equal(weights_of(model)[path], values)
    for own in (model, load_model(tmp_path / "m.keras")):
        for name, values in predicted(own, "some").items():
            np.testing.assert_allclose(values, expected[name], atol=1e-6)
    assert abs(of_mean["click"] - expected["click"])[:3].max() > 1e-5
    np.testing.assert_allclose(of_mean["click"][3:7], expected["click"][3:7], 1e-5)


def test_the_graph_itself_reads_texts_that_are_there(preprocessors):
    schema = preprocessors["some"].schema
    model = build_model(Model(architecture=SHARED), schema)
    exposures = preprocessors["some"].encode(rows_of([*LACKED, *KNOWN[:4]]))

    inputs = {n: ops.convert_to_tensor(v) for n, v in exposures.inputs.items()}
    expected = predict(model, exposures)["click"]

    log_probabilities = ops.convert_to_numpy(model(inputs)["click"])[:, 0]
    np.testing.assert_allclose(np.exp(log_probabilities), expected, atol=1e-6)


def test_rows_of_known_ids_do_not_meet_the_language_model(preprocessors):
    model = build_model(Model(architecture=SHARED), preprocessors["some"].schema)
    rows = rows_of([*KNOWN, *LACKED])
    known = preprocessors["some"].encode(rows[: len(KNOWN)])
    expected = predict(model, known)

    for weight in model.get_layer("item_fallback").weights:
        weight.assign(np.full(weight.shape, np.nan))

    now = predict(model, preprocessors["some"].encode(rows))
    np.testing.assert_allclose(now["buy"][: len(KNOWN)], expected["buy"], 1e-6)
    assert np.isnan(now["buy"][len(KNOWN) :]).all()


def test_rows_of_which_none_needs_its_text_have_none(preprocessors):
    encoded = preprocessors["some"].encode(rows_of(KNOWN))
    with_some = preprocessors["some"].encode(rows_of(IDS))

    assert "title" not in encoded.inputs
    is_there = with_some.inputs["title"].any(axis=1)
    assert [IDS[n] for n in np.flatnonzero(is_there)] == list(LACKED)


def test_every_weight_has_a_block(preprocessors):
    schema = preprocessors["some"].schema
    model = build_model(Model(architecture=APART), schema)
    covered = {w.path: np.zeros(w.shape, int) for w in model.weights}

    for block in weight_blocks(Model(architecture=APART), schema):
        covered[block.path][block.region] += 1

    assert all((own == 1).all() for own in covered.values())


@pytest.mark.parametrize("wrote", ["another encoder", "something else"])
def test_vectors_of_another_space_are_refused(wrote, place, tmp_path):
    if wrote == "another encoder":
        encoder = load_text_encoder(str(write_tiny_bert(tmp_path / "other", seed=1)))
        encode_items(TEXTS, encoder, tmp_path / "v.parquet")
    else:
        vectors = [[0.0] * 8] * len(IDS)
        pd.DataFrame({"id": IDS, "vector": vectors}).to_parquet(tmp_path / "v.parquet")

    with pytest.raises(ArtifactError, match=f"of 'item' needs .* which {wrote} wrote"):
        Preprocessor.fit(
            features_of(place, tmp_path / "v.parquet"), TASKS, training_rows()
        )
