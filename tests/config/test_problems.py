"""What pydantic finds is told in one line each, with the YAML path."""

import pytest

KINDS = (
    "['categorical', 'hashed', 'multi_categorical', 'numeric', 'sequence', 'text', "
    "'vector']"
)
TOP = (
    "['data', 'evaluation', 'export', 'features', 'model', 'name', 'recommendation', "
    "'retrieval', 'seed', 'tasks', 'training']"
)
RUN_NAME = "^[A-Za-z0-9][A-Za-z0-9_.-]*$"
NAME = "^[A-Za-z][A-Za-z0-9_]*$"

WRONG_VALUES = {
    "training.epochs=many": "must be a whole number. Received: 'many'.",
    "training.epochs='3'": "must be a whole number. Received: '3'.",
    "training.epochs=1.5": "must be a whole number. Received: 1.5.",
    "training.epochs=true": "must be a whole number. Received: true.",
    "training.epochs=": "must be a whole number. Received: nothing.",
    "training.epochs=.inf": "must be a whole number. Received: inf.",
    "training.epochs=[1]": "must be a whole number. Received: [1].",
    "training.epochs=0": "must be greater than 0. Received: 0.",
    "training.batch_size=-8": "must be greater than 0. Received: -8.",
    "model.embedding_dim=3000000000": (
        "must be less than 2147483648. Received: 3000000000."
    ),
    "seed=-1": "must be 0 or more. Received: -1.",
    "seed=4294967296": "must be less than 4294967296. Received: 4294967296.",
    "data.split.test_fraction=1.5": "must be less than 1. Received: 1.5.",
    "data.split.test_fraction='.1'": "must be a number. Received: '.1'.",
    "training.early_stopping.min_delta=.nan": "must be a finite number. Received: nan.",
    "training.jit=maybe": "must be true or false. Received: 'maybe'.",
    "training.jit=1": "must be true or false. Received: 1.",
    "name=5": "must be text. Received: 5. Put it in quotes.",
    "name=yes": "must be text. Received: true. Put it in quotes.",
    "name=": "must be text. Received: nothing.",
    "name=../x": f"must match {RUN_NAME}. Received: '../x'.",
    "name=.hidden": f"must match {RUN_NAME}. Received: '.hidden'.",
    "name=漂亮": f"must match {RUN_NAME}. Received: '漂亮'.",
    f"name={'x' * 101}": (
        f"must have at most 100 characters. Received: '{'x' * 80}…'."
    ),
    "data.split.column=''": "must not be empty. Received: ''.",
    "features=5": "must be a list. Received: 5.",
    "tasks={click: 1}": "must be a list. Received: {'click': 1}.",
    "model.architecture.tower_units=8": "must be a list. Received: 8.",
    "model.architecture.tower_units=[]": "must have at least 1 item. Received: [].",
    "model=mmoe": "must hold settings by name. Received: 'mmoe'.",
    "training=": "must hold settings by name. Received: nothing.",
    "data.split=[]": "must hold settings by name. Received: [].",
    "model.architecture=mmoe": (
        "must hold settings by name. Received: 'mmoe'. Did you mean {kind: mmoe}?"
    ),
    "training.optimizer.kind=adam": (
        "must be one of ['lazy_adam', 'row_adagrad', 'sgd', 'split']. "
        "Received: 'adam'. Did you mean 'lazy_adam'?"
    ),
    "features.price.side=itm": (
        "must be 'user', 'item' or 'context'. Received: 'itm'. Did you mean 'item'?"
    ),
    "model.architecture.kind=": (
        "must be one of ['mmoe', 'shared_bottom', 'single_task']. Received: nothing."
    ),
    "features.price.kind=numerc": (
        f"must be one of {KINDS}. Received: 'numerc'. Did you mean 'numeric'?"
    ),
    "features.price.kind=[numeric]": f"must be one of {KINDS}. Received: ['numeric'].",
    "export.directry=x": "is not a setting here. Did you mean 'directory'?",
    "features.price.max_length=3": (
        "is not a setting here. Allowed: ['column', 'embedding_dim', 'kind', "
        "'missing_flag', 'name', 'num_buckets', 'side', 'transform']."
    ),
    "zzz=1": f"is not a setting here. Allowed: {TOP}.",
}


