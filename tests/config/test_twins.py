"""A twin differs from its run in what tasks share, and in nothing else."""

from itertools import pairwise

import pytest

from mtl_rec.config import load_config
from mtl_rec.config.twins import single_task_twin

TEXT = """
name: shop
data:
  source: {kind: table, path: exposures.parquet}
  split: {kind: column, column: part}
features: [{kind: numeric, name: price, side: item}]
tasks: [{name: click}, {name: purchase, after: click}]
model: {embedding_dim: 6, architecture: ARCHITECTURE}
training: {epochs: 3, warm_start: runs/shop/earlier}
"""
EXPERTS = "num_experts: 3, expert_units: UNITS"
MMOE = f"{{kind: mmoe, {EXPERTS}, tower_units: [8], dropout: 0.1}}"


@pytest.fixture
def config(tmp_path):
    def load(architecture):
        path = tmp_path / "run.yaml"
        path.write_text(TEXT.replace("ARCHITECTURE", architecture))
        return load_config(path)

    return load


def layers(*widths):
    """Weights of dense layers with biases, one after the other."""
    return sum((a + 1) * b for a, b in pairwise(widths))


@pytest.mark.parametrize("units", [(16,), (64,), (16, 8), (9, 33, 5), (4, 4, 4, 4)])
@pytest.mark.parametrize("fields", [1, 40, 700])
def test_a_network_has_the_weights_of_one_task_s_path_through_experts(
    config, units, fields
):
    twin = single_task_twin(config(MMOE.replace("UNITS", str(list(units)))))

    experts = 3 * layers(fields, *units) + layers(fields, 3)
    on_path = experts + layers(units[-1], 8)
    body = twin.model.architecture.bottom_units
    assert on_path <= layers(fields, *body, 8)
    # All that may be more is what one tower sees of the last layer, and rounding up.
    more = layers(body[-1], 8) - layers(units[-1], 8)
    rounding = sum(wide + 1 for wide in body)
    assert layers(fields, *body, 8) <= on_path + more + rounding
    assert twin.model.architecture.tower_units == (8,)
    assert twin.model.architecture.dropout == 0.1


def test_a_network_is_the_shared_bottom_with_one_tower(config):
    twin = single_task_twin(config("{kind: shared_bottom, bottom_units: [9, 5]}"))

    assert twin.model.architecture.bottom_units == (9, 5)
    assert twin.model.architecture.tower_units == (32,)


def test_all_else_is_the_same(config):
    run = config(MMOE.replace("UNITS", "[4]"))

    twin = single_task_twin(run)

    assert twin.name == "shop-single-task"
    assert twin.training.warm_start is None
    undone = {
        "name": run.name,
        "model": run.model,
        "training": run.training,
    }
    assert twin.model.embedding_dim == run.model.embedding_dim
    assert twin.model_copy(update=undone) == run
    assert twin == type(run).model_validate(twin.model_dump())


def test_a_twin_is_its_own(config):
    twin = single_task_twin(config("{kind: shared_bottom}"))

    assert single_task_twin(twin) == twin


def test_a_long_name_stays_one(config):
    run = config("{kind: shared_bottom}")

    long = single_task_twin(run.model_copy(update={"name": "n" * 100}))

    assert len(long.name) == 100
    type(long).model_validate(long.model_dump())
