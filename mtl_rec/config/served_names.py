"""Names that exports and their clients agree on."""

ROWS, PACKED, RANK = "serving_default", "packed", "rank"
EXAMPLES, CLASSIFY = "tf_example", "classify"
"""Signatures; a task has `regress_<task>` besides."""

STRINGS, NUMBERS = "strings", "numbers"
"""Inputs of `packed` that have a column for each feature."""

SCORE, ORDER = "score", "order"
"""Outputs of `rank` beside those of the funnel."""

EXCLUDING, EXCLUDED = "excluding", "excluded_items"
"""A retrieval version's signature beside `serving_default`, and the input it adds."""

ITEM_VECTORS, USER_VECTORS = "item_vectors", "user_vectors"
"""Signatures of a retrieval version whose scores are dot products."""

ITEM_IDS, SCORES, VECTOR = "item_ids", "scores", "vector"
"""Outputs of a retrieval version's signatures."""

CATALOGUE_FILE = "assets.extra/catalogue.parquet"
"""The items of a retrieval version, in the order of its scores."""

RETRIEVAL = "retrieval"
"""Kind of such a version in its manifest, and where that says more of it."""

SCHEMA_FILE = "assets.extra/schema.json"
"""Features and funnel of a version, beside what TensorFlow Serving reads."""


def regress_signature(task: str) -> str:
    """The signature that answers `Regress` requests with one task."""
    return f"regress_{task}"
