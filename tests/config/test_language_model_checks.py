"""What can't be with a language model is told before training."""

import pytest

ITEM = "name: user_id, side: user}"
TITLE = (
    "{kind: text, name: title, side: item%s, encoder: {kind: pretrained, source: m%s}}"
)


def changed(change, own="", model="", *others):
    lines = [TITLE % (own, model), *others]
    return change((ITEM, "\n  - ".join([ITEM, *lines])))


def test_nothing_is_trained_unless_it_is_said(load, change):
    config = load(changed(change))

    (text,) = (own for own in config.features if own.kind == "text")
    assert text.encoder.mode.kind == "frozen"


def test_a_rate_of_its_own_is_a_setting_of_what_trains(load, change):
    path = changed(change, "", ", mode: {kind: full, learning_rate: 1e-5}")

    (text,) = (own for own in load(path).features if own.kind == "text")

    assert text.encoder.mode.learning_rate == 1e-5


@pytest.mark.parametrize(
    ("own", "model", "settings", "problem"),
    [
        (
            ", tokens: {kind: characters}",
            "",
            [],
            "features.title.tokens: must not be given with an encoder of `kind: "
            "pretrained`, which brings its own tokens. Remove it.",
        ),
        (
            ", max_tokens: 2",
            "",
            [],
            "features.title.max_tokens: must be 3 or more with an encoder of `kind: "
            "pretrained`, which puts a token before a text and one after it. Received: "
            "2.",
        ),
        (
            "",
            ", mode: {kind: lora}",
            ["training.optimizer={kind: split, tables: {kind: sgd}, dense: {}}"],
            "features.title.encoder.mode: trains with a rate of its own (0.0005), "
            "which the dense optimizer of `training.optimizer` of kind split does not "
            "know. Take lazy_adam, row_adagrad or sgd, or `mode: {kind: frozen}`.",
        ),
    ],
)
def test_what_can_not_be_is_named(own, model, settings, problem, problems_of, change):
    assert problems_of(changed(change, own, model), *settings) == [problem]


def test_who_shares_a_language_model_shares_all_of_it(problems_of, change):
    query = "{kind: text, name: query, side: user, shares: title, encoder: {kind: cnn}}"

    (problem,) = problems_of(changed(change, "", "", query))

    assert problem.startswith("features.query.encoder: must be that of 'title'")
