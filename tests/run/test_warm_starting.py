"""What a model that starts from another run predicts before it is trained."""

import os
import random
import subprocess
import sys
from types import SimpleNamespace

import keras
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from keras import ops

from mtl_rec.config.data import Data
from mtl_rec.config.features import Vector
from mtl_rec.config.model import MMoE, Model, SharedBottom, SingleTask
from mtl_rec.config.run import RunConfig
from mtl_rec.config.tasks import Task
from mtl_rec.config.training import Training
from mtl_rec.errors import ArtifactError, ConfigError
from mtl_rec.models import build_model, probability_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.run.folder import RunFolder
from mtl_rec.run.warm_starting import warm_start
from mtl_rec.schema.given_vectors import GivenVectors, write_vectors
from mtl_rec.training.warm_start import WarmStartReport

MMOE = MMoE(kind="mmoe", num_experts=2, expert_units=(8, 6), tower_units=(5,))
BOTTOM = SharedBottom(kind="shared_bottom", bottom_units=(8, 6), tower_units=(5,))
NO_BOTTOM = SharedBottom(kind="shared_bottom", bottom_units=(), tower_units=(5,))
SINGLE_TASK = SingleTask(kind="single_task", bottom_units=(8, 6), tower_units=(5,))
SOURCE = {"source": {"kind": "table", "path": "none.parquet"}}
SPLIT = {"split": {"kind": "column", "column": "part"}}

ON_JAX = """
import sys
sys.modules["tensorflow"] = None
from pathlib import Path
import keras
import numpy as np
from mtl_rec.models import build_model
from mtl_rec.run.folder import RunFolder
from mtl_rec.run.warm_starting import warm_start
from mtl_rec.schema.preprocessor_files import read_preprocessor_files

folder = RunFolder(Path(sys.argv[1]))
schema, _ = read_preprocessor_files(folder.preprocessor)
model = build_model(folder.config().model, schema)
report = warm_start(model, folder, folder.config())
np.savez(sys.argv[2], *[np.array(weight) for weight in model.weights])
print(keras.backend.backend(), report.new)
"""


@pytest.fixture(autouse=True)
def small_vocabulary(monkeypatch):
    """So that vocabularies of the shop are in tables of both kinds."""
    monkeypatch.setattr("mtl_rec.models.inputs.SMALL_VOCABULARY", 20)


@pytest.fixture
def features(features):
    """The shop's; every user is known."""
    return (features[0].model_copy(update={"min_count": 1}), *features[1:])


@pytest.fixture
def make_run(tmp_path, features, tasks):
    """A run with any weights, as if it had been trained; or one that is to start."""

    def make(rows, name, features=features, tasks=tasks, start=None, model=MMOE):
        config = RunConfig(
            name=name,
            data=Data.model_validate(SOURCE | SPLIT),
            features=features,
            tasks=tasks,
            model=Model(architecture=model, embedding_dim=6),
            training=Training(warm_start=start and str(start.path)),
        )
        preprocessor = Preprocessor.fit(features, tasks, rows)
        folder = RunFolder.create(tmp_path, config)
        preprocessor.save(folder.preprocessor)
        keras.utils.set_random_seed(0)
        model = build_model(config.model, preprocessor.schema)
        if start is None:
            generator = np.random.default_rng(1)
            for weight in model.weights:
                weight.assign(generator.normal(0.1, 0.3, weight.shape))
            model.save(folder.model_path)
        fresh = {w.path: np.array(w) for w in model.weights}
        report = warm_start(model, folder, config)
        return SimpleNamespace(
            path=folder.path,
            config=config,
            folder=folder,
            preprocessor=preprocessor,
            model=model,
            fresh=fresh,
            report=report,
        )

    return make


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


