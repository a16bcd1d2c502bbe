"""Training of towers, from what was read to vectors."""

import json
from dataclasses import replace

import keras
import numpy as np
import pytest
from told_stages import telling

from mtl_rec.retrieval.encoding import encode_side
from mtl_rec.retrieval.id_factors import ids_alone
from mtl_rec.retrieval.id_fields import ids_of_values
from mtl_rec.retrieval.towers import build_joint, build_towers
from mtl_rec.retrieval.training import FACTORS, fit_retrieval, judge_retrieval
from mtl_rec.retrieval.two_towers import TwoTowers

# The pull would move every weight, whether it learns or not.
WITHOUT_PULL = ("retrieval.training.epochs=4", "retrieval.training.l2=0")
ONCE = "retrieval.training.refit=false"
SHORT = (ONCE, "retrieval.training.epochs=1")


@pytest.fixture(scope="module")
def told():
    """What was told of while `fitted` was trained."""
    return []


@pytest.fixture(scope="module")
def fitted(prepare, told, tmp_path_factory):
    """Towers after four epochs, and the folder."""
    folder = tmp_path_factory.mktemp("fitted")
    prepared = prepare("two_tower", *WITHOUT_PULL, ONCE)
    return prepared, fit_retrieval(prepared, folder, stage=telling(told)), folder


def weights_of(towers):
    return [
        keras.ops.convert_to_numpy(weight)
        for tower in (towers.query, towers.candidate)
        for weight in tower.weights
    ]


def test_training_lowers_the_loss_and_tells_of_every_epoch(fitted):
    _, _, folder = fitted

    for place in (folder, folder / FACTORS):
        history = json.loads((place / "history.json").read_text())

        losses = [epoch["loss"] for epoch in history]
        assert len(losses) == 4
        assert losses[-1] < losses[0]
        assert all(0 <= epoch["val_recall_10"] <= 1 for epoch in history)


def test_what_is_trained_is_told(fitted, told):
    _, _, folder = fitted
    share = json.loads((folder / FACTORS / "share.json").read_text())["chosen"]

    assert told == [
        "encode users and items",
        "train two_tower",
        "train the ids beside it",
        "try how much of both counts",
        f"{share:g} of the sum of both counts for known users",
    ]


def test_the_share_that_was_chosen_is_that_of_the_model(fitted):
    prepared, own, folder = fitted
    about = json.loads((folder / FACTORS / "share.json").read_text())
    tried = about["validation"][str(about["chosen"])]
    data, preprocessor = prepared.interactions, prepared.preprocessor
    users = encode_side(preprocessor, data.query_rows["validation"], "user")
    asked = data.queries["validation"]

    scores = own.model.score(users).numpy()

    judgement = judge_retrieval(prepared, own.model, "validation")
    recall = judgement.estimates["recall@10"].value
    assert tried["recall"] == pytest.approx(recall, abs=1e-6)
    found = []
    ids = ids_of_values(preprocessor.schema, "user_id", users)[:, 0]
    for row in np.flatnonzero(ids > 1):
        wanted, seen = (
            lists.items[slice(*lists.offsets[row : row + 2])]
            for lists in (asked.relevant, asked.seen)
        )
        total = np.log(np.exp(np.delete(scores[row], seen)).sum())
        found.append(np.mean(scores[row, wanted] - total))
    # All are known.
    assert len(found) == len(ids)
    assert np.mean(found) == pytest.approx(tried["log_likelihood"], abs=1e-5)


@pytest.mark.parametrize("part", ["tower", "of_ids"])
def test_training_reaches_every_table_and_layer(part, fitted, design_of):
    prepared, own, _ = fitted
    keras.utils.set_random_seed(prepared.config.seed)
    design = design_of(prepared)
    design = design if part == "tower" else ids_alone(design)
    initial = build_towers(design)
    initial.take(build_joint(design))
    trained = TwoTowers(
        own.towers.query.get_layer(f"query_{part}"),
        own.towers.candidate.get_layer(f"candidate_{part}"),
    )

    for before, after in zip(tables_of(initial), tables_of(trained), strict=True):
        assert before
        for name, rows in before.items():
            assert (rows != after[name]).any(), name


def test_trained_towers_find_more_than_chance(fitted):
    prepared, own, _ = fitted

    recall = judge_retrieval(prepared, own.model).estimates["recall@10"]

    # Every third item is of the brand that a user likes.
    assert recall.value > 0.4


def test_the_judgement_is_of_the_scores_that_the_model_gives(fitted):
    prepared, own, _ = fitted
    validation = judge_retrieval(prepared, own.model, "validation")

    assert validation.num_queries == len(prepared.interactions.queries["validation"])
    assert own.item_vectors.shape[0] == len(prepared.interactions.catalogue)
    assert np.isfinite(own.item_vectors).all()


def tables_of(towers):
    """Of each tower, its weights by name, tables by vocabulary."""
    found = []
    for tower in (towers.query, towers.candidate):
        own = {}
        for layer in tower.layers:
            for weight in layer.trainable_weights:
                own[weight.path] = keras.ops.convert_to_numpy(weight)
            for name, (first, count) in (getattr(layer, "row_blocks", 0) or {}).items():
                own[name] = keras.ops.convert_to_numpy(layer.table)[first:][:count]
        found.append(own)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["two_tower", "matrix_factorization"])
def test_the_seed_decides_the_weights(kind, prepare, tmp_path):
    first, second, other = (
        weights_of(fit_retrieval(prepare(kind, seed, *SHORT), tmp_path).towers)
        for seed in ("seed=1", "seed=1", "seed=2")
    )

    for one, two in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, two)
    assert any((one != two).any() for one, two in zip(first, other, strict=True))


@pytest.mark.slow
def test_a_refit_is_a_training_from_the_beginning_on_all_events(prepare, tmp_path):
    settings = "matrix_factorization", "retrieval.training.epochs=1"
    told = []
    refitted = fit_retrieval(prepare(*settings), tmp_path, stage=telling(told))
    alone = prepare(*settings, ONCE)
    data = alone.interactions
    train, known = data.train.joined(data.validation), data.known_items
    known = {"train": known["train"] | known["validation"]}
    whole = replace(data, train=train, known_items=known)

    fitted = fit_retrieval(replace(alone, interactions=whole), tmp_path)

    pairs = zip(weights_of(refitted.towers), weights_of(fitted.towers), strict=True)
    for one, other in pairs:
        np.testing.assert_array_equal(one, other)
    assert told[-1] == "train matrix_factorization anew, with the validation rows"
