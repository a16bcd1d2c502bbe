"""How much worse than the served version a new one may be."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from mtl_rec.config.export import Gate
from mtl_rec.errors import ArtifactError

_DECLARED = Gate()


@dataclass(frozen=True)
class GateThresholds:
    """What the quality gate lets through.

    Args:
        max_auc_drop: Highest loss of AUC of a task against the served version.
        max_calibration_error: Highest distance of mean prediction / observed rate
            from 1.
        min_positives: Events that a task needs in the rows to be judged.
        max_recall_loss: Highest loss of recall of a retrieval version, as a share of
            the served version's.
    """

    max_auc_drop: float = _DECLARED.max_auc_drop
    max_calibration_error: float = _DECLARED.max_calibration_error
    min_positives: int = _DECLARED.min_positives
    max_recall_loss: float = _DECLARED.max_recall_loss

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            # Written so that NaN is refused as well.
            if not value >= 0:
                raise ArtifactError(
                    f"`{field.name}` must be 0 or more. Received: {value}."
                )


def thresholds_of(
    manifest: Mapping[str, Any], overrides: Mapping[str, float | None]
) -> GateThresholds:
    """The thresholds of a version.

    Args:
        manifest: Of the new version, with the config of its run.
        overrides: By name; None leaves what the config says.
    """
    config = manifest.get("config") or {}
    declared = config.get("export", {}).get("gate", {})
    given = {name: value for name, value in overrides.items() if value is not None}
    wanted = {**declared, **given}
    known = [field.name for field in fields(GateThresholds) if field.name in wanted]
    return GateThresholds(**{name: wanted[name] for name in known})