@pytest.mark.parametrize(
    "model", [MMOE, BOTTOM, NO_BOTTOM, SINGLE_TASK], ids=["m", "b", "n", "s"]
)
def test_of_the_same_data_and_config_everything_is_taken(make_run, shop, model):
    source = make_run(shop, "source", model=model)

    run = make_run(shop, "run", start=source, model=model)

    theirs = predictions(source, shop)
    for name, ours in predictions(run, shop).items():
        np.testing.assert_array_equal(ours, theirs[name])
    assert (run.report.new, run.report.left_behind) == (0, 0)
    assert {p.why for p in run.report.parts} == {""}
    saved = RunFolder.read_json(run.folder.warm_start_path)
    assert WarmStartReport.from_json(saved) == run.report


@pytest.mark.parametrize("model", [MMOE, NO_BOTTOM], ids=["mmoe", "no bottom"])
def test_the_order_of_a_vocabulary_does_not_matter(make_run, shop, model):
    skewed = shop.assign(
        item_id=shop.item_id.where(shop.item_id > "i3", "i9"),
        user_id=shop.user_id.where(shop.user_id > 50, 7),
        title=shop.title.iloc[0],
    )
    source = make_run(shop, "source", model=model)

    run = make_run(pd.concat([shop, skewed]), "run", start=source, model=model)

    assert_same_predictions(run, source, shop)
    assert run.report.new == run.report.left_behind == 0
    orders = [
        (own.folder.preprocessor / "vocabulary.txt").read_text().split("\n")
        for own in (run, source)
    ]
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1])


def test_new_values_keep_their_random_start_and_known_ones_their_meaning(
    make_run, shop
):
    new = shop.assign(tags=[[f"tag {i % 30}"] for i in range(len(shop))])
    new["item_id"] = [f"new {i % 40}" for i in range(len(shop))]
    source = make_run(shop, "source")

    # The tags outgrow the table of small vocabularies.
    run = make_run(pd.concat([shop, new]), "run", start=source)

    assert_same_predictions(run, source, shop)
    assert_rest_is_fresh(run)
    assert part(run, "embedding", "tags").why == "30 of 33 values are new"
    assert part(run, "embedding", "tags").new == 30 * 6
    # And a linear weight for each of five tasks.
    assert part(run, "embedding", "item_id").new == 40 * (6 + 5)
    assert run.report.left_behind == 0


def test_values_that_have_gone_are_left_behind(make_run, shop):
    source = make_run(shop, "source")
    fewer = shop.assign(item_id="i1", history=[["i1"]] * len(shop))

    run = make_run(fewer, "run", start=source)

    assert_same_predictions(run, source, fewer)
    gone = part(run, "embedding", "item_id")
    assert gone.why.endswith("values have gone")
    assert gone.new == 0
    assert gone.left_behind == run.report.left_behind > 0


@pytest.mark.parametrize("model", [MMOE, BOTTOM], ids=["mmoe", "bottom"])
def test_an_added_task_leaves_what_the_others_predict(make_run, shop, tasks, model):
    # First of all, and two of the others change places.
    added = (
        Task(name="save", label="click"),
        *(tasks[position] for position in (0, 2, 1, 3, 4)),
    )
    source = make_run(shop, "source", model=model)

    run = make_run(shop, "run", tasks=added, start=source, model=model)

    assert_same_predictions(run, source, shop)
    assert_rest_is_fresh(run)
    new = {p.kind for p in run.report.parts if p.name == "save"}
    assert new == {"tower", "head"} | ({"gate"} if model is MMOE else set())
    for one in run.report.parts:
        if one.kind == "embedding" and one.new:
            assert one.why == "linear weight of save is new"
        else:
            assert bool(one.new) == (one.why == "new") == (one.name == "save")


def test_a_network_of_its_own_comes_with_its_task(make_run, shop, tasks):
    source = make_run(shop, "source", tasks=tasks[:2], model=SINGLE_TASK)

    run = make_run(shop, "run", tasks=tasks, start=source, model=SINGLE_TASK)

    assert_same_predictions(run, source, shop)
    assert_rest_is_fresh(run)
    assert run.report.left_behind == 0
    items = part(run, "embedding", "item_id")
    assert items.new == items.taken * 3 / 2
    assert "rows of purchase is new" in items.why


