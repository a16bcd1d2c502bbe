"""Rules between tasks, and between them and the rest, each with the path it names."""

import pytest

from mtl_rec.config import RunConfig
from mtl_rec.config.checks import monitored_metrics, suggestion
from mtl_rec.config.tasks import Task


def test_there_must_be_a_task(problems_with):
    text = "tasks: must have at least one task. Received: none."

    assert problems_with(tasks=[]) == [text]


def test_tasks_must_have_different_names(problems_with):
    text = "tasks: must have different names. Received: 'click' 2 times."

    assert problems_with(tasks=[{"name": "click"}, {"name": "click"}]) == [text]


def test_a_task_must_follow_an_earlier_one(problems_with):
    text = (
        "tasks.buy.after: must name an earlier task. Received: 'clik'. "
        "Declared before it: ['cart', 'click']. Did you mean 'click'?"
    )
    tasks = [{"name": "click"}, {"name": "cart"}, {"name": "buy", "after": "clik"}]

    assert problems_with(tasks=tasks) == [text]


def test_a_value_has_no_positive(problems_with):
    tasks = [{"name": "price", "kind": "regression", "positive": "yes"}]
    text = "tasks.price: `positive` goes with events. Received: kind: regression."

    assert problems_with(tasks=tasks) == [text]


@pytest.mark.parametrize("after", ["click", "buy"])
def test_a_task_must_not_follow_itself_or_a_later_one(problems_with, after):
    text = (
        f"tasks.buy.after: must name an earlier task. Received: '{after}'. "
        "Declared before it: []."
    )

    assert problems_with(
        tasks=[{"name": "buy", "after": after}, {"name": "click"}]
    ) == [text]


def test_nothing_follows_a_value(problems_with):
    tasks = [{"name": "value", "kind": "regression"}, {"name": "buy", "after": "value"}]
    text = (
        "tasks.buy.after: must name an event; nothing follows a value. "
        "Received: 'value', which is a regression."
    )

    assert problems_with(tasks=tasks) == [text]


def test_a_task_must_not_be_called_like_a_conditional_output(problems_with):
    text = (
        "tasks.buy_given_click.name: must not contain `_given_`, which names "
        "conditional outputs. Received: 'buy_given_click'."
    )

    assert problems_with(tasks=[{"name": "buy_given_click"}]) == [text]


def test_only_a_task_with_a_parent_is_trained_where_it_happened(problems_with):
    text = (
        "tasks.click.train_on: must be `exposures` for a task without `after`. "
        "Received: parent."
    )

    assert problems_with(tasks=[{"name": "click", "train_on": "parent"}]) == [text]


def test_early_stopping_must_watch_a_metric_that_is_reported(problems_with):
    tasks = [{"name": "click"}, {"name": "rating", "kind": "regression"}]
    text = (
        "training.early_stopping.metric: must be one of ['val_loss', 'val_click_loss', "
        "'val_click_auc', 'val_rating_loss', 'val_rating_rmse']. "
        "Received: 'val_ratng_rmse'. Did you mean 'val_rating_rmse'?"
    )

    assert problems_with(tasks=tasks, metric="val_ratng_rmse") == [text]


def test_events_have_an_auc_and_values_an_error():
    tasks = [Task(name="click"), Task(name="rating", kind="regression")]

    assert monitored_metrics(tasks) == [
        *("val_loss", "val_click_loss", "val_click_auc"),
        *("val_rating_loss", "val_rating_rmse"),
    ]


def test_rules_hold_in_python_too(load):
    values = load().model_dump()

    with pytest.raises(ValueError, match="must have at least one feature"):
        RunConfig.model_validate({**values, "features": ()})


@pytest.mark.parametrize(
    ("received", "hint"),
    [("clik", " Did you mean 'click'?"), ("zzz", ""), ("", "")],
)
def test_only_near_names_are_suggested(received, hint):
    assert suggestion(received, ["click", "purchase"]) == hint
