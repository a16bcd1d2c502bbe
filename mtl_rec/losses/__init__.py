"""Losses on log-probabilities; they work with any `keras.Model`."""

from mtl_rec.losses.funnel import FunnelLogLoss, ScaledSquaredError, funnel_losses

__all__ = ["FunnelLogLoss", "ScaledSquaredError", "funnel_losses"]
