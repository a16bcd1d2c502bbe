"""Every problem is listed at once, and none that only follows from another."""


def test_problems_of_all_sections_are_listed_together(problems_of, change):
    text = change(
        ("tiny", "a b"),
        ("column: timestamp", "colum: timestamp"),
        ("kind: categorical", "kind: categorcal"),
        ("after: click", "after: clik"),
        ("{kind: mmoe}", "{kind: mmoe, num_experts: 1}"),
    )

    problems = problems_of(
        f"{text}training: {{epochs: 0, early_stopping: {{metric: val_clik_auc}}}}\n"
    )

    assert [line.partition(": ")[0] for line in problems] == [
        "name",
        "data.split.column",
        "data.split.colum",
        "features.user_id.kind",
        "model.architecture.num_experts",
        "training.epochs",
        "tasks.purchase.after",
        "training.early_stopping.metric",
    ]


def test_rules_between_features_are_checked_beside_a_broken_feature(
    problems_of, change
):
    text = change(
        ("price, side: item}", "price, side: itm}"),
        ("user_id, side: user}", "user_id, side: user, shares: pric}"),
    )

    assert problems_of(text) == [
        "features.price.side: must be 'user', 'item' or 'context'. Received: 'itm'. "
        "Did you mean 'item'?",
        "features.user_id.shares: must name a feature. Received: 'pric'. "
        "Did you mean 'price'?",
    ]


def test_a_broken_feature_may_be_the_one_that_is_shared(problems_of, change):
    text = change(
        ("price, side: item}", "price, side: itm}"),
        ("user_id, side: user}", "user_id, side: user, shares: price}"),
    )

    (problem,) = problems_of(text)

    assert problem.startswith("features.price.side: ")


def test_a_feature_without_a_name_may_be_the_one_that_is_shared(problems_of, change):
    text = change(
        ("{kind: numeric, name: price, side: item}", "item_id"),
        ("user_id, side: user}", "user_id, side: user, shares: item_id}"),
    )

    assert problems_of(text) == [
        "features.1: must hold settings by name. Received: 'item_id'."
    ]


def test_a_broken_task_may_be_the_one_that_is_followed(problems_of, change):
    assert problems_of(change(("name: click", "name: click, lable: x"))) == [
        "tasks.click.lable: is not a setting here. Did you mean 'label'?"
    ]


def test_a_task_without_a_name_may_be_the_one_that_is_followed(problems_of, change):
    assert problems_of(change(("name: click", "name: yes"))) == [
        "tasks.0.name: must be text. Received: true. Put it in quotes."
    ]


def test_a_feature_that_reads_a_label_is_found_beside_other_problems(
    problems_of, change
):
    text = change(("name: user_id", "name: click"), ("{kind: mmoe}", "{kind: mmo}"))

    assert [line.partition(": ")[0] for line in problems_of(text)] == [
        "model.architecture.kind",
        "features.click",
    ]


def test_the_metric_is_not_judged_while_a_task_is_broken(problems_of, change):
    text = change(("name: click", "name: click, kind: ordinal"))

    problems = problems_of(text, "training.early_stopping.metric=val_click_auc")

    assert problems == [
        "tasks.click.kind: must be 'binary' or 'regression'. Received: 'ordinal'."
    ]


def test_sections_of_the_wrong_type_are_only_that(problems_of, tiny):
    assert problems_of(tiny, "features=5", "tasks={click: 1}") == [
        "features: must be a list. Received: 5.",
        "tasks: must be a list. Received: {'click': 1}.",
    ]


def test_an_empty_file_of_settings_lists_what_is_required(problems_of):
    assert problems_of("seed: 1\n") == [
        f"{section}: is required and was not given."
        for section in ("name", "data", "features", "tasks", "model")
    ]


def test_a_list_with_wrong_items_is_not_called_short(problems_of, tiny):
    assert problems_of(tiny, "model.architecture.tower_units=[0, x]") == [
        "model.architecture.tower_units.0: must be greater than 0. Received: 0.",
        "model.architecture.tower_units.1: must be a whole number. Received: 'x'.",
    ]
