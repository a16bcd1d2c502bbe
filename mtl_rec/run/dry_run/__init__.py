"""What a run would take, before anything is written."""

from typing import TYPE_CHECKING

from mtl_rec.lazy_names import lazy_names

if TYPE_CHECKING:
    from mtl_rec.run.dry_run.estimate import Estimate, estimate_run
else:
    __getattr__ = lazy_names(
        __name__, {"Estimate": "estimate", "estimate_run": "estimate"}
    )

__all__ = ["Estimate", "estimate_run"]
