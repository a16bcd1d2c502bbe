"""One servable: raw features in, probabilities out, proved before it is published."""

from typing import TYPE_CHECKING

from mtl_rec.lazy_names import lazy_names

if TYPE_CHECKING:
    from mtl_rec.export.exporting import ExportedVersion, export_model
else:
    # Versions are listed and labelled without a framework.
    __getattr__ = lazy_names(
        __name__, {"ExportedVersion": "exporting", "export_model": "exporting"}
    )

__all__ = ["ExportedVersion", "export_model"]
