"""The simulated shop on which encoders of histories are compared."""

from typing import Any

HISTORY, TIME_GAPS = "history_items", "history_time_gaps"
HALF_LIFE_DAYS = 15
"""Of a taste: where what order and time can tell is most (`sequence_shop.py`)."""
TASTE_SHARE = 0.6
SEED = 3
SIZE = {
    "num_exposures": 600_000,
    "num_users": 1000,
    "num_items": 300,
    "num_days": 365,
}
OVERRIDES = tuple(
    f"data.source.{name}={value}"
    for name, value in {
        **SIZE,
        "taste_half_life_days": HALF_LIFE_DAYS,
        "taste_share": TASTE_SHARE,
        "seed": SEED,
    }.items()
)


def with_time_gaps(config: Any) -> Any:
    """The quickstart config whose history of items says how long ago each step was."""
    settings = config.model_dump(mode="json")
    features = settings["features"]
    (place,) = (n for n, own in enumerate(features) if own["name"] == HISTORY)
    features[place]["along"] = [TIME_GAPS]
    gaps = {"kind": "sequence", "name": TIME_GAPS, "side": "user"}
    gaps["max_length"] = features[place]["max_length"]
    features.insert(place + 1, gaps)
    return type(config).model_validate(settings)
