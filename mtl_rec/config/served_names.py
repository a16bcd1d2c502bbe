"""Names that exports and their clients agree on."""

ROWS, PACKED, RANK = "serving_default", "packed", "rank"
EXAMPLES, CLASSIFY = "tf_example", "classify"
"""Signatures; a task has `regress_<task>` besides."""

STRINGS, NUMBERS = "strings", "numbers"
"""Inputs of `packed` that have a column for each feature."""

SCORE, ORDER = "score", "order"
"""Outputs of `rank` beside those of the funnel."""

SCHEMA_FILE = "assets.extra/schema.json"
"""Features and funnel of a version, beside what TensorFlow Serving reads."""


def regress_signature(task: str) -> str:
    """The signature that answers `Regress` requests with one task."""
    return f"regress_{task}"