def test_a_removed_task_is_left_behind_alone(make_run, shop, tasks):
    source = make_run(shop, "source")

    run = make_run(shop, "run", tasks=tasks[:2], start=source)

    assert_same_predictions(run, source, shop)
    assert run.report.new == 0
    gone = {p.name for p in run.report.parts if p.why == "gone"}
    assert gone == {"favourite", "purchase", "order_value"}
    left = [p for p in run.report.parts if p.left_behind and p.name not in gone]
    assert {p.kind for p in left} == {"embedding"}
    assert left[0].why == "; ".join(
        f"linear weight of {task} has gone"
        for task in ("favourite", "purchase", "order_value")
    )


def test_features_come_and_go_without_the_others(make_run, shop, features):
    source = make_run(shop, "source", features=features[:5])

    run = make_run(shop, "run", features=features[3:], start=source)

    assert_rest_is_fresh(run)
    why = {p.name: p.why for p in run.report.parts if p.kind == "first layer"}
    same = ("item_id", "brand", "(bias)")
    assert {name for name, own in why.items() if own == ""} == set(same)
    assert {name for name, own in why.items() if own == "gone"} == {
        "user_id",
        "history",
        "age",
        # Products go with the user's fields.
        *(f"{user} x {item}" for user in ("user_id", "history") for item in same[:2]),
    }
    assert part(run, "embedding", "item_id").new == 0
    assert part(run, "first layer", "price_is_missing").why == "new"
    assert "kernel of 'title' is new" in part(run, "gate", "click").why


def test_given_vectors_stay_and_their_projection_is_taken(
    make_run, shop, features, tmp_path
):
    path = tmp_path / "vectors.parquet"
    vector = Vector(
        kind="vector", name="text", side="item", column="item_id", path=str(path)
    )
    runs = []
    for seed, first in enumerate(["source", "run"]):
        values = np.random.default_rng(seed).normal(size=(40, 7)).astype("float32")
        ids = pa.array([f"i{number + 5 * seed}" for number in range(40)])
        write_vectors(path, GivenVectors(ids, values), "item", {})
        start = runs[0] if runs else None
        own = (*features, vector)
        runs.append(make_run(shop, first, features=own, start=start))
    run = runs[-1]

    projections = [r.model.get_layer("text_projection").get_weights()[0] for r in runs]
    np.testing.assert_array_equal(*projections)
    (table,) = run.model.get_layer("text_vectors").get_weights()
    np.testing.assert_array_equal(table[2:], values)
    assert part(run, "projection", "text").new == 0
    assert not [p for p in run.report.parts if p.kind == "given vectors"]


def test_another_width_is_reported_and_all_else_taken(make_run, shop, features):
    wide = [
        f.model_copy(update={"embedding_dim": 9}) if f.name == "tags" else f
        for f in features
    ]
    source = make_run(shop, "source")

    run = make_run(shop, "run", features=wide, start=source)

    assert_rest_is_fresh(run)
    changed = "values of 'tags' of width 6 became values of 'tags' of width 9"
    # Fields of different widths have no product.
    gone = [f"kernel of '{user} x tags' has gone" for user in ("user_id", "history")]
    gates = "; ".join([changed, *gone])
    assert {(p.kind, p.name): p.why for p in run.report.parts if p.new} == {
        ("embedding", "tags"): changed,
        ("first layer", "tags"): changed,
        **{("gate", task.name): gates for task in run.config.tasks},
    }


def test_other_experts_start_anew_and_embeddings_do_not(make_run, shop):
    source = make_run(shop, "source")
    other = MMOE.model_copy(update={"num_experts": 3})

    run = make_run(shop, "run", start=source, model=other)

    assert_rest_is_fresh(run)
    assert part(run, "embedding", "item_id").new == 0
    assert part(run, "first layer", "age").why == (
        "2 experts of 8 units became 3 experts of 8 units"
    )
    # A tower sees the experts' last layer; a head sees the tower.
    num_biases = 5
    assert part(run, "tower", "click").taken == num_biases
    assert part(run, "head", "click").new == 0


