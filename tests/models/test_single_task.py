"""A network of its own for each task: no loss moves another task's weights."""

import keras
import numpy as np
import pytest
from compilation import EAGER, JIT, SLOW_ON_TENSORFLOW
from keras import ops

from mtl_rec.config import load_config
from mtl_rec.config.model import MMoE, Model, SingleTask
from mtl_rec.config.tasks import Task
from mtl_rec.config.training import Training
from mtl_rec.config.twins import single_task_twin
from mtl_rec.losses import funnel_losses
from mtl_rec.models import build_model
from mtl_rec.models.layers import FunnelLogProbabilities, FusedEmbedding
from mtl_rec.models.weight_blocks import weight_blocks
from mtl_rec.training import make_trainable

# Values are learned from all exposures too, times what comes before them.
TASKS = (
    Task(name="click"),
    Task(name="add_to_cart", after="click"),
    Task(name="favourite", after="click", train_on="parent"),
    Task(name="purchase", after="add_to_cart"),
    Task(name="order_value", after="purchase", kind="regression", train_on="exposures"),
)
RUN = """
name: shop
data:
  source: {kind: table, path: exposures.parquet}
  split: {kind: column, column: part}
features: [{kind: numeric, name: price, side: item}]
tasks: [{name: click}]
model: {architecture: {kind: mmoe}}
"""
# Each builds a model: two stand for all in the quick run.
by_task = pytest.mark.parametrize(
    "task",
    [
        pytest.param(
            task,
            id=task.name,
            marks=[]
            if task.name in ("favourite", "order_value")
            else SLOW_ON_TENSORFLOW,
        )
        for task in TASKS
    ],
)
ARCHITECTURE = SingleTask(kind="single_task", bottom_units=(7, 6), tower_units=(4,))


@pytest.fixture
def tasks():
    return TASKS


@pytest.fixture
def config(monkeypatch):
    """With tables of both kinds."""
    monkeypatch.setattr("mtl_rec.models.inputs.SMALL_VOCABULARY", 20)
    return Model(architecture=ARCHITECTURE, embedding_dim=6)


@pytest.fixture
def model(config, schema):
    keras.utils.set_random_seed(0)
    return build_model(config, schema)


def labels_of(task):
    """Ones for the task, and nothing for the others."""
    return {
        t.name: np.full((32, 1), 1.0 if t is task else np.nan, "float32") for t in TASKS
    }


@by_task
def test_the_loss_of_a_task_moves_its_own_weights_alone(
    task, model, config, schema, batch
):
    before = {weight.path: np.array(weight) for weight in model.weights}
    model.compile(keras.optimizers.SGD(1.0), funnel_losses(TASKS), run_eagerly=EAGER)

    model.train_on_batch(batch, labels_of(task))

    moved = {
        weight.path: np.array(weight) != before[weight.path] for weight in model.weights
    }
    for block in weight_blocks(config, schema):
        is_own = network_of(block) == task.name
        assert moved[block.path][block.region].any() == is_own, block.key


@by_task
def test_our_own_step_has_no_gradient_of_another_task(
    task, model, config, schema, batch
):
    trainable = make_trainable(model, Training(batch_size=32, jit=JIT), schema)

    gradients = {
        variable.path: ops.convert_to_numpy(gradient)
        for variable, gradient in trainable.gradients((batch, labels_of(task)))
    }

    for block in weight_blocks(config, schema):
        gradient = gradients[block.path]
        # Of a large table those of the rows that the batch holds.
        is_whole = gradient.shape == trainable_shape(trainable, block.path)
        own = gradient[block.region] if is_whole else gradient
        if network_of(block) != task.name:
            assert not own.any(), block.key
        elif is_whole:
            assert own.any(), block.key


def test_predictions_of_a_joint_probability_are_those_without_stopping():
    logits = np.random.default_rng(0).normal(size=(5, 2)).astype("float32") * 30
    tasks = [{"name": "click"}, {"name": "purchase", "after": "click"}]

    stopped = FunnelLogProbabilities(tasks, stops_ancestors=True)(logits)

    for name, values in FunnelLogProbabilities(tasks)(logits).items():
        np.testing.assert_array_equal(
            ops.convert_to_numpy(stopped[name]), ops.convert_to_numpy(values)
        )


def test_names_of_tasks_do_not_make_two_layers_one(schema):
    tasks = (Task(name="click"), Task(name="click_user"), Task(name="small"))
    renamed = type(schema)(schema.features, tasks, schema.vocabularies, {})

    model = build_model(Model(architecture=ARCHITECTURE, embedding_dim=6), renamed)

    names = [layer.name for layer in model.layers]
    assert len(set(names)) == len(names)


def test_a_network_has_at_least_the_dense_weights_of_one_task_s_path(schema, tmp_path):
    mmoe = MMoE(kind="mmoe", num_experts=3, expert_units=(9, 5), tower_units=(4,))
    (tmp_path / "run.yaml").write_text(RUN)
    run = load_config(tmp_path / "run.yaml")
    model = Model(architecture=mmoe, embedding_dim=6)
    twin = single_task_twin(run.model_copy(update={"model": model}))

    def path_sizes(config, of_task):
        blocks = weight_blocks(config, schema)
        dense = [block for block in blocks if block.key.part.kind != "embedding"]
        return [
            sum(block.size for block in dense if of_task(block, task.name))
            for task in TASKS
        ]

    def is_on_path(block, task):
        part = block.key.part
        return part.kind not in ("gate", "tower", "head") or part.name == task

    shared = path_sizes(model, is_on_path)
    alone = path_sizes(twin.model, lambda block, task: network_of(block) == task)
    built = build_model(twin.model, schema)
    tables = sum(
        layer.count_params()
        for layer in built.layers
        if isinstance(layer, FusedEmbedding)
    )
    assert sum(alone) == built.count_params() - tables
    for own, path in zip(alone, shared, strict=True):
        assert path <= own <= 1.1 * path


def trainable_shape(model, path):
    return next(tuple(w.shape) for w in model.weights if w.path == path)


def network_of(block):
    """The task that a block is of."""
    part, detail = block.key
    names = [task.name for task in TASKS]
    if part.kind in ("tower", "head"):
        return part.name
    if part.kind == "body":
        return part.name.removeprefix("of ").split(",")[0]
    (name,) = (name for name in names if detail.endswith(f" of {name}"))
    return name
