"""What the regularizers of training ask of the rest."""

from mtl_rec.config.checks import suggestion
from mtl_rec.config.declared import Declared, Problem, by_name, is_unsure
from mtl_rec.config.features import Categorical, Feature, Text, vectors_by_text
from mtl_rec.config.training import Training


def regularizer_problems(
    training: Training | None, features: Declared[Feature]
) -> list[Problem]:
    """What can't be, or would change nothing.

    Args:
        training: None if it is wrong itself.
        features: The features.
    """
    if training is None:
        return []
    problems = _adversarial_problems(training)
    if is_unsure(features):
        return problems
    named = by_name(features)
    return [
        *problems,
        *_cold_start_problems(training, named),
        *_text_problems(training, named),
    ]


def _adversarial_problems(training: Training) -> list[Problem]:
    if training.adversarial_norm is None:
        return []
    path, problems = "training.adversarial_norm", []
    if training.group_requests:
        text = (
            "can't be combined with `group_requests`: a user that is encoded once for "
            "several exposures can't be perturbed for each. Remove one of them."
        )
        problems.append((path, text))
    if training.precision != "float32":
        text = (
            f"can't be combined with `precision: {training.precision}`, which would "
            "round the perturbation away. Remove one of them."
        )
        problems.append((path, text))
    return problems


def _cold_start_problems(
    training: Training, features: dict[str, Feature | None]
) -> list[Problem]:
    if training.cold_start_dropout is None:
        return []
    # A feature that is wrong itself is None here.
    allowed = [
        name
        for name, feature in features.items()
        if feature is None or isinstance(feature, Categorical)
    ]
    return [
        (
            f"training.cold_start_dropout.features.{index}",
            "must name a categorical feature, whose values have an unknown id, one of "
            f"{sorted(allowed)}. Received: '{name}'.{suggestion(name, allowed)}",
        )
        for index, name in enumerate(training.cold_start_dropout.features)
        if name not in allowed
    ]


def _text_problems(
    training: Training, features: dict[str, Feature | None]
) -> list[Problem]:
    if training.text_augmentation is None or None in features.values():
        return []
    # One that stands in for vectors is not read in training.
    unread = vectors_by_text(f for f in features.values() if f is not None)
    texts = [
        f for f in features.values() if isinstance(f, Text) and f.name not in unread
    ]
    if not texts:
        text = "needs a feature of kind text. Received: none."
        return [("training.text_augmentation", text)]
    if training.text_augmentation.swap and all(f.encoder.kind == "bag" for f in texts):
        text = (
            "changes nothing where every text is a bag, which has no order. Take "
            "another `encoder`, or `dropout` alone."
        )
        return [("training.text_augmentation.swap", text)]
    return []
