"""What a config must leave to sampled negatives, and ask of a thinned table."""

import pytest

from mtl_rec.config.checks import find_problems
from mtl_rec.config.data import Table
from mtl_rec.config.features import Categorical
from mtl_rec.config.tasks import Task

USER = {"kind": "categorical", "name": "user_id", "side": "user"}
COLUMNS = ["is_sampled", "log_sampling_rate"]
FEATURES = (Categorical.model_validate(USER),)
CLICK, BUY = Task(name="click"), Task(name="buy", after="click")
SAVED = Task(name="saved")
RATING = Task(name="rating", kind="regression")


@pytest.mark.parametrize("column", COLUMNS)
def test_a_feature_must_not_read_how_rows_were_sampled(problems_with, column):
    text = (
        f"features.user_id: feature 'user_id' reads column '{column}', which says how "
        "rows were sampled. The model would see the answer. Remove the feature."
    )

    assert problems_with(features=[{**USER, "column": column}]) == [text]


@pytest.mark.parametrize("name", COLUMNS)
def test_nothing_else_may_have_the_name_of_such_a_column(problems_with, name):
    text = f"name: must not be one of {COLUMNS}, which say how rows were sampled. "
    text += f"Received: '{name}'."
    feature = {**USER, "name": name, "column": "another"}
    task = {"name": name, "label": "another"}

    assert problems_with(features=[feature]) == [f"features.{name}.{text}"]
    assert problems_with(tasks=[task]) == [f"tasks.{name}.{text}"]


@pytest.mark.parametrize(
    ("tasks", "roots"),
    [
        ((CLICK, BUY, SAVED), ["click", "saved"]),
        ((CLICK, RATING), ["click", "rating"]),
        ((RATING,), ["rating"]),
    ],
)
def test_a_thinned_table_needs_one_first_event(tasks, roots):
    text = (
        "needs exactly one task without `after`, and that an event: the exposures "
        f"without it are those that were thinned. Received: {roots}."
    )

    problems = find_problems(FEATURES, tasks, None, kept_negatives=0.25)

    assert problems == [("data.source.kept_negatives", text)]


@pytest.mark.parametrize(
    ("tasks", "kept"),
    [
        ((CLICK, BUY), 0.25),
        ((CLICK, SAVED), None),
        # A task that is wrong itself may have been the first.
        (("click", BUY), 0.25),
    ],
)
def test_other_funnels_are_fine(tasks, kept):
    assert not find_problems(FEATURES, tasks, None, kept_negatives=kept)


def test_without_tasks_that_alone_is_said():
    problems = find_problems(FEATURES, (), None, kept_negatives=0.25)

    assert problems == [("tasks", "must have at least one task. Received: none.")]


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1])
def test_a_kept_share_is_a_fraction(share):
    with pytest.raises(ValueError, match="kept_negatives"):
        Table(kind="table", path="x.csv", kept_negatives=share)
