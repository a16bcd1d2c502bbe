"""What follows from how the tasks follow one another."""

import pytest

from mtl_rec.config.tasks import Task
from mtl_rec.schema import Funnel, FunnelOutput

CHAIN = (
    Task(name="click"),
    Task(name="add_to_cart", after="click"),
    Task(name="purchase", after="add_to_cart"),
)


@pytest.fixture
def funnel(tasks) -> Funnel:
    """click > (add_to_cart > purchase > order_value, favourite)."""
    return Funnel(tasks)


def names(funnel: Funnel) -> list[str]:
    return [output.name for output in funnel.outputs()]


def test_every_task_is_an_output_given_the_exposure_and_given_each_ancestor():
    assert names(Funnel(CHAIN)) == [
        *("click", "add_to_cart", "purchase"),
        "add_to_cart_given_click",
        *("purchase_given_click", "purchase_given_add_to_cart"),
    ]


def test_siblings_do_not_condition_each_other(funnel):
    conditional = [output for output in funnel.outputs() if output.given]

    assert FunnelOutput("favourite", "click") in conditional
    assert not [
        o for o in conditional if {o.task, o.given} >= {"favourite", "purchase"}
    ]


def test_tasks_without_parents_have_no_conditional_outputs():
    assert names(Funnel((Task(name="a"), Task(name="b")))) == ["a", "b"]


def test_the_path_leads_from_the_root_to_the_task(funnel):
    assert funnel.path("click") == ("click",)
    assert funnel.path("favourite") == ("click", "favourite")
    assert funnel.path("order_value") == (
        *("click", "add_to_cart", "purchase", "order_value"),
    )


def test_tasks_keep_the_order_they_are_declared_in(funnel, tasks):
    assert tuple(funnel) == tasks
    assert funnel.names == tuple(task.name for task in tasks)
    assert len(funnel) == 5


def test_a_task_is_found_by_its_name(funnel):
    assert funnel.task("purchase").after == "add_to_cart"


@pytest.mark.parametrize(
    ("task", "is_conditional"),
    [
        (Task(name="click"), False),
        (Task(name="buy", after="click"), False),
        (Task(name="buy", after="click", train_on="parent"), True),
        (Task(name="rating", kind="regression"), False),
        (Task(name="value", kind="regression", after="buy"), True),
        (
            Task(name="value", kind="regression", after="buy", train_on="exposures"),
            False,
        ),
    ],
)
def test_values_are_conditional_where_they_have_a_parent(task, is_conditional):
    assert task.is_conditional is is_conditional
