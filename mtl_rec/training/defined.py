"""Whether the validation rows can say when to stop."""

import numpy as np

from mtl_rec.config.tasks import Task
from mtl_rec.errors import SchemaError
from mtl_rec.schema.encoded import EncodedExposures


def require_defined(metric: str, validation: EncodedExposures) -> None:
    """Refuses to stop on a metric that is not defined on the validation rows.

    It would be NaN after every epoch, none of which is better than another: training
    would end when patience does, with the weights of the first epoch.

    Args:
        metric: As `EarlyStopping.metric` names it.
        validation: Rows that it is measured on.

    Raises:
        SchemaError: It is not defined.
    """
    labels = validation.training_labels()
    for task in validation.schema.tasks:
        if metric not in (f"val_{task.name}_auc", f"val_{task.name}_rmse"):
            continue
        label = labels[task.name]
        reason = _why_undefined(task, label[np.isfinite(label)])
        if reason:
            raise SchemaError(
                f"`training.early_stopping.metric` is undefined on the validation "
                f"split: {reason}. Received: '{metric}'. Stop on 'val_loss', or "
                "validate on more rows."
            )


def _why_undefined(task: Task, known: np.ndarray) -> str | None:
    if not len(known):
        return f"no row has a label of `{task.name}` that is learned from"
    if task.kind == "binary" and known.min() == known.max():
        return f"`{task.name}` is {known[0]:g} on all {len(known)} rows it is judged on"
    return None
