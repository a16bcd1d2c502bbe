"""Start from the weights of another run, as far as they mean the same."""

from mtl_rec.training.warm_start.learned import Learned
from mtl_rec.training.warm_start.report import PartReport, WarmStartReport
from mtl_rec.training.warm_start.taking import take_weights
from mtl_rec.training.warm_start.weights import Weights

__all__ = ["Learned", "PartReport", "WarmStartReport", "Weights", "take_weights"]
