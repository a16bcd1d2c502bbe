"""What is asked of a text that stands in for vectors of ids."""

from mtl_rec.config.declared import Declared, Problem, by_name, is_unsure, with_paths
from mtl_rec.config.features import Feature, Text, Vector
from mtl_rec.config.pretrained import Frozen
from mtl_rec.config.vector_fallbacks import EncodedText

_INSTEAD = (
    "Declare a text of its own for it, of the same `column`, with an `encoder` of "
    "`kind: pretrained`."
)


def fallback_problems(features: Declared[Feature]) -> list[Problem]:
    """Texts that no frozen language model reads for one vector alone."""
    problems = []
    taken: dict[str, str] = {}
    for path, feature in with_paths("features", features):
        if not isinstance(feature, Vector):
            continue
        if not isinstance(feature.fallback, EncodedText):
            continue
        name = feature.fallback.text
        text = _problem(feature, name, features)
        if text is None and name in taken:
            text = (
                f"must not name '{name}', which is read for '{taken[name]}' already. "
                f"{_INSTEAD}"
            )
        problems += [(f"{path}.fallback.text", text)] if text else []
        taken.setdefault(name, feature.name)
    return problems


def _problem(vector: Vector, name: str, features: Declared[Feature]) -> str | None:
    named = by_name(features)
    if name in named and named[name] is None:
        return None
    other = named.get(name)
    if not isinstance(other, Text) or other.side != vector.side:
        if other is None and is_unsure(features):
            return None
        found = f"a {other.kind} of side {other.side}" if other else "no feature"
        allowed = sorted(
            own.name
            for _, own in with_paths("features", features)
            if isinstance(own, Text) and own.side == vector.side
        )
        return (
            f"must name a feature of `kind: text` and side {vector.side}, one of "
            f"{allowed}. Received: '{name}', which is {found}. {_INSTEAD}"
        )
    model = other.language_model
    if model is None or not isinstance(model.mode, Frozen):
        received = f"mode {model.mode.kind}" if model else other.encoder.kind
        return (
            f"must name a text that a frozen language model reads, as the vectors of "
            f"the file were made by one. Received: '{name}', whose encoder is "
            f"{received}. {_INSTEAD}"
        )
    sharing = [
        own.name
        for _, own in with_paths("features", features)
        if isinstance(own, Text) and own.shares == name
    ]
    if other.shares or sharing:
        return (
            f"must name a text that shares its language model with no other. Received: "
            f"'{name}', and {', '.join(sharing) or other.shares}. {_INSTEAD}"
        )
    own = [
        option
        for option in ("embedding_dim", "max_bytes", "max_tokens")
        if getattr(other, option) != Text.model_fields[option].default
    ]
    if own:
        return (
            f"must name a text without {', '.join(own)}: it is cut as `mtl-rec "
            f"encode-items` cuts texts, and projected as '{vector.name}' is. Received: "
            f"'{name}'. Remove it there."
        )
    return None