@pytest.mark.parametrize("override", WRONG_VALUES)
def test_a_wrong_value_is_told_in_one_line(problems_of, tiny, override):
    path = override.partition("=")[0]

    assert problems_of(tiny, override) == [f"{path}: {WRONG_VALUES[override]}"]


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ("transform: quantiles", "`transform: quantiles` needs `num_buckets`."),
        (
            "transform: quantiles, num_buckets: 4, missing_flag: true",
            "`missing_flag` is not needed with `transform: quantiles`, which has a "
            "bucket for missing values. Remove it.",
        ),
        (
            "num_buckets: 4",
            "`num_buckets` and `embedding_dim` go with `transform: quantiles`. "
            "Received: transform: standard.",
        ),
    ],
)
def test_settings_of_a_feature_must_fit_together(problems_of, change, settings, text):
    problems = problems_of(change(("name: price", f"name: price, {settings}")))

    assert problems == [f"features.price: {text}"]


@pytest.mark.parametrize(
    ("split", "text"),
    [
        (
            "{kind: random, validation_fraction: 0.5, test_fraction: 0.6}",
            "`validation_fraction` + `test_fraction` must be under 1. Received: 1.1.",
        ),
        (
            "{kind: column, column: part, train: a, test: a}",
            "`train`, `validation` and `test` must be different values. "
            "Received: ['a', 'validation', 'a'].",
        ),
    ],
)
def test_settings_of_a_split_must_fit_together(problems_of, tiny, split, text):
    assert problems_of(tiny, f"data.split={split}") == [f"data.split: {text}"]


def test_the_kind_of_section_is_required(problems_of, change):
    text = change(("kind: numeric, ", ""), ("{kind: mmoe}", "{num_experts: 3}"))

    assert problems_of(text) == [
        f"features.price.kind: must be one of {KINDS}. Received: nothing.",
        "model.architecture.kind: must be one of ['mmoe', 'shared_bottom', "
        "'single_task']. Received: nothing.",
    ]


@pytest.mark.parametrize(
    ("section", "name"),
    [("features.price", "numeric"), ("training.optimizer", "lazy_adam")],
)
def test_a_setting_called_like_the_kind_is_found(problems_of, tiny, section, name):
    kind = f"{section}.kind={name}"

    (problem,) = problems_of(tiny, kind, f"{section}.{name}=1")

    assert problem.startswith(f"{section}.{name}: is not a setting here.")


@pytest.mark.parametrize(
    ("item", "path", "received"),
    [("price", "features.1", "'price'"), ("", "features.1", "nothing")],
)
def test_an_item_must_hold_settings(problems_of, change, item, path, received):
    text = change(("{kind: numeric, name: price, side: item}", item))

    assert problems_of(text) == [
        f"{path}: must hold settings by name. Received: {received}."
    ]


@pytest.mark.parametrize(
    ("name", "item"), [("preiß", "preiß"), ("'a b'", "1"), ("'a\\n'", "1"), ("''", "1")]
)
def test_an_item_goes_by_its_name_if_that_can_be_one(problems_of, change, name, item):
    text = change(("name: price", f"name: {name}"))

    (problem,) = problems_of(text)

    assert problem.startswith(f"features.{item}.name: must match {NAME}. Received: ")


def test_items_of_one_name_go_by_their_positions(problems_of, change):
    text = change(("price, side: item", "user_id, side: itm"))

    assert problems_of(text) == [
        "features.1.side: must be 'user', 'item' or 'context'. Received: 'itm'. "
        "Did you mean 'item'?",
        "features: must have different names. Received: 'user_id' 2 times.",
    ]


def test_a_key_of_odd_characters_stays_on_its_line(problems_of, tiny):
    odd = {'"a\\n  b"': r"'a\n  b'", '"\\e[31m"': r"'\x1b[31m'", '""': "''"}

    for key, shown in odd.items():
        assert problems_of(f"{tiny}{key}: 1\n") == [
            f"{shown}: is not a setting here. Allowed: {TOP}."
        ]
