"""How the model is trained and what is exported."""

from typing import Literal

from pydantic import NonNegativeFloat, NonNegativeInt, PositiveFloat

from mtl_rec.config.base import Count, NonEmpty, Section


class LazyAdam(Section):
    """Adam that sums repeated ids of a batch and leaves the other rows alone."""

    kind: Literal["lazy_adam"] = "lazy_adam"
    learning_rate: PositiveFloat = 1e-3


class EarlyStopping(Section):
    """Stop when the validation metric has stopped getting better."""

    metric: str = "val_loss"
    """`val_loss`, `val_<task>_loss`, `val_<task>_auc` or `val_<task>_rmse`. The epoch
    that was best by it is the one that is kept."""
    patience: NonNegativeInt = 2
    """Epochs without a better value that are tolerated."""
    min_delta: NonNegativeFloat = 0.0
    """Change that counts as better."""


class Training(Section):
    """Batches, epochs, optimizer and stopping."""

    batch_size: Count = 512
    epochs: Count = 10
    optimizer: LazyAdam = LazyAdam()
    early_stopping: EarlyStopping = EarlyStopping()
    jit: bool | None = None
    """Compile the dense part of the step with XLA. Not given: where it is faster, which
    on a CPU under TensorFlow is not where units are dropped out."""


class Export(Section):
    """The version that TensorFlow Serving loads."""

    directory: NonEmpty = "saved_models"
    """Versions go to `<directory>/<run name>/<version>`."""
    verify_rows: Count = 1000
    """Test rows scored by every rung of the verification."""
