"""What recommending asks of features."""

from collections.abc import Iterator

from mtl_rec.config.checks import suggestion
from mtl_rec.config.declared import Declared, Problem, by_name, is_unsure
from mtl_rec.config.features import Categorical, Feature, Hashed, Numeric
from mtl_rec.config.recommendation import Cap, Recommendation, Require, Rule


def recommendation_problems(
    recommendation: Recommendation | None, features: Declared[Feature]
) -> list[Problem]:
    """Sources of one name, and rules on what items do not have.

    Args:
        recommendation: None if it is wrong itself.
        features: The features.
    """
    if recommendation is None:
        return []
    names = [source.name for source in recommendation.sources]
    problems = [
        (
            "recommendation.sources",
            f"must have different names. Received: '{name}' {names.count(name)} times.",
        )
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    # Columns of a table are known when it is read.
    if recommendation.items is None and not is_unsure(features):
        problems += [
            (f"recommendation.{path}.column", text)
            for path, rule in _rules(recommendation)
            if (text := _column_problem(rule, features))
        ]
    return problems


def _rules(recommendation: Recommendation) -> Iterator[tuple[str, Rule]]:
    """All rules, each with its path."""
    for index, rule in enumerate(recommendation.rules):
        yield f"rules.{index}", rule
    for place, source in enumerate(recommendation.sources):
        for index, rule in enumerate(source.only):
            yield f"sources.{place}.only.{index}", rule


def _column_problem(rule: Rule, features: Declared[Feature]) -> str:
    match rule:
        case Require(one_of=()):
            kinds, sort = (Numeric,), "a numeric feature of the item"
        case Require() | Cap():
            kinds = (Categorical, Hashed)
            sort = "a categorical or hashed feature of the item"
    # A feature that is wrong itself is None here.
    named = by_name(features)
    allowed = [
        name
        for name, own in named.items()
        if own is None or (isinstance(own, kinds) and own.side == "item")
    ]
    if rule.column in allowed:
        return ""
    return (
        f"must name {sort}, one of {sorted(allowed)}, or a column of the table that "
        f"`recommendation.items` names. Received: '{rule.column}'."
        f"{suggestion(rule.column, allowed)}"
    )
