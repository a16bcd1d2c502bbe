"""Labelled exposures: read in chunks, split and checked."""

from mtl_rec.data.exposures import ExposureStream, Splits, open_exposures

__all__ = ["ExposureStream", "Splits", "open_exposures"]
