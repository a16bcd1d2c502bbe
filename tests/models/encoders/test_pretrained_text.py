"""A language model as a layer: what it gives, what of it trains; needs `[text]`."""

import keras
import numpy as np
import pytest
from compilation import EAGER
from keras import ops
from tiny_bert import write_tiny_bert

from mtl_rec.bert_shape import bert_shapes
from mtl_rec.config.features import Categorical, Text
from mtl_rec.config.model import Model, SharedBottom, SingleTask
from mtl_rec.config.tasks import Task
from mtl_rec.errors import ArtifactError, ConfigError
from mtl_rec.losses import funnel_losses
from mtl_rec.models import build_model, load_model
from mtl_rec.models.chunked_prediction import predict_chunks
from mtl_rec.models.encoders import PretrainedText
from mtl_rec.models.weight_blocks import weight_blocks
from mtl_rec.optimizers import SGD, LazyAdam, RowAdagrad
from mtl_rec.pretrained import load_text_encoder
from mtl_rec.pretrained.language_model import load_language_model
from mtl_rec.schema import Schema
from mtl_rec.schema.encoded import EncodedExposures
from mtl_rec.schema.fields import Vocabulary

pytest.importorskip("keras_hub", reason="needs the extra `text`")

FROZEN = {"kind": "frozen"}
MODES = {
    "frozen": FROZEN,
    "top": {"kind": "top_layers", "num_layers": 1},
    "lora": {"kind": "lora", "rank": 2, "learning_rate": 0.003},
    "full": {"kind": "full"},
}
SHARED = SharedBottom(kind="shared_bottom", bottom_units=(16,), tower_units=(8,))
APART = SingleTask(kind="single_task", bottom_units=(16,), tower_units=(8,))
TEXTS = ["Red shoes!", "tea-pot", "", "漂亮 blue"]


@pytest.fixture
def folder(tmp_path):
    return write_tiny_bert(tmp_path / "tiny")


def schema_of(folder, mode, max_tokens=8):
    """A title and a query that shares its language model."""
    encoder = {"kind": "pretrained", "source": str(folder), "mode": mode}
    texts = {"kind": "text", "max_tokens": max_tokens, "encoder": encoder}
    features = (
        Categorical(kind="categorical", name="item_id", side="item"),
        Text(name="title", side="item", **texts),
        Text(name="query", side="user", shares="title", **texts),
    )
    about = load_language_model(str(folder)).about
    pieces = about.bert.num_pieces
    vocabularies = {
        "item_id": Vocabulary("item_id", 1, 5, None),
        "title": Vocabulary("title", 0, pieces - 1, None, language_model=about),
    }
    tasks = (Task(name="click"), Task(name="buy", after="click"))
    return Schema(features, tasks, vocabularies, {})


def batch(folder):
    encoder = load_text_encoder(str(folder))
    ids = np.zeros((len(TEXTS), 8), "int32")
    for row, own in zip(ids, encoder.tokenise(TEXTS, 8), strict=True):
        row[: len(own)] = own
    return {
        "title": ids,
        "query": ids[::-1].copy(),
        "item_ids": np.array([[1], [2], [3], [4]], "int32"),
    }


def model_of(folder, mode, architecture=SHARED):
    keras.utils.set_random_seed(0)
    config = Model(architecture=architecture, embedding_dim=6)
    return build_model(config, schema_of(folder, mode))


def language_layer(model):
    (layer,) = (own for own in model.layers if isinstance(own, PretrainedText))
    return layer


def trained(model, inputs, optimizer, steps=2):
    labels = np.array([[1.0], [0.0], [1.0], [0.0]], "float32")
    losses = funnel_losses((Task(name="click"), Task(name="buy", after="click")))
    model.compile(optimizer, losses, run_eagerly=EAGER)
    for _ in range(steps):
        model.train_on_batch(inputs, {"click": labels, "buy": labels})


def values_of(model):
    return {own.path: np.array(ops.convert_to_numpy(own)) for own in model.weights}


@pytest.mark.parametrize("pooling", ["mean", "first"])
def test_vectors_are_those_of_the_encoder_outside(pooling, tmp_path):
    folder = write_tiny_bert(tmp_path / "tiny", pooling=pooling)
    model = model_of(folder, FROZEN)
    inputs = batch(folder)

    vectors = ops.convert_to_numpy(language_layer(model)(inputs["title"]))

    expected = load_text_encoder(str(folder)).encode(TEXTS)
    np.testing.assert_allclose(vectors, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("mode", "parts"),
    [
        ("frozen", []),
        ("top", ["transformer_layer_1/"]),
        ("lora", ["lora_kernel"]),
        ("full", [""]),
    ],
)
def test_what_a_mode_names_is_all_that_trains_and_is_saved(
    mode, parts, folder, tmp_path
):
    model, inputs = model_of(folder, MODES[mode]), batch(folder)
    layer, before = language_layer(model), values_of(model)

    trained(model, inputs, LazyAdam(0.01))
    model.save(tmp_path / "model.keras")

    after = values_of(model)
    for weight in layer.weights:
        # A bias of keys adds the same to all that a softmax compares.
        if "key/bias" not in weight.path:
            has_moved = not np.array_equal(after[weight.path], before[weight.path])
            assert has_moved == any(part in weight.path for part in parts), weight.path
    for file in folder.iterdir():
        file.rename(tmp_path / file.name)
    restored = load_model(tmp_path / "model.keras")
    for path, values in values_of(restored).items():
        np.testing.assert_array_equal(values, after[path])
    rates = {getattr(own, "own_learning_rate", None) for own in restored.weights}
    assert len(rates) == (1 if mode == "frozen" else 2)


