"""What the evaluation asks of features."""

from mtl_rec.config.checks import suggestion
from mtl_rec.config.declared import Declared, Problem, by_name, is_unsure
from mtl_rec.config.evaluation import Evaluation
from mtl_rec.config.features import Categorical, Feature, Hashed, Numeric


def slice_problems(
    evaluation: Evaluation | None, features: Declared[Feature]
) -> list[Problem]:
    """Names to slice by that are not of features with one value in a row.

    Args:
        evaluation: None if it is wrong itself.
        features: The features.
    """
    if evaluation is None or is_unsure(features):
        return []
    # A feature that is wrong itself is None here.
    allowed = [
        name
        for name, feature in by_name(features).items()
        if feature is None or isinstance(feature, Categorical | Hashed | Numeric)
    ]
    return [
        (
            f"evaluation.slices.{index}",
            "must name a feature with one value in a row, one of "
            f"{sorted(allowed)}. Received: '{name}'.{suggestion(name, allowed)}",
        )
        for index, name in enumerate(evaluation.slices)
        if name not in allowed
    ]
