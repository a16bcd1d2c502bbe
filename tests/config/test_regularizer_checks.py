"""Regularizers that can't be, or would change nothing, are told before training."""

import pytest

TEXT = "{kind: text, name: title, side: item}"
ITEM = "name: user_id, side: user}"


def test_each_is_a_setting(load, change):
    config = load(
        change((ITEM, f"{ITEM}\n  - {TEXT}")),
        "training.cold_start_dropout={features: [user_id], rate: 0.1}",
        "training.text_augmentation={dropout: 0.1}",
        "training.label_smoothing=0.05",
        "training.adversarial_norm=0.1",
    )

    assert config.training.cold_start_dropout.features == ("user_id",)
    assert config.training.text_augmentation.swap == 0


@pytest.mark.parametrize(
    ("overrides", "problem"),
    [
        (
            ["training.cold_start_dropout={features: [user_id, price], rate: 0.1}"],
            "training.cold_start_dropout.features.1: must name a categorical feature, "
            "whose values have an unknown id, one of ['user_id']. Received: 'price'.",
        ),
        (
            ["training.cold_start_dropout={features: [userid], rate: 0.1}"],
            "training.cold_start_dropout.features.0: must name a categorical feature, "
            "whose values have an unknown id, one of ['user_id']. Received: 'userid'. "
            "Did you mean 'user_id'?",
        ),
        (
            ["training.cold_start_dropout={features: [], rate: 0.1}"],
            "training.cold_start_dropout.features: must have at least 1 item. "
            "Received: [].",
        ),
        (
            ["training.label_smoothing=1"],
            "training.label_smoothing: must be less than 1. Received: 1.",
        ),
        (
            ["training.text_augmentation={dropout: 0.1}"],
            "training.text_augmentation: needs a feature of kind text. Received: none.",
        ),
        (
            ["training.adversarial_norm=0.1", "training.group_requests=true"],
            "training.adversarial_norm: can't be combined with `group_requests`: a "
            "user that is encoded once for several exposures can't be perturbed for "
            "each. Remove one of them.",
        ),
        (
            ["training.adversarial_norm=0.1", "training.precision=mixed_bfloat16"],
            "training.adversarial_norm: can't be combined with `precision: "
            "mixed_bfloat16`, which would round the perturbation away. Remove one of "
            "them.",
        ),
    ],
)
def test_what_can_not_be_is_refused(problems_of, tiny, overrides, problem):
    assert problems_of(tiny, *overrides) == [problem]


def test_bags_have_no_neighbours(problems_of, change):
    text = change((ITEM, f"{ITEM}\n  - {TEXT}"))

    assert problems_of(text, "training.text_augmentation={swap: 0.1}") == [
        "training.text_augmentation.swap: changes nothing where every text is a bag, "
        "which has no order. Take another `encoder`, or `dropout` alone."
    ]
