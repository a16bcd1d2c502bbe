"""What a language model asks of its text, and of the optimizer."""

from mtl_rec.config.declared import Declared, Problem, by_name, with_paths
from mtl_rec.config.features import (
    LEARNING_OPTIONS,
    Feature,
    Text,
    language_model_of,
)
from mtl_rec.config.pretrained import Frozen
from mtl_rec.config.training import Split, Training

FEWEST_TOKENS = 3
"""A language model puts one before a text and one after it."""


def token_problems(
    path: str, feature: Text, features: Declared[Feature]
) -> list[Problem]:
    """Tokens that are not the language model's, of a text that one encodes.

    Args:
        path: Of the feature.
        feature: A text.
        features: All features.
    """
    problems = []
    owner = by_name(features).get(feature.shares) if feature.shares else None
    if isinstance(owner, Text) and owner.shares is None:
        ours, theirs = feature.language_model, owner.language_model
        if ours != theirs and (ours or theirs):
            text = (
                f"must be that of '{owner.name}', as texts that share a language model "
                f"`shares` all of it. Received: kind: {feature.encoder.kind}, and "
                f"there kind: {owner.encoder.kind}. Give both the same `encoder`, or "
                "remove `shares`."
            )
            problems.append((f"{path}.encoder", text))
    if feature.language_model is None:
        return problems
    fields = Text.model_fields
    for option in (*LEARNING_OPTIONS, "tokens", "num_buckets"):
        if getattr(feature, option) != fields[option].default:
            text = (
                "must not be given with an encoder of `kind: pretrained`, which brings "
                "its own tokens. Remove it."
            )
            problems.append((f"{path}.{option}", text))
    if feature.max_tokens < FEWEST_TOKENS:
        text = (
            f"must be {FEWEST_TOKENS} or more with an encoder of `kind: pretrained`, "
            "which puts a token before a text and one after it. Received: "
            f"{feature.max_tokens}."
        )
        problems.append((f"{path}.max_tokens", text))
    return problems


def language_model_problems(
    training: Training | None, features: Declared[Feature]
) -> list[Problem]:
    """A learning rate of its own that the optimizer would not know.

    Args:
        training: None if it is wrong itself.
        features: The features.
    """
    if training is None or not isinstance(training.optimizer, Split):
        return []
    problems = []
    for path, feature in with_paths("features", features):
        model = language_model_of(feature)
        if model is not None and not isinstance(model.mode, Frozen):
            text = (
                f"trains with a rate of its own ({model.mode.learning_rate}), which "
                "the dense optimizer of `training.optimizer` of kind split does not "
                "know. Take lazy_adam, row_adagrad or sgd, or `mode: {kind: frozen}`."
            )
            problems.append((f"{path}.encoder.mode", text))
    return problems
