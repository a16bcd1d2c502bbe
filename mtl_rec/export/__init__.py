"""One servable: raw features in, probabilities out, proved before it is published."""

from mtl_rec.export.exporting import ExportedVersion, export_model

__all__ = ["ExportedVersion", "export_model"]
