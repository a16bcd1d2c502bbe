"""Every error a user can cause, free of heavy imports so that the CLI starts fast.

MtlRecError
├── ConfigError        the YAML file or an override is wrong
├── SchemaError        the rows contradict the declared features and tasks
├── ArtifactError      a file of a run or export is missing, damaged or foreign
├── TrainingError      training can't go on
└── VerificationError  an exported version failed its proof and was not published
    └── GateError      it is sound, but must not take the place of the served version
"""

from typing import Any


class MtlRecError(Exception):
    """Base of all errors that a change of input can fix."""


class ConfigError(MtlRecError, ValueError):
    """The YAML file or an override is wrong."""


class SchemaError(MtlRecError, ValueError):
    """The rows contradict the declared features and tasks."""


class ArtifactError(MtlRecError):
    """A file of a run or an export is missing, damaged or from elsewhere."""


class TrainingError(MtlRecError):
    """Training can't go on."""


class VerificationError(MtlRecError):
    """An exported version failed its proof; nothing was published.

    Args:
        rung: Name of the check that failed.
        reason: What it saw.
    """

    def __init__(self, rung: str, reason: str) -> None:
        super().__init__(f"Verification failed at rung '{rung}': {reason}")
        self.rung = rung
        self.reason = reason


class GateError(VerificationError):
    """The quality gate refused a version; nothing was published.

    Args:
        reason: What it saw.
        report: All that it compared.
    """

    def __init__(self, reason: str, report: Any) -> None:
        super().__init__("quality gate", reason)
        self.report = report
