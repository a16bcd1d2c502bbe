"""What a run says of its splits: `data.json`, and warnings before training."""

from collections.abc import Mapping
from typing import Any

from mtl_rec.schema.encoded import EncodedExposures

MOSTLY_UNKNOWN = 0.5
"""Share of a feature's values in a split from which a warning says that training did
not have them."""

About = dict[str, dict[str, Any]]
"""By split."""


def about_splits(encoded: Mapping[str, EncodedExposures]) -> About:
    """Rows, fingerprint, and by feature the shares that say nothing to the model.

    `missing` is the share of the rows without a value: NaN, infinity, "", an empty
    list. `unknown` is the share of the values that the vocabulary does not have; it is
    there for features that learn one.

    Args:
        encoded: The splits by name.
    """
    return {
        name: {
            "rows": len(exposures),
            "fingerprint": exposures.fingerprint(),
            "features": {
                feature: _shares(counts.missing_share, counts.unknown_share)
                for feature, counts in (exposures.counts or {}).items()
            },
        }
        for name, exposures in encoded.items()
    }


def _shares(missing: float, unknown: float | None) -> dict[str, float]:
    shares = {"missing": missing, "unknown": unknown}
    return {name: share for name, share in shares.items() if share is not None}


def data_warnings(about: About) -> list[str]:
    """What a model can learn nothing from, or was never told of.

    Args:
        about: From `about_splits`.
    """
    warnings = []
    for name, split in about.items():
        for feature, shares in split["features"].items():
            if shares["missing"] == 1:
                warnings.append(f"warning: no {name} row has a value of '{feature}'")
            elif (unknown := shares.get("unknown", 0.0)) >= MOSTLY_UNKNOWN:
                warnings.append(
                    f"warning: {unknown:.0%} of the '{feature}' values of the {name} "
                    "split are unknown, not in the vocabulary that was learned"
                )
    return warnings