def test_numbers_on_another_scale_give_what_they_gave(make_run, shop):
    shop = shop.assign(price=np.linspace(0.0, 90.0, len(shop)))
    bought = shop.purchase == 1
    source = make_run(shop, "source")
    moved = shop.assign(
        age=shop.age * 3 + 500,
        price=shop.price * 2 + 10,
        order_value=(shop.order_value * 0.2 + 90).where(bought),
    )
    for model in (MMOE, BOTTOM, NO_BOTTOM, SINGLE_TASK):
        source = make_run(shop, "source", model=model)

        run = make_run(moved, "run", start=source, model=model)

        assert_same_predictions(run, source, shop, rtol=1e-3)
        assert_rest_is_fresh(run)
        assert part(run, "head", "order_value").why == "scaled anew"
        reasons = [p.why for p in run.report.parts]
        assert any("'price' is standardised anew" in why for why in reasons)


def test_unknown_values_keep_their_meaning_when_they_get_more_ids(
    make_run, shop, features
):
    more = {
        "item_id": {"oov_buckets": 6},
        "tags": {"oov_buckets": 5},
        "brand": {"num_buckets": 100},
    }
    wide = [f.model_copy(update=more.get(f.name, {})) for f in features]
    source = make_run(shop, "source")

    run = make_run(shop, "run", features=wide, start=source)

    unknown = shop.assign(
        item_id=[f"unknown {i}" for i in range(len(shop))],
        tags=[[f"unknown {i}"] for i in range(len(shop))],
    )
    assert_same_predictions(run, source, unknown)
    assert run.report.new == 0
    assert part(run, "embedding", "item_id").why == "3 ids of unknown values became 6"


def test_later_random_numbers_are_those_of_a_cold_start(make_run, shop, monkeypatch):
    source = make_run(shop, "source")
    make_run(shop, "cold")
    cold = random.random(), np.random.random()

    make_run(shop, "run", start=source)

    assert (random.random(), np.random.random()) == cold


def test_on_jax_the_same_is_taken_without_tensorflow(
    make_run, shop, tmp_path, monkeypatch
):
    # The other process has the usual one.
    monkeypatch.setattr("mtl_rec.models.inputs.SMALL_VOCABULARY", 512)
    source = make_run(shop, "source")
    run = make_run(shop, "run", start=source)
    command = [sys.executable, "-c", ON_JAX, str(run.path), str(tmp_path / "w.npz")]

    done = subprocess.run(
        command,
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
    )

    assert done.stdout.split() == ["jax", "0"], done.stderr[-2000:]
    with np.load(tmp_path / "w.npz") as taken:
        for theirs, weight in zip(taken.values(), run.model.weights, strict=True):
            np.testing.assert_array_equal(theirs, np.array(weight))


def test_a_model_file_stands_for_its_run(make_run, shop):
    source = make_run(shop, "source")

    run = make_run(shop, "run", start=SimpleNamespace(path=source.folder.model_path))

    assert run.report.source == str(source.path)
    assert run.report.new == 0


def test_what_is_no_finished_run_is_refused(make_run, shop, tmp_path):
    source = make_run(shop, "source")
    with pytest.raises(ArtifactError, match=r"warm_start.*finished run"):
        make_run(shop, "run", start=SimpleNamespace(path=tmp_path / "nowhere"))
    source.folder.model_path.unlink()
    with pytest.raises(ArtifactError, match="must name a run that has finished"):
        make_run(shop, "run", start=source)


def test_a_model_of_another_config_is_refused(make_run, shop):
    source = make_run(shop, "source")
    other = make_run(shop, "other", model=BOTTOM)
    source.model.save(other.folder.model_path)

    with pytest.raises(ArtifactError, match="not what its config describes"):
        make_run(shop, "run", start=other, model=BOTTOM)


def test_runs_with_nothing_in_common_are_refused(make_run, shop, features):
    source = make_run(shop, "s", features=features[:1], tasks=(Task(name="purchase"),))

    with pytest.raises(ConfigError, match="features or tasks in common"):
        make_run(
            shop,
            "run",
            features=features[5:6],
            tasks=(Task(name="click"),),
            start=source,
            model=BOTTOM,
        )