@pytest.mark.parametrize("optimizer", [RowAdagrad, SGD])
def test_every_optimizer_of_tables_knows_the_rate(optimizer, folder):
    mode = {"kind": "full", "learning_rate": 1e-30}
    model, inputs = model_of(folder, mode), batch(folder)
    before = values_of(model)

    trained(model, inputs, optimizer(0.1))

    after = values_of(model)
    for weight in language_layer(model).weights:
        np.testing.assert_array_equal(after[weight.path], before[weight.path])
    projection = "title_projection/kernel"
    assert not np.array_equal(after[projection], before[projection])


def test_its_weights_have_a_rate_of_their_own_and_are_not_pulled(folder):
    model, inputs = model_of(folder, MODES["top"]), batch(folder)
    before = values_of(model)
    kernel = "title_language_model/transformer_layer_1/feedforward_output_dense/kernel"

    trained(model, inputs, LazyAdam(0.05, l2_penalty=1e6), steps=1)

    # Adam's first step is the rate, whatever the gradient.
    moved = values_of(model)[kernel] - before[kernel]
    assert np.abs(moved).max() == pytest.approx(2e-5, rel=0.02)
    assert np.median(np.abs(moved)) == pytest.approx(2e-5, rel=0.1)
    # Far from the direction of 0, where a pull would have taken all of it.
    assert 0.2 < np.mean(np.sign(moved) == np.sign(before[kernel])) < 0.8
    projection = "title_projection/kernel"
    signs = np.sign(before[projection])
    assert (np.sign(values_of(model)[projection] - before[projection]) == -signs).all()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("architecture", [SHARED, APART], ids=lambda own: own.kind)
def test_every_number_is_in_one_block(architecture, mode, folder):
    model = model_of(folder, MODES[mode], architecture)
    schema = schema_of(folder, MODES[mode])
    covered = {weight.path: np.zeros(weight.shape, int) for weight in model.weights}

    blocks = weight_blocks(Model(architecture=architecture, embedding_dim=6), schema)

    for block in blocks:
        assert covered[block.path][block.region].shape == block.shape
        covered[block.path][block.region] += 1
    assert all(np.all(count == 1) for count in covered.values())
    assert len({block.key for block in blocks}) == len(blocks)
    layers = [own for own in model.layers if isinstance(own, PretrainedText)]
    is_apart = architecture is APART and mode != "frozen"
    assert len(layers) == (2 if is_apart else 1)
    for layer in layers:
        told = bert_shapes(layer.shape, layer.lora_rank)
        paths = {own.path.removeprefix(f"{layer.name}/"): own for own in layer.weights}
        assert {path: tuple(own.shape) for path, own in paths.items()} == told


def test_padding_changes_nothing(folder):
    layer, inputs = language_layer(model_of(folder, FROZEN)), batch(folder)
    longer = np.pad(inputs["title"], ((0, 0), (0, 4)))

    one, other = (ops.convert_to_numpy(layer(own)) for own in (inputs["title"], longer))

    np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize("architecture", [SHARED, APART], ids=lambda own: own.kind)
def test_predictions_are_those_of_a_text_for_every_row(architecture, folder, tmp_path):
    model, inputs = model_of(folder, MODES["top"], architecture), batch(folder)
    repeated = {name: np.repeat(array, 5, axis=0) for name, array in inputs.items()}
    exposures = EncodedExposures(schema_of(folder, MODES["top"]), repeated, {})

    predicted = predict_chunks(model, exposures, 7)

    expected = model.predict(inputs, verbose=0)
    for task, values in predicted.items():
        np.testing.assert_allclose(values, np.repeat(expected[task], 5, 0), atol=1e-5)
    model.save(tmp_path / "model.keras")
    restored = predict_chunks(load_model(tmp_path / "model.keras"), exposures, 7)
    for task, values in predicted.items():
        np.testing.assert_allclose(restored[task], values, atol=1e-6)


def test_a_schema_that_was_written_says_as_much(folder):
    schema = schema_of(folder, MODES["lora"])

    assert Schema.from_json(schema.to_json()).vocabularies == schema.vocabularies


def test_another_model_at_the_same_place_is_refused(folder, tmp_path):
    schema = schema_of(folder, FROZEN)
    folder.rename(tmp_path / "before")
    write_tiny_bert(folder, seed=1)

    with pytest.raises(ArtifactError, match=r"has changed since the preprocessor was"):
        build_model(Model(architecture=SHARED), schema)


def test_more_layers_than_there_are_can_not_be_trained(folder):
    with pytest.raises(ConfigError, match=r"at most 2, .* Received: 3\."):
        model_of(folder, {"kind": "top_layers", "num_layers": 3})


def test_more_tokens_than_it_reads_are_refused(folder):
    schema = schema_of(folder, FROZEN, max_tokens=17)

    with pytest.raises(ConfigError, match=r"'title' must be at most 16, .* 17\."):
        build_model(Model(architecture=SHARED), schema)


def test_an_encoder_reads_no_more_tokens_than_its_model_has_places(folder):
    encoder = load_text_encoder(str(folder))

    (vector,) = encoder.encode(["red shoe " * 40])

    assert encoder.settings.max_tokens == 16
    assert np.isfinite(vector).all()
