"""Bad configs through the real command line: the message, code 1, nothing left."""

import pytest

GOOD = """\
name: tiny
data:
  source: {kind: synthetic_shop}
  split: {kind: time, column: timestamp}
features:
  - {kind: categorical, name: user_id, side: user}
  - {kind: numeric, name: price, side: item}
tasks:
  - {name: click}
  - {name: purchase, after: click}
model:
  architecture: {kind: mmoe}
"""
LISTED = "'{path}' has 1 problem:\n  "

# By what is wrong: the piece of the good config, what stands there, and the message.
BAD = {
    "a misspelt section": (
        "model:\n",
        "modle:\n",
        "'{path}' has 2 problems:\n"
        "  model: is required and was not given.\n"
        "  modle: is not a setting here. Did you mean 'model'?",
    ),
    "a misspelt setting": (
        "{kind: mmoe}",
        "{kind: mmoe, num_exprts: 8}",
        LISTED + "model.architecture.num_exprts: is not a setting here. "
        "Did you mean 'num_experts'?",
    ),
    "a setting of another kind": (
        "{kind: mmoe}",
        "{kind: shared_bottom, num_experts: 8}",
        LISTED + "model.architecture.num_experts: is not a setting here. "
        "Allowed: ['bottom_units', 'dropout', 'kind', 'tower_units'].",
    ),
    "an unknown kind": (
        "{kind: mmoe}",
        "{kind: mmo}",
        LISTED + "model.architecture.kind: must be one of ['mmoe', 'shared_bottom', "
        "'single_task']. Received: 'mmo'. Did you mean 'mmoe'?",
    ),
    "no kind": (
        "{kind: time, column: timestamp}",
        "{column: timestamp}",
        LISTED + "data.split.kind: must be one of ['column', 'random', 'time', "
        "'user']. Received: nothing.",
    ),
    "text for a number": (
        "name: tiny",
        "name: tiny\nseed: one",
        LISTED + "seed: must be a whole number. Received: 'one'.",
    ),
    "a negative size": (
        "{kind: mmoe}",
        "{kind: mmoe, tower_units: [32, -1]}",
        LISTED + "model.architecture.tower_units.1: must be greater than 0. "
        "Received: -1.",
    ),
    "fractions that leave nothing": (
        "column: timestamp",
        "column: timestamp, validation_fraction: 0.4, test_fraction: 0.6",
        LISTED + "data.split: `validation_fraction` + `test_fraction` must be under 1. "
        "Received: 1.",
    ),
    "two features of one name": (
        "name: price",
        "name: user_id",
        LISTED + "features: must have different names. Received: 'user_id' 2 times.",
    ),
    "a feature that reads a label": (
        "name: price",
        "name: price, column: click",
        LISTED + "features.price: feature 'price' reads column 'click', the label of "
        "task 'click'. The model would see the answer. Remove the feature.",
    ),
    "a task after an unknown one": (
        "after: click",
        "after: clik",
        LISTED + "tasks.purchase.after: must name an earlier task. Received: 'clik'. "
        "Declared before it: ['click']. Did you mean 'click'?",
    ),
    "a name that leaves the folder": (
        "name: tiny",
        "name: ../../tiny",
        LISTED + "name: must match ^[A-Za-z0-9][A-Za-z0-9_.-]*$. "
        "Received: '../../tiny'.",
    ),
    "a list that is no list": (
        "  - {name: click}\n  - {name: purchase, after: click}",
        "  click: {}",
        LISTED + "tasks: must be a list. Received: {{'click': {{}}}}.",
    ),
    "a tab": (
        "  split:",
        "\tsplit:",
        "'{path}' is not valid YAML at line 4, column 1: while scanning for the next "
        "token found character '\\t' that cannot start any token. Indent with spaces.",
    ),
    "a key twice": (
        "name: tiny",
        "name: tiny\nname: other",
        "'{path}' is not valid YAML at line 2, column 1: 'name' is given twice.",
    ),
    "nothing at all": (
        GOOD,
        "",
        "'{path}' must hold settings by name (`name: ...`). Received: nothing.",
    ),
    "five problems": (
        GOOD.partition("features")[2],
        ": []\ntasks: 3\nmodel: {embedding_dim: 0, architecture: {kind: mmoe}}\n"
        "training: {epochs: x, jit: 1}\n",
        "'{path}' has 5 problems:\n"
        "  tasks: must be a list. Received: 3.\n"
        "  model.embedding_dim: must be greater than 0. Received: 0.\n"
        "  training.epochs: must be a whole number. Received: 'x'.\n"
        "  training.jit: must be true or false. Received: 1.\n"
        "  features: must have at least one feature. Received: none.",
    ),
}


@pytest.mark.parametrize("command", ["check", "train"])
@pytest.mark.parametrize("wrong", BAD)
def test_a_bad_config_is_refused(run, write, command, wrong):
    old, new, message = BAD[wrong]
    assert GOOD.count(old) == 1
    path = write("run.yaml", GOOD.replace(old, new))

    assert run(command, path) == (1, "", message.format(path=path) + "\n", [])


def test_a_bad_override_is_refused(run, write):
    path = write("run.yaml", GOOD)

    outcome = run("train", path, "--set", "training.epochs=0")

    assert outcome == (
        *(1, ""),
        f"'{path}' with `--set` has 1 problem:\n"
        "  training.epochs: must be greater than 0. Received: 0.\n",
        [],
    )


def test_an_override_that_leads_nowhere_is_refused(run, write):
    path = write("run.yaml", GOOD)

    outcome = run("check", path, "--set", "features.prize.transform=log")

    assert outcome == (
        *(1, ""),
        "`--set features.prize.transform=log`: 'features.prize' is no item of the "
        "list. Items: ['user_id', 'price']. Did you mean 'price'?\n",
        [],
    )


def test_a_file_that_is_no_text_is_refused(run, write):
    path = write("run.yaml", bytes(range(256)))

    text = f"'{path}' must be UTF-8 text. Received: byte 0x80 at position 128.\n"
    assert run("check", path) == (1, "", text, [])
