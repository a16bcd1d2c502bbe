"""Tasks, features and layers come and go without the others."""

import pytest
from warm_starts import (
    BOTTOM,
    MMOE,
    SINGLE_TASK,
    assert_rest_is_fresh,
    assert_same_predictions,
    part,
)

from mtl_rec.config.tasks import Task


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
