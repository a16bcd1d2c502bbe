"""What pydantic found, in the words of our other errors."""

import re
from typing import Any

from mtl_rec.config.checks import suggestion

LONGEST = 80
"""Characters of a received value that are shown."""


def shown(value: Any) -> str:
    """A received value, short enough for a line."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    text = value if isinstance(value, str) else repr(value)
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}\N{HORIZONTAL ELLIPSIS}"
    return repr(text) if isinstance(value, str) else text


def wording(problem: Any) -> str:
    """One of pydantic's errors: what is allowed, and what was received."""
    kind, value, context = problem["type"], problem["input"], problem.get("ctx", {})
    if kind == "missing":
        return "is required and was not given."
    if kind == "value_error":
        return f"{context['error']}."
    return f"{_allowed(kind, context, problem['msg'])}. Received: {shown(value)}." + (
        _advice(kind, value, context)
    )


def _allowed(kind: str, context: dict[str, Any], message: str) -> str:
    match kind.split("_")[0]:
        case "tuple" | "list":
            return "must be a list"
        case "int":
            return "must be a whole number"
        case "float":
            return "must be a number"
        case "bool":
            return "must be true or false"
    match kind:
        case "string_type":
            return "must be text"
        case "string_too_short":
            return "must not be empty"
        case "string_too_long":
            return f"must have at most {context['max_length']} characters"
        case "string_pattern_mismatch":
            return f"must match {context['pattern']}"
        case "too_short":
            return f"must have at least {context['min_length']} item"
        case "greater_than":
            return f"must be greater than {_number(context['gt'])}"
        case "greater_than_equal":
            return f"must be {_number(context['ge'])} or more"
        case "less_than":
            return f"must be less than {_number(context['lt'])}"
        case "finite_number":
            return "must be a finite number"
        case "literal_error":
            return f"must be {context['expected']}"
        case _:
            return message.replace("Input should", "must").rstrip(".")


def _number(limit: float) -> str:
    return str(int(limit)) if limit == int(limit) else str(limit)


def _advice(kind: str, value: Any, context: dict[str, Any]) -> str:
    if kind == "string_type" and isinstance(value, bool | int | float):
        return " Put it in quotes."
    if kind == "literal_error" and isinstance(value, str):
        return suggestion(value, re.findall(r"'([^']*)'", context["expected"]))
    return ""
