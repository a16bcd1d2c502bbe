"""What holds of every layer that makes a vector of a list, and what of which."""

import keras
import numpy as np
import pytest
from compilation import EAGER
from keras import ops

from mtl_rec.models.encoders import (
    AttentionPooling,
    ConvolutionalEncoder,
    GruEncoder,
    InterestEvolution,
    LastStep,
    TargetAttention,
    TransformerEncoder,
)
from mtl_rec.models.layers import MaskedMean

WIDTH = 4
IDS = np.array([[7, 5, 3, 0, 0], [2, 0, 0, 0, 0], [9, 8, 6, 4, 1], [0, 0, 0, 0, 0]])
EMPTY = 3

LAYERS = {
    "last": LastStep,
    "attention": AttentionPooling,
    "cnn": lambda: ConvolutionalEncoder([1, 3], 5),
    "gru": lambda: GruEncoder(3),
    "gru, both ways": lambda: GruEncoder(3, reads_both_ways=True),
    "din": lambda: TargetAttention([6, 5]),
    "dien": lambda: InterestEvolution(3, 1.0),
    "transformer, earlier": lambda: TransformerEncoder(2, 2, 6, "earlier"),
    "transformer, candidate": lambda: TransformerEncoder(2, 2, 6, "candidate"),
    "transformer, all": lambda: TransformerEncoder(2, 2, 6, "all"),
    "rotary, earlier": lambda: TransformerEncoder(
        2, 1, 6, "earlier", positions="rotary"
    ),
    "rotary, candidate": lambda: TransformerEncoder(
        2, 1, 6, "candidate", positions="rotary"
    ),
    "rotary, all": lambda: TransformerEncoder(2, 1, 6, "all", positions="rotary"),
}
SEE_CANDIDATE = ("din", "dien", "transformer, candidate", "rotary, candidate")
# Of the mean, too, and it is the only one without a weight.
IGNORE_ORDER = ("attention", "din")


def steps_of(ids, seed=0):
    """An embedding for each id."""
    table = np.random.default_rng(seed).normal(size=(10, WIDTH)).astype("float32")
    return table[ids]


def made(name, length=IDS.shape[1]):
    """A layer whose weights are all random."""
    layer = LAYERS[name]()
    shapes = [(None, length, WIDTH), (None, length)]
    layer.build(*shapes, *([(None, WIDTH)] if name in SEE_CANDIDATE else []))
    random = np.random.default_rng(1)
    for weight in layer.weights:
        # The longest first, so that a longer table begins like a shorter one.
        shape = (20, *weight.shape[1:]) if "places" in weight.path else weight.shape
        drawn = random.normal(size=shape) * 0.5
        weight.assign(drawn[: weight.shape[0]])
    return layer


def encoded(name, layer, ids, steps=None, candidates=None):
    steps = steps_of(ids) if steps is None else steps
    if candidates is None:
        candidates = steps_of(np.full(len(ids), 3), seed=2)
    given = [candidates] if name in SEE_CANDIDATE else []
    return ops.convert_to_numpy(layer(steps, ids.astype("int32"), *given))


every_layer = pytest.mark.parametrize("name", LAYERS)


@every_layer
def test_what_padding_is_embedded_as_changes_nothing(name):
    layer = made(name)
    padded = steps_of(IDS)
    padded[IDS == 0] = 1e3

    np.testing.assert_array_equal(
        encoded(name, layer, IDS, padded), encoded(name, layer, IDS)
    )


@every_layer
def test_more_padding_changes_nothing(name):
    longer = np.pad(IDS, ((0, 0), (0, 4)))

    expected = encoded(name, made(name), IDS)
    with_more = encoded(name, made(name, longer.shape[1]), longer)

    np.testing.assert_allclose(with_more, expected, rtol=1e-4, atol=1e-5)


@every_layer
def test_a_list_that_holds_nothing_has_a_vector_of_its_own(name):
    layer = made(name)

    vectors = encoded(name, layer, IDS)

    np.testing.assert_array_equal(vectors[EMPTY], layer.own["default"])
    assert not np.isclose(vectors[:EMPTY], vectors[EMPTY]).all(axis=1).any()
    layer.own["default"].assign(np.zeros(WIDTH))
    np.testing.assert_array_equal(encoded(name, layer, IDS)[:EMPTY], vectors[:EMPTY])


@every_layer
def test_lists_that_hold_nothing_teach_their_own_vector_alone(name):
    layer = made(name)
    given = [
        keras.Input((5, WIDTH)),
        keras.Input((5,), dtype="int32"),
        *([keras.Input((WIDTH,))] if name in SEE_CANDIDATE else []),
    ]
    model = keras.Model(given, layer(*given))
    model.compile(keras.optimizers.SGD(1.0), "mse", run_eagerly=EAGER)
    before = {weight.path: np.array(weight) for weight in layer.weights}
    # Ids of padding, whatever that is embedded as.
    empty = [np.full((2, *own.shape[1:]), own.dtype != "int32") for own in given]

    model.train_on_batch(empty, np.ones((2, WIDTH), "float32"))

    changed = [w.path for w in layer.weights if np.any(np.array(w) != before[w.path])]
    assert changed == [layer.own["default"].path]


