"""Content towers are trained with the discount that finds more new items."""

import json

import pytest
from told_stages import telling

from mtl_rec.config.retrieval import Content
from mtl_rec.errors import TrainingError
from mtl_rec.retrieval.content_fitting import DISCOUNT, OTHER, fit_content
from mtl_rec.retrieval.training import fit_retrieval

QUERIES = "mtl_rec.retrieval.queries"


class Fitting:
    """Finds what it is told to, and leaves its discount."""

    leaves = ("history.json", "logs")

    def __init__(self, discount, recall, is_for_cold_items):
        self.discount, self.best_recall = discount, recall
        self.is_for_cold_items = is_for_cold_items

    def fit(self, folder, callbacks):
        assert callbacks == ["callback"]
        (folder / "logs").mkdir(parents=True)
        for name in ("history.json", "logs/events"):
            (folder / name).write_text(str(self.discount))


@pytest.fixture
def fit(tmp_path):
    """What is fitted where towers find so much, by discount; and what was told."""

    def make(recalls, stated=None, is_for_cold_items=True):
        told = []
        own = fit_content(
            lambda discount: Fitting(discount, recalls[discount], is_for_cold_items),
            Content(kind="content", popularity_discount=stated),
            tmp_path,
            ["callback"],
            telling(told),
        )
        return own.discount, told

    return make


def left(folder):
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("stated", [0.0, 0.25])
def test_a_discount_that_is_stated_is_the_only_one(fit, tmp_path, stated):
    discount, told = fit({stated: 0.1}, stated)

    assert (discount, told) == (stated, ["train content"])
    assert left(tmp_path) == {"history.json": str(stated), "logs/events": str(stated)}


def test_without_new_items_that_tell_nothing_is_discounted(fit, tmp_path):
    discount, told = fit({0.0: 0.1}, is_for_cold_items=False)

    assert (discount, told) == (0.0, ["train content"])
    assert set(left(tmp_path)) == {"history.json", "logs/events"}


@pytest.mark.parametrize(
    ("recall", "chosen"), [(0.25, DISCOUNT), (0.0625, 0.0), (0.125, 0.0)]
)
def test_what_finds_more_new_items_is_kept(fit, tmp_path, recall, chosen):
    other = DISCOUNT - chosen

    discount, told = fit({0.0: 0.125, DISCOUNT: recall})

    assert discount == chosen
    assert told[-1] == f"popularity discount {chosen:g} finds more new items"
    files = left(tmp_path)
    assert json.loads(files.pop("discount.json")) == {
        "chosen": chosen,
        "validation": {"0.0": 0.125, "0.5": recall},
    }
    assert files == {
        "history.json": str(chosen),
        "logs/events": str(chosen),
        f"{OTHER}/history.json": str(other),
        f"{OTHER}/logs/events": str(other),
    }


def test_the_history_of_a_run_is_that_of_the_discount_it_has(
    prepare, tmp_path, monkeypatch
):
    monkeypatch.setattr(f"{QUERIES}.FEWEST_USERS", 1)
    told = []

    fit_retrieval(prepare("content"), tmp_path, stage=telling(told))

    about = json.loads((tmp_path / "discount.json").read_text())
    for place in (tmp_path, tmp_path / OTHER):
        history = json.loads((place / "history.json").read_text())
        best = max(epoch["val_cold_only_recall_10"] for epoch in history)
        discount = about["chosen"] if place == tmp_path else DISCOUNT - about["chosen"]
        assert best == pytest.approx(about["validation"][str(discount)])
        assert list((place / "logs").rglob("events*"))
    assert told[-1] == "train content anew, with the validation rows"


def test_the_discount_reaches_the_batches(prepare, tmp_path, monkeypatch):
    told = []

    def batches(*args):
        told.append(args[-1])
        raise TrainingError("enough")

    monkeypatch.setattr("mtl_rec.retrieval.tower_fitting.EventBatches", batches)
    own = "retrieval.architecture.popularity_discount=0.25"
    for asked in (("content",), ("content", own), ("two_tower",)):
        with pytest.raises(TrainingError, match="enough"):
            fit_retrieval(prepare(*asked), tmp_path)

    assert told == [0.0, 0.25, 0.0]
