"""What watches towers while they learn."""

import json
from itertools import pairwise

import numpy as np
import pytest

from mtl_rec.errors import TrainingError
from mtl_rec.retrieval.asked_users import AskedUsers
from mtl_rec.retrieval.queries import ItemLists, Queries
from mtl_rec.retrieval.tower_callbacks import FiniteTowers, ValidationRecall
from mtl_rec.retrieval.training import fit_retrieval

MODULE = "mtl_rec.retrieval.queries"
IS_COLD = np.array([True, False, True, True, False])
SCORES = np.array([[5, 4, 3, 2, 1], [1, 2, 3, 4, 5], [1, 5, 2, 3, 4]], np.float32)
"""Of three users, for each item."""
RELEVANT = ItemLists(np.array([0, 2, 4, 5]), np.array([1, 3, 0, 2, 4]))
SEEN = ItemLists(np.array([0, 0, 1, 1]), np.array([3]))


@pytest.fixture
def watch(monkeypatch):
    """Watches towers whose dot products are `SCORES`, on lists of two items."""
    vectors = SCORES, np.eye(5, dtype=np.float32)
    monkeypatch.setattr(AskedUsers, "vectors", lambda *_: vectors)
    queries = Queries(np.arange(3), np.arange(3), RELEVANT, SEEN)

    def make(cold_items=None, fewest=2):
        monkeypatch.setattr(f"{MODULE}.FEWEST_USERS", fewest)
        towers = type("Towers", (), {"take": lambda *_: None})()
        asked = AskedUsers(queries, {}, {}, 2, exclude_seen=True)
        measured = ValidationRecall(towers, asked, cold_items)
        logs = {}
        measured.on_epoch_end(0, logs)
        return measured.metric, logs

    return make


def test_the_recall_of_all_items_is_told(watch):
    # The lists are 0 and 1, 4 and 2 without the 3 that was seen, 1 and 4.
    metric, logs = watch()

    assert metric == "val_recall_2"
    assert logs == {metric: pytest.approx(np.mean([1 / 2, 1 / 2, 1]))}


def test_cold_items_are_listed_alone_for_those_who_should_find_some(watch):
    # The lists are 0 and 2, 2 and 0, 3 and 2; the third user should find none.
    metric, logs = watch(IS_COLD)

    assert metric == "val_cold_only_recall_2"
    assert logs[metric] == pytest.approx(np.mean([0, 1]))
    assert logs["val_recall_2"] == pytest.approx(np.mean([1 / 2, 1 / 2, 1]))


def test_where_few_should_find_cold_items_all_items_count(watch):
    metric, logs = watch(IS_COLD, fewest=3)

    assert metric == "val_recall_2"
    assert list(logs) == [metric]


@pytest.mark.parametrize("kind", ["content", "two_tower"])
def test_towers_for_cold_items_stop_where_these_are_found_best(
    kind, prepare, tmp_path, monkeypatch
):
    monkeypatch.setattr(f"{MODULE}.FEWEST_USERS", 1)
    settings = ["retrieval.training.epochs=4", "retrieval.training.patience=0"]
    settings += ["retrieval.architecture.popularity_discount=0"] * (kind == "content")
    prepared = prepare(kind, *settings, "retrieval.training.refit=false")

    fit_retrieval(prepared, tmp_path)

    history = json.loads((tmp_path / "history.json").read_text())
    name = "val_cold_only_recall_10" if kind == "content" else "val_recall_10"
    found = [epoch[name] for epoch in history]
    assert all(later > own for own, later in pairwise(found[:-1]))
    assert len(found) == 4 or found[-1] <= found[-2]
    assert ("val_cold_only_recall_10" in history[0]) == (kind == "content")


def test_a_loss_that_is_no_number_ends_the_training():
    watch = FiniteTowers()

    watch.on_train_batch_end(0, {"loss": 1.5})
    with pytest.raises(TrainingError, match=r"batch 7 is nan.*learning_rate"):
        watch.on_train_batch_end(7, {"loss": float("nan")})