@every_layer
def test_lists_do_not_see_each_other(name):
    layer = made(name)

    alone = [encoded(name, layer, IDS[row : row + 1]) for row in range(len(IDS))]

    np.testing.assert_allclose(
        np.concatenate(alone), encoded(name, layer, IDS), rtol=1e-4, atol=1e-5
    )


@every_layer
def test_order_matters_where_it_should(name):
    layer = made(name)
    # The newest stays, or the last step would say it all.
    turned = IDS[:, [1, 0, 2, 3, 4]]

    before, after = encoded(name, layer, IDS)[0], encoded(name, layer, turned)[0]

    is_same = np.allclose(after, before, rtol=1e-4, atol=1e-5)
    assert is_same == (name in (*IGNORE_ORDER, "last"))


def test_the_last_step_is_the_newest():
    layer = made("last")

    expected = steps_of(IDS)[[0, 1, 2], [2, 0, 4]]

    np.testing.assert_array_equal(encoded("last", layer, IDS)[:EMPTY], expected)


def test_the_mean_is_that_of_any_order():
    turned = IDS[:, [2, 1, 0, 3, 4]]
    pool = MaskedMean()

    ids = [rows[:1].astype("int32") for rows in (IDS, turned)]
    one, other = (ops.convert_to_numpy(pool(steps_of(own), own)) for own in ids)

    np.testing.assert_allclose(one, other, rtol=1e-6)


def test_the_strongest_match_of_a_pattern_counts():
    layer = ConvolutionalEncoder([2], 1)
    layer.build((None, 4, 1), (None, 4))
    for name, value in {"kernel_0": [[1.0], [10.0]], "output_kernel": [[2.0]]}.items():
        layer.own[name].assign(value)
    steps = np.array([[[1.0], [3.0], [2.0], [50.0]]], "float32")

    # Of 1 + 30, 3 + 20 and 2 + 0: what follows is padding.
    vector = layer(steps, np.array([[1, 1, 1, 0]], "int32"))

    np.testing.assert_allclose(ops.convert_to_numpy(vector), [[2 * 31.0]], rtol=1e-6)


@pytest.mark.parametrize("sees", ["earlier", "all"])
def test_what_a_step_becomes_depends_on_later_ones_only_where_all_are_seen(sees):
    layer = made(f"transformer, {sees}")
    ids = IDS[2:3]
    mask = np.ones(ids.shape, "float32")
    changed = steps_of(ids)
    changed[:, 3:] = changed[:, 3:, ::-1]

    before, after = (
        ops.convert_to_numpy(layer.read(steps, mask, training=False))[0]
        for steps in (steps_of(ids), changed)
    )

    assert np.array_equal(before[:3], after[:3]) == (sees == "earlier")
    assert not np.isclose(before[3:], after[3:]).all(axis=1).any()


@pytest.mark.parametrize("name", SEE_CANDIDATE)
def test_another_candidate_has_another_vector_of_the_same_history(name):
    layer = made(name)
    one, other = (steps_of(np.full(len(IDS), i), seed=2) for i in (3, 4))

    vectors = encoded(name, layer, IDS, candidates=one)
    others = encoded(name, layer, IDS, candidates=other)

    is_same = np.isclose(vectors, others).all(axis=1)
    # Shares of one step alone are all of it.
    single = name == "dien"
    np.testing.assert_array_equal(is_same, [False, single, False, True])


@every_layer
def test_bfloat16_gives_much_the_same(name):
    layer = made(name)
    exact = encoded(name, layer, IDS)

    for own in (layer, *layer._flatten_layers()):
        own.dtype_policy = "mixed_bfloat16"
    given = [steps_of(np.full(len(IDS), 3), seed=2)] if name in SEE_CANDIDATE else []
    rounded = layer(steps_of(IDS), IDS.astype("int32"), *given)

    assert keras.backend.standardize_dtype(rounded.dtype) == "bfloat16"
    rounded = ops.convert_to_numpy(ops.cast(rounded, "float32"))
    np.testing.assert_allclose(rounded, exact, atol=0.1 * np.abs(exact).max())


@every_layer
def test_shapes_are_told_before_a_layer_is_built(name):
    layer = LAYERS[name]()

    told = layer.shapes(WIDTH, IDS.shape[1])

    built = made(name)
    own = {
        weight.path.removeprefix(f"{built.name}/"): tuple(weight.shape)
        for weight in built.weights
    }
    assert not layer.built
    assert told == own
