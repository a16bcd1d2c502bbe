"""What a multi-task model must beat: popularity and linear models, one an output."""

from mtl_rec.baselines.linear import fit_linear
from mtl_rec.baselines.popularity import fit_popularity
from mtl_rec.baselines.predicted import Baseline

__all__ = ["Baseline", "fit_linear", "fit_popularity"]
