"""What encoders ask of the features around them."""

from mtl_rec.config.candidates import candidate_of, vocabulary_of
from mtl_rec.config.declared import Declared, Problem, by_name, is_unsure, with_paths
from mtl_rec.config.encoders import DienEncoder, MeanEncoder, needs_candidate
from mtl_rec.config.features import Feature, IdSequence, Text
from mtl_rec.config.language_model_checks import token_problems


def encoder_problems(features: Declared[Feature]) -> list[Problem]:
    """Lists without the candidate, companions or tokens that their encoder needs."""
    problems = []
    taken: dict[str, str] = {}
    for path, feature in with_paths("features", features):
        if isinstance(feature, Text):
            problems += token_problems(path, feature, features)
        if isinstance(feature, IdSequence):
            problems += _candidate_problems(path, feature, features)
            problems += _next_step_problems(path, feature)
            for name in feature.along:
                text = _along_problem(feature, name, features)
                if text is None and name in taken:
                    text = (
                        f"must not name '{name}', which is encoded with "
                        f"'{taken[name]}' already. Declare another feature of the "
                        "same `column`."
                    )
                problems += [(f"{path}.along", text)] if text else []
                taken.setdefault(name, feature.name)
    return problems


def _candidate_problems(
    path: str, feature: IdSequence, features: Declared[Feature]
) -> list[Problem]:
    # A feature that is wrong itself may be the candidate.
    unjudged = is_unsure(features) or None in by_name(features).values()
    if not needs_candidate(feature.encoder) or unjudged:
        return []
    known = [own for _, own in with_paths("features", features)]
    if candidate_of(feature, known) is not None:
        return []
    vocabulary = vocabulary_of(feature)
    text = (
        f"compares every step with the candidate, so '{feature.name}' must share its "
        "values with a categorical or hashed feature of the item, such as `shares: "
        f"item_id`. Received: values of '{vocabulary}', which no such feature has. "
        "Share those, or take an encoder that needs no candidate."
    )
    return [(f"{path}.encoder", text)]


def _next_step_problems(path: str, feature: IdSequence) -> list[Problem]:
    encoder = feature.encoder
    if not isinstance(encoder, DienEncoder) or not encoder.auxiliary_loss_weight:
        return []
    if feature.max_length > 1:
        return []
    text = (
        "has every interest tell the next step, so histories must hold two or more. "
        f"Received: `max_length: {feature.max_length}`. Raise it, or set "
        "`auxiliary_loss_weight: 0`."
    )
    return [(f"{path}.encoder", text)]


def _along_problem(
    feature: IdSequence, name: str, features: Declared[Feature]
) -> str | None:
    named = by_name(features)
    if name in named and named[name] is None:
        return None
    other = named.get(name)
    if not isinstance(other, IdSequence) or other.side != feature.side:
        if other is None and is_unsure(features):
            return None
        found = f"a {other.kind} of side {other.side}" if other else "no feature"
        allowed = [
            own.name
            for _, own in with_paths("features", features)
            if isinstance(own, IdSequence)
            and own.side == feature.side
            and own is not feature
        ]
        return (
            f"must name sequences of side {feature.side}, of {sorted(allowed)}. "
            f"Received: '{name}', which is {found}."
        )
    if other is feature or other.along:
        return (
            "must name sequences that nothing else runs along with. Received: "
            f"'{name}'."
        )
    if other.max_length != feature.max_length:
        return (
            f"must name sequences of as many steps, `max_length: {feature.max_length}`."
            f" Received: '{name}', which has {other.max_length}."
        )
    if other.encoder != MeanEncoder():
        return (
            f"encodes '{name}' with '{feature.name}', so that its own `encoder` is not "
            f"used. Remove `encoder` from '{name}'."
        )
    return None
