"""`--set a.b=c` changes settings before they are validated."""

import pytest

from mtl_rec.config.model import SharedBottom

UNITS = ("{kind: mmoe}", "{kind: mmoe, tower_units: [16, 8], dropout: 0.1}")


def test_a_setting_is_replaced(load, change):
    assert load(change(("tiny", "other")), "name=third").name == "third"


def test_the_last_of_equal_overrides_counts(load, tiny):
    assert load(tiny, "seed=2", "seed=3").seed == 3


def test_a_value_is_yaml(load, tiny):
    config = load(
        tiny,
        "model.architecture.tower_units=[8, 4]",
        "training.optimizer.learning_rate=5e-4",
        "export={directory: out}",
    )

    assert config.model.architecture.tower_units == (8, 4)
    assert config.training.optimizer.learning_rate == 0.0005
    assert config.export.directory == "out"


def test_a_value_may_contain_an_equals_sign(load, change):
    text = change(("{kind: synthetic_shop}", "{kind: table, path: x}"))

    assert load(text, "data.source.path=day=1/*.csv").data.source.path == "day=1/*.csv"


@pytest.mark.parametrize("item", ["price", "1"])
def test_a_list_item_goes_by_its_name_or_its_position(load, tiny, item):
    config = load(tiny, f"features.{item}.transform=log")

    assert config.features[1].transform == "log"


def test_a_plain_list_item_goes_by_its_position(load, change):
    config = load(change(UNITS), "model.architecture.tower_units.1=4")

    assert config.model.architecture.tower_units == (16, 4)


def test_a_whole_list_item_is_replaced(load, tiny):
    config = load(tiny, "features.price={kind: numeric, name: age, side: user}")

    assert [feature.name for feature in config.features] == ["user_id", "age"]


def test_a_section_that_the_file_leaves_out_is_made(load, tiny):
    config = load(tiny, "training.early_stopping.patience=7")

    assert config.training.early_stopping.patience == 7
    assert config.training.early_stopping.metric == "val_loss"


def test_a_section_that_the_file_leaves_empty_is_filled(load, tiny):
    assert load(f"{tiny}training:\n", "training.epochs=3").training.epochs == 3


def test_another_kind_keeps_the_settings_that_both_have(load, change):
    text = change(UNITS)

    config = load(text, "model.architecture.kind=shared_bottom")

    assert config.model.architecture == SharedBottom(
        kind="shared_bottom", tower_units=(16, 8), dropout=0.1
    )


def test_another_kind_drops_the_settings_that_only_the_old_one_has(load, change):
    text = change(("{kind: mmoe}", "{kind: mmoe, num_experts: 3, dropout: 0.1}"))

    config = load(text, "model.architecture.kind=shared_bottom")

    assert config.model.architecture.dropout == 0.1
    assert not hasattr(config.model.architecture, "num_experts")


def test_another_kind_of_a_list_item_keeps_what_both_have(load, tiny):
    config = load(tiny, "features.price.kind=hashed", "features.price.num_buckets=10")

    price = config.features[1]
    assert (price.kind, price.name, price.side) == ("hashed", "price", "item")


def test_settings_of_the_new_kind_may_come_before_it(load, tiny):
    config = load(
        tiny,
        "model.architecture.bottom_units=[8]",
        "model.architecture.kind=shared_bottom",
    )

    assert config.model.architecture.bottom_units == (8,)


def test_an_override_is_never_dropped_silently(problems_of, tiny):
    problems = problems_of(
        tiny,
        "model.architecture.num_experts=3",
        "model.architecture.kind=shared_bottom",
    )

    assert problems == [
        "model.architecture.num_experts: is not a setting here. "
        "Allowed: ['bottom_units', 'dropout', 'kind', 'tower_units']."
    ]


def test_an_unknown_kind_is_refused(problems_of, change):
    problems = problems_of(change(UNITS), "model.architecture.kind=mmo")

    assert problems == [
        "model.architecture.kind: must be one of ['mmoe', 'shared_bottom', "
        "'single_task']. Received: 'mmo'. Did you mean 'mmoe'?"
    ]


def test_overrides_are_validated_as_the_file_is(problems_of, tiny):
    problems = problems_of(tiny, "training.epochs=0", "trainin.seed=1", "model=")

    assert problems == [
        "model: must hold settings by name. Received: nothing.",
        "training.epochs: must be greater than 0. Received: 0.",
        "trainin: is not a setting here. Did you mean 'training'?",
    ]


@pytest.mark.parametrize(
    "override", ["x", "=5", "a..b=5", ".a=5", "", "training.epochs"]
)
def test_an_override_without_path_or_value_is_refused(error_of, tiny, override):
    text = f"`--set` must be `path.to.setting=value`. Received: '{override}'."

    assert error_of(tiny, override) == text


@pytest.mark.parametrize(
    ("override", "text"),
    [
        (
            "features.prize.transform=log",
            "'features.prize' is no item of the list. Items: ['user_id', 'price']. "
            "Did you mean 'price'?",
        ),
        (
            "features.2.transform=log",
            "'features.2' is no item of the list. Items: ['user_id', 'price'].",
        ),
        (
            "features.-1.transform=log",
            "'features.-1' is no item of the list. Items: ['user_id', 'price'].",
        ),
        (
            "model.architecture.tower_units.2=4",
            "'model.architecture.tower_units.2' is no item of the list. It has 2.",
        ),
        ("name.x=1", "'name' must hold settings by name. Received: 'tiny'."),
        ("name.x.y=1", "'name' must hold settings by name. Received: 'tiny'."),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(error_of, change, override, text):
    assert error_of(change(UNITS), override) == f"`--set {override}`: {text}"


def test_items_whose_name_is_no_text_are_not_suggested(error_of, change):
    text = change(("name: price", "name: 5"))

    assert error_of(text, "features.x.side=user") == (
        "`--set features.x.side=user`: 'features.x' is no item of the list. "
        "Items: ['user_id']."
    )


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (
            "[1",
            "line 1, column 3: while parsing a flow sequence expected ',' or ']', but "
            "got '<stream end>'.",
        ),
        ("{a: 1, a: 2}", "line 1, column 8: 'a' is given twice."),
    ],
)
def test_a_value_that_is_no_yaml_is_refused(error_of, tiny, value, reason):
    text = f"The value of `--set model={value}` is not valid YAML at {reason}"

    assert error_of(tiny, f"model={value}") == text
